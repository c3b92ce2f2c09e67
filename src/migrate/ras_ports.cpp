// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_ports.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;

namespace {

/// Drivers of USB adapters, by the name without its number, and what Linux calls their devices.
struct UsbDriver {
  std::string_view name, device;
};
constexpr UsbDriver kUsbDrivers[] = {
    {"VCP", "ttyUSB"},     {"ProlificSerial", "ttyUSB"}, {"Silabser", "ttyUSB"},
    {"slabser", "ttyUSB"}, {"USBSER", "ttyACM"},         {"QCUSB_COM", "ttyUSB"},
};

/// "USBSER000" is "USBSER" and 0.
std::string device_of_driver(std::string_view driver) {
  driver = driver.substr(driver.rfind('\\') + 1);
  const size_t digits = driver.find_last_not_of("0123456789") + 1;
  const auto number = phonebook::to_integer(driver.substr(digits));
  if (!number || *number < 0 || *number > 255) return "";
  for (const UsbDriver& known : kUsbDrivers) {
    if (!same_word(known.name, driver.substr(0, digits))) continue;
    return fmt::format("/dev/{}{}", known.device, *number);
  }
  return "";
}

}  // namespace

RasPort* RasPorts::add(std::string_view name) {
  if (name.empty() || name.size() > kRasNameMax) return nullptr;
  const auto found =
      std::ranges::find_if(ports_, [&](const RasPort& port) { return same_word(port.name, name); });
  if (found != ports_.end()) return &*found;
  if (ports_.size() == kRasPortsMax) return nullptr;
  ports_.push_back({.name = std::string(name)});
  return &ports_.back();
}

const RasPort* RasPorts::find(std::string_view name) const {
  const auto found =
      std::ranges::find_if(ports_, [&](const RasPort& port) { return same_word(port.name, name); });
  return found == ports_.end() ? nullptr : &*found;
}

void fill(std::string& into, std::string_view from) {
  if (into.empty()) into = from.substr(0, kRasNameMax);
}

uint32_t port_rate(std::string_view text) {
  const auto bps = phonebook::to_integer(text);
  return bps && *bps >= 50 && *bps <= 4'000'000 ? static_cast<uint32_t>(*bps) : 0;
}

bool is_serial(const RasPort& port) {
  for (const char* kind :
       {"isdn", "vpn", "pppoe", "x25", "atm", "framerelay", "irda", "sonet", "sw56", "parallel"}) {
    if (same_word(port.device_kind, kind) || same_word(port.media, kind)) return false;
  }
  return true;
}

bool has_modem(const RasPort& port) {
  return port.in_serial_ini || port.by_tapi || !port.device.empty() ||
         same_word(port.device_kind, "modem");
}

std::string device_of_port(std::string_view port, std::string_view driver) {
  if (std::string usb = device_of_driver(driver); !usb.empty()) return usb;
  if (port.size() < 4 || !same_word(port.substr(0, 3), "COM")) return "";
  const auto number = phonebook::to_integer(port.substr(3));
  if (!number || *number < 1 || *number > 256) return "";
  return fmt::format("/dev/ttyS{}", *number - 1);
}

}  // namespace redial::migrate
