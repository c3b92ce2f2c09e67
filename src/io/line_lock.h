// SPDX-License-Identifier: Apache-2.0
// The lock files by which programs that share a serial port have always kept out of each other's
// way: /var/lock/LCK..ttyS0 with the owner's process number in it.
#pragma once

#include <sys/types.h>

#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace redial::io {

/// Removes its file when it goes; an empty one holds nothing.
class LineLock {
 public:
  LineLock() = default;
  explicit LineLock(std::string file) : file_(std::move(file)) {}
  LineLock(LineLock&& other) noexcept : file_(std::exchange(other.file_, {})) {}
  LineLock& operator=(LineLock&& other) noexcept {
    std::swap(file_, other.file_);
    other.release();
    return *this;
  }
  ~LineLock() { release(); }
  bool held() const { return !file_.empty(); }

 private:
  void release();
  std::string file_;
};

constexpr const char* kLockFolder = "/var/lock";

/// Who holds the line, if somebody does. Where lock files cannot be written (no rights, a pty)
/// there is none to hold, and the kernel's own locks must do.
tl::expected<LineLock, std::string> lock_line(const std::string& device,
                                              const std::string& folder = kLockFolder);
/// The same under every name of the device: as it is written (/dev/serial/by-id/...), and what that
/// leads to (/dev/ttyUSB0). All or none.
tl::expected<std::vector<LineLock>, std::string> lock_line_names(
    const std::string& device, const std::string& folder = kLockFolder);

/// "process 4711 (minicom) by /var/lock/LCK..ttyS0"; empty: no living process holds it so.
std::string lock_holder(const std::string& device, const std::string& folder = kLockFolder);
/// "process 4711 (minicom)" that has the device locked by flock(2); empty: none, or not to be seen.
std::string flock_holder(const std::string& device);
/// "process 4711 (minicom)" that has the device open without a lock file, us left out; empty: none,
/// or none that we may see. Looks at /proc, at a bounded part of it.
std::string device_holder(const std::string& device);

}  // namespace redial::io
