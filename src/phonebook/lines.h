// SPDX-License-Identifier: Apache-2.0
// Line devices as a person declares them in redial.toml: HOW a call can be placed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

struct LineSpec {
  std::string name;  // what entries and phonebooks call it: "COM1"
  LineKind kind = LineKind::Modem;
  std::string path;         // /dev/ttyS0, or host:port
  std::string description;  // "builtin:hayes", "MODEM.INF:Section name" (path relative to the file)
  uint32_t speed_bps = 115200;
  bool modem_lines = true;  // false: no DCD, DSR or DTR to trust (pty, strapped cable)
  Transport transport = Transport::Raw;
  std::optional<bool> modem;  // tcp: an AT modem behind it, or PPP at once; none: see has_modem
  bool operator==(const LineSpec&) const = default;
};

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

}  // namespace redial::phonebook
