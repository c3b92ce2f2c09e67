// SPDX-License-Identifier: Apache-2.0
#include "cli/capture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "phonebook/text.h"
#include "ppp/redact.h"
#include "wire/pcap.h"

namespace redial::cli {

Result<std::unique_ptr<Capture>> Capture::open(const std::string& path, io::Loop& loop,
                                               Secret secret) {
  constexpr mode_t kPrivate = S_IRUSR | S_IWUSR;
  const int flags = O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  io::Descriptor file(::open(path.c_str(), flags, kPrivate));
  struct stat status {};
  const bool opened = file && ::fstat(file.get(), &status) == 0;
  if (!opened || !S_ISREG(status.st_mode) || ::fchmod(file.get(), kPrivate) != 0 ||
      ::ftruncate(file.get(), 0) != 0) {
    const int why = opened && !S_ISREG(status.st_mode) ? EINVAL : errno;
    return fail(why == EACCES || why == EPERM ? ErrorKind::Permission : ErrorKind::BadFile,
                fmt::format("{}: cannot be written as a capture ({}); nothing is dialled; name a "
                            "file of your own: --capture FILE",
                            phonebook::shown(path), std::strerror(why)));
  }
  auto capture =
      std::unique_ptr<Capture>(new Capture(std::move(file), path, loop, std::move(secret)));
  wire::append_pcap_header(capture->record_);
  capture->write(capture->record_);
  return capture;
}

Capture::Capture(io::Descriptor file, std::string path, io::Loop& loop, Secret secret)
    : file_(std::move(file)), path_(std::move(path)), loop_(loop), secret_(std::move(secret)) {}

void Capture::on_frame(bool sent, uint16_t protocol, ByteView information) {
  if (!failure_.empty()) return;
  const Bytes kept = ppp::redacted(protocol, information, secret_);
  record_.clear();
  wire::append_pcap_frame(
      {.at = loop_.wall_now(), .sent = sent, .protocol = protocol, .information = kept}, record_);
  write(record_);
}

/// One write(2) a record; half of one is taken back.
void Capture::write(ByteView octets) {
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
  failure_ = fmt::format("{}: the capture ends here ({}){}; the link goes on", path_,
                         std::strerror(why), whole ? "" : ", with half a frame");
}

}  // namespace redial::cli
