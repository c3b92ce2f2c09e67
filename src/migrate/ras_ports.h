// SPDX-License-Identifier: Apache-2.0
// The ports of an NT RAS directory and the devices they were bound to: by SERIAL.INI, where NT 3.x
// and an upgraded 4.0 keep them (KB Q120132, Q139288), and by the phonebooks' Port= and Device=.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "phonebook/phonebook.h"

namespace redial::migrate {

constexpr size_t kSerialIniOctetsMax = 1 << 20;
constexpr size_t kRasPortsMax = 256;  // COM1 to COM256 (KB Q118660)

struct RasPort {
  std::string name;            // "COM1"
  std::string device;          // as NT calls it; empty: not told
  uint32_t initial_bps = 0;    // between computer and modem; 0: not told
  std::string media;           // "serial", "rastapi"; empty: SERIAL.INI alone knows it
  std::string device_kind;     // DEVICE= of the phonebook: "modem", "isdn", "vpn"
  bool in_serial_ini = false;  // bound the old way
  std::string where;           // "SERIAL.INI line 3", for messages
  uint32_t line = 0;           // of that file
  bool operator==(const RasPort&) const = default;
};

/// One section a port. Never fails as a whole; what means nothing is a warning.
std::vector<RasPort> read_serial_ini(std::string_view octets, const std::string& file,
                                     std::vector<phonebook::Diagnostic>& diagnostics);

/// The ports that a phonebook's entries name and `ports` has not; what `ports` has is completed.
void add_phonebook_ports(std::string_view octets, const std::string& file,
                         std::vector<RasPort>& ports);

/// "/dev/ttyS0" for COM1; empty for a name that is not COM and a number.
std::string device_of_port(std::string_view port);

}  // namespace redial::migrate
