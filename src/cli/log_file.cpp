// SPDX-License-Identifier: Apache-2.0
#include "cli/log_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "phonebook/text.h"

namespace redial::cli {

Result<LogFile> LogFile::open(const std::string& path, std::string kind) {
  constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;
  const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  io::Descriptor file(::open(path.c_str(), flags, kPrivate));
  struct stat status {};
  const bool opened = file && ::fstat(file.get(), &status) == 0;
  if (!opened || !S_ISREG(status.st_mode) || ::fchmod(file.get(), kPrivate) != 0 ||
      ::ftruncate(file.get(), 0) != 0) {
    const int why = opened && !S_ISREG(status.st_mode) ? EINVAL : errno;
    return fail(why == EACCES || why == EPERM ? ErrorKind::Permission : ErrorKind::BadFile,
                fmt::format("{}: cannot be written as a {} ({}); nothing is dialled; name a file "
                            "of your own: --{} FILE",
                            phonebook::shown(path), kind, std::strerror(why), kind));
  }
  return LogFile(std::move(file), path, std::move(kind));
}

LogFile::LogFile(io::Descriptor file, std::string path, std::string kind)
    : file_(std::move(file)), path_(std::move(path)), kind_(std::move(kind)) {}

void LogFile::write(ByteView octets) {
  if (!failure_.empty()) return;
  ssize_t done = -1;
  do {
    done = ::write(file_.get(), octets.data(), octets.size());
  } while (done < 0 && errno == EINTR);
  if (done == static_cast<ssize_t>(octets.size())) {
    size_ += done;
    return;
  }
  const int why = done < 0 ? errno : ENOSPC;
  const bool whole = ::ftruncate(file_.get(), size_) == 0;
  failure_ = fmt::format("{}: the {} ends here ({}){}; the link goes on", path_, kind_,
                         std::strerror(why), whole ? "" : ", with half of its last part");
}

}  // namespace redial::cli
