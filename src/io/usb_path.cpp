// SPDX-License-Identifier: Apache-2.0
#include "io/usb_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "io/files.h"

namespace redial::io {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view kSerial = "serial:";

/// A port as sysfs has it: .../usb1/1-1/1-1.2/1-1.2:1.0/ttyUSB0/tty/ttyUSB0.
struct UsbPort {
  std::string tty;        // "ttyUSB0"
  std::string device;     // "1-1.2"
  std::string interface;  // "1-1.2:1.0"
  std::string serial;     // of the device; may be empty
};

std::string first_line(const fs::path& file) {
  std::string text = read_file(file.string(), 256).value_or("");
  return text.substr(0, text.find('\n'));
}

std::optional<UsbPort> usb_port(const fs::path& tty) {
  std::error_code error;
  fs::path at = fs::canonical(tty / "device", error);
  if (error) return std::nullopt;  // a console or a pty: no device behind it
  UsbPort port{.tty = tty.filename().string(), .device = {}, .interface = {}, .serial = {}};
  // Upwards to the first folder that is an interface; its parent is the device.
  for (; at.has_relative_path(); at = at.parent_path()) {
    const std::string name = at.filename().string();
    const std::string above = at.parent_path().filename().string();
    if (above.empty() || !name.starts_with(above + ":")) continue;
    port.interface = name;
    port.device = above;
    port.serial = first_line(at.parent_path() / "serial");
    return port;
  }
  return std::nullopt;
}

/// By interface, so that the first is the same every time.
std::vector<UsbPort> usb_ports(const std::string& sysfs) {
  std::vector<UsbPort> ports;
  std::error_code error;
  for (fs::directory_iterator each(sysfs + "/class/tty", error), end; !error && each != end;
       each.increment(error)) {
    if (auto port = usb_port(each->path())) ports.push_back(*std::move(port));
  }
  std::ranges::sort(ports, {}, [](const UsbPort& port) {
    return std::tuple(port.device, port.interface.size(), port.interface, port.tty);
  });
  return ports;
}

tl::unexpected<Cause> refuse(CauseCode code, std::string what) {
  return tl::make_unexpected(Cause{code, std::move(what)});
}

}  // namespace

tl::expected<std::string, Cause> find_device(const std::string& path,
                                             const DeviceFolders& folders) {
  if (!is_usb_path(path)) return path;
  const std::string wanted = path.substr(kUsbPrefix.size());
  const bool by_serial = wanted.starts_with(kSerial);
  const std::string key = by_serial ? wanted.substr(kSerial.size()) : wanted;
  const UsbPort* found = nullptr;
  const std::vector<UsbPort> ports = usb_ports(folders.sysfs);
  for (const UsbPort& port : ports) {
    const bool matches =
        by_serial ? port.serial == key : port.device == key || port.interface == key;
    if (!matches || key.empty()) continue;
    if (found && by_serial && found->device != port.device) {
      return refuse(CauseCode::DeviceNotALine, "USB devices " + found->device + " and " +
                                                   port.device +
                                                   " have this serial number; name one by its "
                                                   "place, usb = \"" +
                                                   found->device + "\"");
    }
    if (!found) found = &port;
  }
  if (!found) {
    return refuse(CauseCode::DeviceMissing, by_serial
                                                ? "no USB serial port has this serial number now"
                                                : "no USB serial port is plugged in there now");
  }
  return folders.dev + "/" + found->tty;
}

std::string device_identity(const std::string& path, const DeviceFolders& folders) {
  const auto device = find_device(path, folders);
  struct stat found {};
  if (!device || ::stat(device->c_str(), &found) != 0) return "";
  if (::access(device->c_str(), R_OK | W_OK) != 0) return "";
  return *device + " " + std::to_string(found.st_rdev) + " " + std::to_string(found.st_ino) + " " +
         std::to_string(found.st_ctim.tv_sec) + "." + std::to_string(found.st_ctim.tv_nsec);
}

std::string watched_folder(const std::string& path, const DeviceFolders& folders) {
  if (is_usb_path(path)) return folders.dev;
  // udev removes /dev/serial/by-id with its last link: then its parent shall tell of its return.
  std::error_code error;
  fs::path folder = fs::path(path).parent_path();
  while (folder.has_relative_path() && !fs::is_directory(folder, error)) {
    folder = folder.parent_path();
  }
  return folder.empty() ? "." : folder.string();
}

}  // namespace redial::io
