// SPDX-License-Identifier: Apache-2.0
#include "cli/rasdial_links.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <memory>
#include <thread>

#include "phonebook/text.h"

namespace redial::cli {

namespace {

constexpr size_t kRecordMax = 4096;
constexpr std::string_view kSuffix = ".link";

/// FNV-1a: a name of any length and any letters as a file name. Case does not matter in names.
std::string file_name(std::string_view entry) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : entry) {
    const auto octet = static_cast<uint8_t>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    hash = (hash ^ octet) * 0x100000001b3;
  }
  return fmt::format("{:016x}{}", hash, kSuffix);
}

bool ours_alone(const std::string& folder) {
  struct stat status {};
  return ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == ::geteuid() && (status.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

/// "1234\nHead Office\n"; nullopt: not one of ours, or half written.
std::optional<HeldLink> read_record(int file, const std::string& path) {
  char octets[kRecordMax];
  const ssize_t got = ::pread(file, octets, sizeof octets, 0);
  if (got <= 0) return std::nullopt;
  const std::string_view text(octets, static_cast<size_t>(got));
  const size_t end = text.find('\n');
  if (end == std::string_view::npos || !text.ends_with('\n')) return std::nullopt;
  const auto process = phonebook::to_integer(text.substr(0, end));
  if (!process || *process <= 1 || *process > INT32_MAX) return std::nullopt;
  const std::string_view entry = text.substr(end + 1);
  return HeldLink{std::string(entry.substr(0, entry.size() - 1)), static_cast<pid_t>(*process),
                  path};
}

/// Whether somebody holds the record; a record that nobody holds is removed.
bool is_held(int file, const std::string& path) {
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) return errno == EWOULDBLOCK;
  ::unlink(path.c_str());
  return false;
}

}  // namespace

Result<std::string> links_folder() {
  const char* runtime = ::getenv("XDG_RUNTIME_DIR");
  std::string folder;
  if (runtime != nullptr && runtime[0] == '/') {
    folder = std::string(runtime) + "/redial";
  } else {
    folder = ::geteuid() == 0 ? "/run/redial" : fmt::format("/tmp/redial-{}", ::geteuid());
  }
  ::mkdir(folder.c_str(), S_IRWXU);
  if (ours_alone(folder)) return folder;
  return fail(ErrorKind::Refused,
              fmt::format("{}: is not a folder of mode 0700 that is ours; no link can be left "
                          "running; correct it, or set XDG_RUNTIME_DIR",
                          phonebook::shown(folder)));
}

std::vector<HeldLink> held_links(const std::string& folder) {
  std::vector<HeldLink> links;
  const std::unique_ptr<DIR, int (*)(DIR*)> list(::opendir(folder.c_str()), ::closedir);
  while (const dirent* each = list ? ::readdir(list.get()) : nullptr) {
    const std::string name = each->d_name;
    if (!name.ends_with(kSuffix)) continue;
    const std::string path = folder + "/" + name;
    const io::Descriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file || !is_held(file.get(), path)) continue;
    if (auto link = read_record(file.get(), path)) links.push_back(*std::move(link));
  }
  std::ranges::sort(links, {}, &HeldLink::entry);
  return links;
}

Result<io::Descriptor> hold_link(const std::string& folder, const std::string& entry) {
  const std::string path = folder + "/" + file_name(entry);
  constexpr int kTries = 10;  // whoever looks which records are held has them for a moment
  const mode_t mode = S_IRUSR | S_IWUSR;
  io::Descriptor file;
  bool locked = false;
  for (int i = 0; i < kTries && !locked; ++i) {
    if (i > 0) std::this_thread::sleep_for(20ms);
    file.reset(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, mode));
    struct stat status {};
    // One that was removed meanwhile would be seen by nobody.
    locked = file && ::flock(file.get(), LOCK_EX | LOCK_NB) == 0 &&
             ::fstat(file.get(), &status) == 0 && status.st_nlink > 0;
  }
  const std::string record = fmt::format("{}\n{}\n", ::getpid(), entry);
  if (file && !locked) {
    return fail(ErrorKind::Busy, fmt::format("{}: is connected, or being dialled, already",
                                             phonebook::shown(entry)));
  }
  if (!file || ::ftruncate(file.get(), 0) != 0 ||
      ::pwrite(file.get(), record.data(), record.size(), 0) !=
          static_cast<ssize_t>(record.size())) {
    return fail(ErrorKind::Permission,
                fmt::format("{}: cannot be written; the link cannot be left running",
                            phonebook::shown(path)));
  }
  return file;
}

bool release_link(const HeldLink& link, Duration within) {
  constexpr Duration kLookEvery = 50ms;
  const io::Descriptor file(::open(link.file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!file || !is_held(file.get(), link.file)) return true;
  ::kill(link.process, SIGTERM);
  for (Duration waited = 0s; waited < within; waited += kLookEvery) {
    std::this_thread::sleep_for(kLookEvery);
    if (!is_held(file.get(), link.file)) return true;
  }
  return false;
}

}  // namespace redial::cli
