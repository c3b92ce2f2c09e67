// SPDX-License-Identifier: Apache-2.0
// Line devices as a person declares them in redial.toml: HOW a call can be placed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.h"

namespace redial::phonebook {

enum class LineKind : uint8_t {
  Modem,   // AT modem on a serial port or pty
  Direct,  // a cable or pty that speaks PPP at once
  Tcp,     // AT modem or PPP behind host:port (raw)
};

struct LineSpec {
  std::string name;  // what entries and phonebooks call it: "COM1"
  LineKind kind = LineKind::Modem;
  std::string path;         // /dev/ttyS0, or host:port
  std::string description;  // "builtin:hayes", "MODEM.INF:Section name" (path relative to the file)
  uint32_t speed_bps = 115200;
  bool modem_lines = true;  // false: no DCD, DSR or DTR to trust (pty, strapped cable)
  bool operator==(const LineSpec&) const = default;
};

}  // namespace redial::phonebook
