// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>

#include <cerrno>
#include <cstring>

#include "io/octet_stream.h"
#include "io/port.h"

namespace redial::io {
namespace {

constexpr size_t kUnreadMax = 256 * 1024;

class Master final : public PtyMaster {
 public:
  Master(Loop& loop, Descriptor master, Descriptor slave, std::string path)
      : stream_(std::make_shared<OctetStream>(loop, std::move(master))),
        slave_(std::move(slave)),
        path_(std::move(path)) {}
  ~Master() override { stream_->close(); }
  Master(const Master&) = delete;
  Master& operator=(const Master&) = delete;

  void start(std::function<void(ByteView)> octets) {
    stream_->start({.octets = std::move(octets), .written = {}, .failed = {}});
  }
  const std::string& slave_path() const override { return path_; }
  void write(ByteView octets) override {
    if (stream_->queued() + octets.size() <= kUnreadMax) stream_->write(octets);
  }

 private:
  std::shared_ptr<OctetStream> stream_;
  // Kept open: without any slave the master reads EIO for ever, and raw mode would be lost.
  Descriptor slave_;
  std::string path_;
};

bool make_raw(int fd) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return false;
  ::cfmakeraw(&settings);
  return ::tcsetattr(fd, TCSANOW, &settings) == 0;
}

}  // namespace

Result<std::unique_ptr<PtyMaster>> open_pty(Loop& loop, std::function<void(ByteView)> octets) {
  const auto refuse = [] {
    return fail(ErrorKind::BadDevice, std::string("no pseudo-terminal to be had: ") +
                                          std::strerror(errno) + "; see /proc/sys/kernel/pty/max");
  };
  Descriptor master(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!master || ::grantpt(master.get()) != 0 || ::unlockpt(master.get()) != 0) return refuse();
  char path[128];
  if (::ptsname_r(master.get(), path, sizeof path) != 0) return refuse();
  Descriptor slave(::open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!slave || !make_raw(slave.get())) return refuse();
  auto pty = std::make_unique<Master>(loop, std::move(master), std::move(slave), path);
  pty->start(std::move(octets));
  return pty;
}

}  // namespace redial::io
