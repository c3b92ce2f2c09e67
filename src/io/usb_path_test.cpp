// SPDX-License-Identifier: Apache-2.0
#include "io/usb_path.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace redial;
using namespace redial::io;
namespace fs = std::filesystem;

namespace {

/// A tree as the kernel makes it: devices, and class/tty full of links into them.
struct Sysfs {
  Sysfs() {
    REQUIRE(::mkdtemp(root.data()) != nullptr);
    fs::create_directories(root + "/class/tty");
    fs::create_directories(root + "/class/tty/console");
  }
  ~Sysfs() { fs::remove_all(root); }

  void plug_in(const std::string& device, const std::string& interface, const std::string& tty,
               const std::string& serial, bool acm = false) {
    const std::string place = root + "/devices/pci0000:00/0000:00:14.0/usb1/1-1/" + device;
    // usb-serial puts a port of its own between the interface and the tty, cdc_acm does not.
    const std::string port = place + "/" + interface + (acm ? "" : "/" + tty);
    fs::create_directories(port + "/tty/" + tty);
    fs::create_directory_symlink(port, port + "/tty/" + tty + "/device");
    fs::create_directory_symlink(port + "/tty/" + tty, root + "/class/tty/" + tty);
    if (!serial.empty()) std::ofstream(place + "/serial") << serial << "\n";
  }
  void unplug(const std::string& tty) { fs::remove(root + "/class/tty/" + tty); }

  std::string found(const std::string& path) const {
    const auto device = find_device(path, {.sysfs = root, .dev = "/dev"});
    return device ? *device : std::string(name(device.error().code));
  }

  std::string root = "/tmp/redial-sysfs-XXXXXX";
};

}  // namespace

TEST_CASE("a USB line is found by its place or its serial number, whatever its name is today") {
  Sysfs sysfs;
  sysfs.plug_in("1-1.2", "1-1.2:1.0", "ttyUSB0", "A50285BI");
  sysfs.plug_in("1-1.3", "1-1.3:1.0", "ttyACM0", "", true);
  CHECK(sysfs.found("usb:1-1.2") == "/dev/ttyUSB0");
  CHECK(sysfs.found("usb:serial:A50285BI") == "/dev/ttyUSB0");
  CHECK(sysfs.found("usb:1-1.3") == "/dev/ttyACM0");
  CHECK(sysfs.found("/dev/ttyS0") == "/dev/ttyS0");
  sysfs.unplug("ttyUSB0");
  CHECK(sysfs.found("usb:1-1.2") == "DeviceMissing");
  sysfs.plug_in("1-1.2", "1-1.2:1.0", "ttyUSB7", "A50285BI");
  CHECK(sysfs.found("usb:1-1.2") == "/dev/ttyUSB7");
  CHECK(sysfs.found("usb:serial:A50285BI") == "/dev/ttyUSB7");
}

TEST_CASE(
    "of a device with several ports the first interface's is taken, or the one that is named") {
  Sysfs sysfs;
  sysfs.plug_in("1-1.2", "1-1.2:1.10", "ttyUSB0", "X");
  sysfs.plug_in("1-1.2", "1-1.2:1.3", "ttyUSB1", "X");
  sysfs.plug_in("1-1.2", "1-1.2:1.2", "ttyUSB2", "X");
  CHECK(sysfs.found("usb:1-1.2") == "/dev/ttyUSB2");
  CHECK(sysfs.found("usb:serial:X") == "/dev/ttyUSB2");
  CHECK(sysfs.found("usb:1-1.2:1.3") == "/dev/ttyUSB1");
}

TEST_CASE("a serial number that two devices share is refused, with the remedy") {
  Sysfs sysfs;
  sysfs.plug_in("1-1.2", "1-1.2:1.0", "ttyUSB0", "0001");
  sysfs.plug_in("1-1.4", "1-1.4:1.0", "ttyUSB1", "0001");
  const auto device = find_device("usb:serial:0001", {.sysfs = sysfs.root, .dev = "/dev"});
  REQUIRE_FALSE(device);
  CHECK(device.error().code == CauseCode::DeviceNotALine);
  CHECK(device.error().evidence.find("usb = \"1-1.2\"") != std::string::npos);
}

TEST_CASE(
    "a place or a number that nobody has is a missing device; so is a machine without sysfs") {
  Sysfs sysfs;
  sysfs.plug_in("1-1.2", "1-1.2:1.0", "ttyUSB0", "");
  for (const char* path : {"usb:1-1", "usb:1-1.20", "usb:serial:", "usb:", "usb:serial:A"}) {
    CHECK(sysfs.found(path) == "DeviceMissing");
  }
  const auto nowhere = find_device("usb:1-1.2", {.sysfs = "/no-such-folder", .dev = "/dev"});
  CHECK(nowhere.error().code == CauseCode::DeviceMissing);
}

TEST_CASE("what is watched for a device's return is the nearest folder that exists") {
  CHECK(watched_folder("/dev/ttyUSB0") == "/dev");
  CHECK(watched_folder("usb:1-1.2", {.sysfs = "/sys", .dev = "/dev"}) == "/dev");
  CHECK(watched_folder("/tmp/no-such-folder/nor-this/modem") == "/tmp");
}

TEST_CASE("a device that came back, or may be opened at last, has another identity than before") {
  Sysfs sysfs;
  const std::string device = sysfs.root + "/ttyX", link = sysfs.root + "/by-id";
  CHECK(device_identity(link).empty());
  std::ofstream(device) << "";
  CHECK(device_identity(link).empty());
  fs::create_symlink(device, link);
  const std::string first = device_identity(link);
  CHECK_FALSE(first.empty());
  CHECK(device_identity(link) == first);
  fs::permissions(device, fs::perms::owner_all);
  CHECK(device_identity(link) != first);
}
