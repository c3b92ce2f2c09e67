// SPDX-License-Identifier: Apache-2.0
#include "io/append_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

#include "io/descriptor.h"
#include "io/files.h"

namespace redial::io {
namespace {

tl::unexpected<Error> cannot(const std::string& path, int error) {
  const bool forbidden = error == EACCES || error == EPERM || error == EROFS;
  return fail(forbidden ? ErrorKind::Permission : ErrorKind::Failed,
              fmt::format("{}: cannot be written: {}", path, std::strerror(error)));
}

/// Writers are quick; one that was stopped in the midst must not stop us as well.
Result<Descriptor> lock(const std::string& path) {
  std::error_code ignored;  // opening says what is wrong
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), ignored);
  const std::string file = path + ".lock";
  Descriptor held(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!held) return cannot(path, errno);
  constexpr int kTries = 20;
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 2'000'000};
  for (int tries = 0; ::flock(held.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK && errno != EINTR) return cannot(path, errno);
    if (tries == kTries) return cannot(path, EWOULDBLOCK);
    ::nanosleep(&kPause, nullptr);
  }
  return held;
}

int write_whole(int fd, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t put = ::write(fd, octets.data(), octets.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return errno;
    octets.remove_prefix(static_cast<size_t>(put));
  }
  return ::fdatasync(fd) == 0 ? 0 : errno;
}

}  // namespace

Result<void> append_line(const std::string& path, std::string_view head, std::string_view line) {
  const auto held = lock(path);
  if (!held) return tl::make_unexpected(held.error());
  const Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  struct stat info {};
  if (!file || ::fstat(file.get(), &info) != 0) return cannot(path, errno);
  std::string octets;
  char last = '\n';
  if (info.st_size == 0) octets = head;
  if (info.st_size > 0 && ::pread(file.get(), &last, 1, info.st_size - 1) != 1) {
    return cannot(path, errno);
  }
  if (last != '\n') octets = "\n";
  octets += line;
  const int error = write_whole(file.get(), octets);
  if (error == 0) return {};
  // A disk that is full has taken a part of it: no half line stays.
  if (::ftruncate(file.get(), info.st_size) != 0) return cannot(path, errno);
  return cannot(path, error);
}

Result<void> rewrite(const std::string& path, size_t octets_max,
                     const std::function<std::string(std::string_view)>& anew) {
  const auto held = lock(path);
  if (!held) return tl::make_unexpected(held.error());
  const auto text = read_file(path, octets_max);
  if (!text) return tl::make_unexpected(text.error());
  return write_file(path, anew(*text), 0600);
}

}  // namespace redial::io
