// SPDX-License-Identifier: Apache-2.0
#include "io/line_lock.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>
#include <sstream>

#include "io/descriptor.h"
#include "io/files.h"

namespace redial::io {
namespace {

/// The process that holds the lock; 0 when none does: no file, a dead process, or nonsense in it.
pid_t holder_of(const std::string& file) {
  const auto text = read_file(file, 64);
  if (!text) return 0;
  pid_t holder = 0;
  const size_t digits = text->find_first_not_of(" \t");
  if (digits != std::string::npos && text->find_first_of("0123456789", digits) == digits) {
    std::from_chars(text->data() + digits, text->data() + text->size(), holder);
  } else if (text->size() == sizeof holder) {  // as old UUCPs wrote it
    std::memcpy(&holder, text->data(), sizeof holder);
  }
  if (holder <= 0) return 0;
  // EPERM: it lives, and is not ours.
  return ::kill(holder, 0) == 0 || errno == EPERM ? holder : 0;
}

std::string process_text(pid_t process) {
  const std::string number = std::to_string(process);
  std::string name = read_file("/proc/" + number + "/comm", 64).value_or("");
  for (char& each : name) {
    if (each < ' ' || each > '~') each = each == '\n' ? '\0' : '?';
  }
  name.resize(std::strlen(name.c_str()));
  return "process " + number + (name.empty() ? "" : " (" + name + ")");
}

std::string last_part(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

/// What symbolic links lead to; empty: to nothing.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), ::free);
  return real ? real.get() : "";
}

bool is_pty(const std::string& device) { return device.starts_with("/dev/pts/"); }

std::string lock_file(const std::string& device, const std::string& folder) {
  return folder + "/LCK.." + last_part(device);
}

std::string held_text(pid_t holder, const std::string& file) {
  return process_text(holder) + " by " + file;
}

/// A stale lock out of the way. Whoever else found it stale at the same time may have put its own
/// there meanwhile: that one is given back.
void remove_stale(const std::string& file, const std::string& aside) {
  if (::rename(file.c_str(), aside.c_str()) != 0) return;
  if (holder_of(aside) != 0) static_cast<void>(::link(aside.c_str(), file.c_str()));
  ::unlink(aside.c_str());
}

/// The lock appears with its content or not at all: link(2) refuses a name that exists.
enum class Made : uint8_t { Yes, Exists, Cannot };
Made make_lock(const std::string& file, const std::string& aside) {
  Descriptor lock(
      ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!lock) return Made::Cannot;
  char text[16];
  const int length = std::snprintf(text, sizeof text, "%10d\n", static_cast<int>(::getpid()));
  const bool written = ::write(lock.get(), text, static_cast<size_t>(length)) == length;
  const int error = written && ::link(aside.c_str(), file.c_str()) == 0 ? 0 : errno;
  ::unlink(aside.c_str());
  if (written && error == 0) return Made::Yes;
  return written && error == EEXIST ? Made::Exists : Made::Cannot;
}

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};
using Folder = std::unique_ptr<DIR, CloseFolder>;

// By the links' texts: to stat(2) what they lead to might wait for a dead file server.
bool has_open(const std::string& process, const std::string& device, size_t& looks_left) {
  const Folder folder(::opendir(("/proc/" + process + "/fd").c_str()));
  if (!folder) return false;  // not ours to see, or gone
  while (const dirent* each = ::readdir(folder.get())) {
    if (looks_left == 0) return false;
    --looks_left;
    char target[256];
    const ssize_t length = ::readlinkat(::dirfd(folder.get()), each->d_name, target, sizeof target);
    if (length > 0 && std::string_view(target, static_cast<size_t>(length)) == device) return true;
  }
  return false;
}

}  // namespace

void LineLock::release() {
  if (!file_.empty()) ::unlink(file_.c_str());
  file_.clear();
}

tl::expected<LineLock, std::string> lock_line(const std::string& device,
                                              const std::string& folder) {
  if (is_pty(device) || last_part(device).empty()) return LineLock();
  const std::string file = lock_file(device, folder);
  const std::string aside = folder + "/LTMP." + std::to_string(::getpid());
  constexpr int kTries = 3;  // somebody may take it between our looking and our linking
  for (int tries = 0; tries < kTries; ++tries) {
    if (const pid_t holder = holder_of(file); holder != 0) {
      return tl::make_unexpected("held by " + held_text(holder, file));
    }
    remove_stale(file, aside);
    const Made made = make_lock(file, aside);
    if (made == Made::Yes) return LineLock(file);
    if (made == Made::Cannot) break;
  }
  return LineLock();
}

tl::expected<std::vector<LineLock>, std::string> lock_line_names(const std::string& device,
                                                                 const std::string& folder) {
  std::vector<LineLock> locks;
  const std::string real = resolved(device);
  if (is_pty(device) || is_pty(real)) return locks;
  std::vector<std::string> names{device};
  if (!real.empty() && last_part(real) != last_part(device)) names.push_back(real);
  for (const std::string& name : names) {
    auto lock = lock_line(name, folder);
    if (!lock) return tl::make_unexpected(std::move(lock).error());
    locks.push_back(*std::move(lock));
  }
  return locks;
}

std::string lock_holder(const std::string& device, const std::string& folder) {
  for (const std::string& name : {device, resolved(device)}) {
    if (name.empty()) continue;
    const std::string file = lock_file(name, folder);
    if (const pid_t holder = holder_of(file); holder != 0) return held_text(holder, file);
  }
  return "";
}

// A line of /proc/locks: "7: FLOCK  ADVISORY  WRITE 4711 00:18:9 0 EOF", the numbers of the file
// system's device in hexadecimal.
std::string flock_holder(const std::string& device) {
  struct stat wanted {};
  if (::stat(device.c_str(), &wanted) != 0) return "";
  char file[64];
  std::snprintf(file, sizeof file, "%02x:%02x:%llu", major(wanted.st_dev), minor(wanted.st_dev),
                static_cast<unsigned long long>(wanted.st_ino));
  constexpr size_t kOctetsMax = 1 << 20;
  std::istringstream lines(read_file("/proc/locks", kOctetsMax).value_or(""));
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, kind, how, mode, where;
    long process = 0;
    if (!(words >> number >> kind >> how >> mode >> process >> where)) continue;
    if (kind == "FLOCK" && where == file && process > 0) {
      return process_text(static_cast<pid_t>(process));
    }
  }
  return "";
}

std::string device_holder(const std::string& device) {
  const std::string real = resolved(device);
  if (real.empty()) return "";
  const Folder folder(::opendir("/proc"));
  if (!folder) return "";
  const std::string us = std::to_string(::getpid());
  size_t looks_left = 50'000;  // some tens of milliseconds
  while (const dirent* each = ::readdir(folder.get())) {
    const std::string process = each->d_name;
    if (process.find_first_not_of("0123456789") != std::string::npos || process == us) continue;
    if (has_open(process, real, looks_left)) {
      return process_text(static_cast<pid_t>(std::stol(process)));
    }
    if (looks_left == 0) return "";
  }
  return "";
}

}  // namespace redial::io
