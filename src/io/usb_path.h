// SPDX-License-Identifier: Apache-2.0
// Where a line device is now: a path as it is, or a USB device known by its place or by its serial
// number, whatever name the kernel gave its port this time.
#pragma once

#include <string>

#include "core/cause.h"
#include "core/result.h"

namespace redial::io {

/// Where the kernel shows its devices; tests have trees of their own.
struct DeviceFolders {
  std::string sysfs = "/sys";
  std::string dev = "/dev";
};

constexpr std::string_view kUsbPrefix = "usb:";

inline bool is_usb_path(std::string_view path) { return path.starts_with(kUsbPrefix); }

/// "usb:1-1.2" (bus and ports, as in /sys/bus/usb/devices), "usb:1-1.2:1.3" (that interface of it),
/// "usb:serial:A50285BI" -> "/dev/ttyUSB0"; of several ports of one device the first interface's.
/// Any other path is returned as it is. DeviceMissing: not plugged in; DeviceNotALine: two devices
/// have this serial number. The evidence says which, without the path.
tl::expected<std::string, Cause> find_device(const std::string& path,
                                             const DeviceFolders& folders = {});

/// Something that differs when the device has gone and come back, or may be opened at last; empty
/// while it cannot be opened.
std::string device_identity(const std::string& path, const DeviceFolders& folders = {});

/// What udev or the kernel changes when the device comes or goes: the folder to watch.
std::string watched_folder(const std::string& path, const DeviceFolders& folders = {});

}  // namespace redial::io
