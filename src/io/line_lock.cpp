// SPDX-License-Identifier: Apache-2.0
#include "io/line_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>

#include "io/descriptor.h"
#include "io/files.h"

namespace redial::io {
namespace {

/// The process that holds the lock; 0 when none does: no file, a dead process, or nonsense in it.
pid_t holder_of(const std::string& file) {
  const auto text = read_file(file, 64);
  if (!text) return 0;
  const size_t digits = text->find_first_not_of(" \t");
  if (digits == std::string::npos) return 0;
  pid_t holder = 0;
  std::from_chars(text->data() + digits, text->data() + text->size(), holder);
  if (holder <= 0) return 0;
  // EPERM: it lives, and is not ours.
  return ::kill(holder, 0) == 0 || errno == EPERM ? holder : 0;
}

}  // namespace

void LineLock::release() {
  if (!file_.empty()) ::unlink(file_.c_str());
  file_.clear();
}

tl::expected<LineLock, std::string> lock_line(const std::string& device,
                                              const std::string& folder) {
  const size_t slash = device.rfind('/');
  const std::string name = slash == std::string::npos ? device : device.substr(slash + 1);
  if (device.starts_with("/dev/pts/") || name.empty()) return LineLock();
  const std::string file = folder + "/LCK.." + name;
  if (const pid_t holder = holder_of(file); holder != 0) {
    return tl::make_unexpected("held by process " + std::to_string(holder) + " (" + file + ")");
  }
  ::unlink(file.c_str());  // stale, or none
  Descriptor lock(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!lock) return LineLock();
  char text[16];
  const int length = std::snprintf(text, sizeof text, "%10d\n", static_cast<int>(::getpid()));
  if (::write(lock.get(), text, static_cast<size_t>(length)) != length) {
    ::unlink(file.c_str());
    return LineLock();
  }
  return LineLock(file);
}

}  // namespace redial::io
