// SPDX-License-Identifier: Apache-2.0
// The lock files by which programs that share a serial port have always kept out of each other's
// way: /var/lock/LCK..ttyS0 with the owner's process number in it. Internal to io.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

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

/// Who holds the line, if somebody does. Where lock files cannot be written (no rights, a pty)
/// there is none to hold, and the kernel's own locks must do.
tl::expected<LineLock, std::string> lock_line(const std::string& device,
                                              const std::string& folder = "/var/lock");

}  // namespace redial::io
