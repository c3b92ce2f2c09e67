// SPDX-License-Identifier: Apache-2.0
// Line devices as a person declares them in redial.toml: HOW a call can be placed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace redial::phonebook {

enum class LineKind : uint8_t {
  Modem,   // AT modem on a serial port or pty
  Direct,  // a cable or pty that speaks PPP at once
  Tcp,     // AT modem or PPP behind host:port
};

/// What is spoken on a tcp line below modem and PPP.
enum class Transport : uint8_t {
  Raw,
  Telnet,   // RFC 854: an access server that doubles IAC
  Rfc2217,  // telnet with a port's settings, DTR, DCD, DSR and RI
};

enum class FlowControl : uint8_t { None, Hardware, Software };  // RTS/CTS; XON/XOFF
enum class DialBy : uint8_t { Tone, Pulse };
enum class Parity : uint8_t { None, Even, Odd };

/// Always with eight data bits: PPP needs them all (RFC 1662 §2).
struct SerialFormat {
  Parity parity = Parity::None;
  uint8_t stop_bits = 1;
};

struct LineSpec {
  std::string name;  // what entries and phonebooks call it: "COM1"
  LineKind kind = LineKind::Modem;
  std::string path;         // /dev/ttyS0, usb:1-1.2, usb:serial:A50285BI, or host:port
  std::string description;  // "builtin:hayes", "MODEM.INF:Section name" (path relative to the file)
  uint32_t speed_bps = 115200;
  bool modem_lines = true;  // false: no DCD, DSR or DTR to trust (pty, strapped cable)
  Transport transport = Transport::Raw;
  std::optional<bool> modem;  // tcp: an AT modem behind it, or PPP at once; none: see has_modem
  std::optional<FlowControl> flow_control;  // none: see flow_control()
  std::string format = "8N1";               // 8, then N, E or O, then 1 or 2
  /// The program and arguments that switch the device off and on; empty: nothing can.
  std::vector<std::string> power_cycle;
  Duration power_cycle_within = 30s;  // then the program is ended
  Duration ready_within = 10s;        // from its end until the device answers again
  std::optional<DialBy> dial;         // modem; none: as its description dials
  bool blind = false;                 // modem: dials without waiting for a dial tone it knows (X3)
  /// What else its modem is told, by the words of line_choices(): {"error_control", "forced"}.
  std::map<std::string, std::string> modem_settings;
  std::string needs;      // what must be had before it can be used; empty: nothing
  bool greeting = false;  // no modem: the far end is a Windows null modem and wants its word
  /// Says nothing but its name and where its device is: an import may say the rest.
  bool bare = false;
  bool operator==(const LineSpec&) const = default;
};

/// A key of a modem's line that chooses one of several words.
struct LineChoice {
  std::string_view key;
  std::span<const std::string_view> words;
};
std::span<const LineChoice> line_choices();

/// A tcp line that does not say has a modem when it has a description.
inline bool has_modem(const LineSpec& line) {
  switch (line.kind) {
    case LineKind::Modem: return true;
    case LineKind::Direct: return false;
    case LineKind::Tcp: return line.modem.value_or(!line.description.empty());
  }
  return false;
}

/// DTR can be switched and DCD is told: a serial port that is trusted, or RFC 2217.
inline bool has_circuits(const LineSpec& line) {
  return line.modem_lines && (line.kind != LineKind::Tcp || line.transport == Transport::Rfc2217);
}

/// A strapped cable has no CTS either: with RTS/CTS nothing would ever leave.
inline FlowControl flow_control(const LineSpec& line) {
  return line.flow_control.value_or(has_circuits(line) ? FlowControl::Hardware : FlowControl::None);
}

inline SerialFormat serial_format(const LineSpec& line) {
  const char parity = line.format.size() == 3 ? line.format[1] : 'N';
  return {.parity = parity == 'E'   ? Parity::Even
                    : parity == 'O' ? Parity::Odd
                                    : Parity::None,
          .stop_bits = static_cast<uint8_t>(line.format.ends_with('2') ? 2 : 1)};
}

}  // namespace redial::phonebook
