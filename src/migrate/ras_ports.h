// SPDX-License-Identifier: Apache-2.0
// The ports that a RAS directory knows, and the devices they were bound to: by SERIAL.INI, where NT
// 3.x and an upgraded 4.0 keep them (KB Q120132, Q139288), by the registry, and by the phonebooks'
// Port= and Device=. Each says what the others left open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/setting.h"

namespace redial::migrate {

constexpr size_t kRasPortsMax = 256;  // COM1 to COM256 (KB Q118660)
constexpr size_t kRasNameMax = 256;   // octets of a port's or device's name; the rest is cut

struct RasPort {
  std::string name;                   // "COM1"
  std::string device;                 // as NT calls it; empty: not told
  uint32_t initial_bps = 0;           // between computer and modem; 0: not told
  std::string media;                  // "serial", "rastapi"; empty: the phonebook does not say
  std::string device_kind;            // "modem", "isdn", "vpn"
  bool in_serial_ini = false;         // bound the old way
  bool by_tapi = false;               // TAPI has it, as UNIMODEM's or another provider's
  std::string driver;                 // "\\Device\\Serial0" (DEVICEMAP\SERIALCOMM); empty: not told
  std::string where;                  // "SERIAL.INI line 3", for messages
  std::optional<SettingId> bound_by;  // says which device it has, for the doctor to cite
};

/// Ports by name, without regard to case, in the order in which they were met.
class RasPorts {
 public:
  /// The port of that name, made when there is none; nullptr: no more than kRasPortsMax, or no
  /// name.
  RasPort* add(std::string_view name);
  const RasPort* find(std::string_view name) const;
  const std::vector<RasPort>& all() const { return ports_; }

 private:
  std::vector<RasPort> ports_;
};

/// Sets what is still empty.
void fill(std::string& into, std::string_view from);
/// A rate in bit/s that a port can have; 0: it is none.
uint32_t port_rate(std::string_view text);

/// What NT reached by other ways than a serial port is no line of ours.
bool is_serial(const RasPort& port);
/// Something says that a modem is on it: not every COM port has one.
bool has_modem(const RasPort& port);

/// "/dev/ttyS0" for COM1, "/dev/ttyUSB0" where NT's driver is that of a USB adapter; empty for
/// what is neither COM and a number nor of a driver that says it.
std::string device_of_port(std::string_view port, std::string_view driver = {});

}  // namespace redial::migrate
