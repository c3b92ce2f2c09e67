// SPDX-License-Identifier: Apache-2.0
// Serial ports and pty slaves: exclusive, raw 8N1, watched for the V.24 circuits.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/line_lock.h"
#include "io/port_line.h"

namespace redial::io {
namespace {

// Half of the 0.1 s within which a hang-up by the modem is to be noticed.
constexpr auto kSignalsEvery = std::chrono::milliseconds(50);

CauseCode cause_of_open(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENXIO:
    case ENODEV: return CauseCode::DeviceMissing;
    case EACCES:
    case EPERM: return CauseCode::DeviceForbidden;
    case EBUSY: return CauseCode::DeviceBusy;
    case EIO: return CauseCode::DeviceVanished;  // a pty whose master is gone
    default: return CauseCode::DeviceNotALine;
  }
}

/// 0, or the errno of what the terminal would not do.
int make_raw(int fd, const PortSpec& spec) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) return errno;
  ::cfmakeraw(&settings);
  settings.c_cflag &= ~static_cast<tcflag_t>(CSTOPB | PARENB | CRTSCTS | HUPCL);
  // CLOCAL even with modem lines: else the kernel hangs the terminal up when DCD falls, and a lost
  // carrier would be told as a lost device. DCD is watched here.
  settings.c_cflag |= CREAD | CLOCAL;
  if (spec.hw_flow_control) settings.c_cflag |= CRTSCTS;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (::cfsetspeed(&settings, spec.speed_bps) != 0) return errno;
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) return errno;
  return 0;
}

bool is_pty(int fd) {
  constexpr unsigned kFirst = 136, kLast = 143;  // the majors of Unix98 slaves
  struct stat device {};
  if (::fstat(fd, &device) != 0) return false;
  return kFirst <= major(device.st_rdev) && major(device.st_rdev) <= kLast;
}

PortSignals signals_of(int lines) {
  return {.dcd = (lines & TIOCM_CD) != 0,
          .dsr = (lines & TIOCM_DSR) != 0,
          .cts = (lines & TIOCM_CTS) != 0,
          .ri = (lines & TIOCM_RI) != 0};
}

class SerialLine final : public PortLine {
 public:
  SerialLine(Loop& loop, PortSpec spec, PortEvents events)
      : PortLine(loop, std::move(spec), std::move(events)), poll_(loop.impl().context) {}

  void open() override {
    if (gone_) return;
    if (auto locked = lock_line(spec_.path); locked) {
      lock_ = std::move(*locked);
    } else {
      return refuse(CauseCode::DeviceBusy, locked.error());
    }
    Descriptor device(::open(spec_.path.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!device) return refuse_with(cause_of_open(errno), errno);
    if (::isatty(device.get()) == 0) return refuse_with(CauseCode::DeviceNotALine, errno);
    // TIOCEXCL does not bind root, a lock binds whoever asks for it: both.
    if (::flock(device.get(), LOCK_EX | LOCK_NB) != 0) {
      return refuse(CauseCode::DeviceBusy, "held by another program");
    }
    if (const int error = make_raw(device.get(), spec_); error != 0) {
      return refuse_with(CauseCode::DeviceNotALine, error);
    }
    ::ioctl(device.get(), TIOCEXCL);
    ::tcflush(device.get(), TCIOFLUSH);  // what was meant for somebody else
    opened(std::move(device));
    if (!gone_ && spec_.modem_lines) watch_signals();
  }

  void set_dtr(bool on) override {
    if (gone_ || !stream_) return;
    const int dtr = TIOCM_DTR;
    // A pty has no circuits and says so; there is nothing to drop there.
    static_cast<void>(::ioctl(stream_->fd(), on ? TIOCMBIS : TIOCMBIC, &dtr));
  }

  void close() override {
    poll_.cancel();
    // The mark stays on the terminal, and a pty's terminal outlives us.
    if (stream_ && stream_->open()) ::ioctl(stream_->fd(), TIOCNXCL);
    PortLine::close();
    lock_ = {};
  }

 protected:
  // Faster ones empty the kernel's buffer soon enough; a pty has no speed.
  uint32_t own_pace() const override {
    constexpr uint32_t kSlow = 38'400, kBitsPerOctet = 10;
    return is_pty(stream_->fd()) || spec_.speed_bps > kSlow ? 0 : spec_.speed_bps / kBitsPerOctet;
  }
  void discard_sent() override { ::tcflush(stream_->fd(), TCOFLUSH); }

  Cause cause_of(ErrorCode error) const override {
    const std::string what = error == asio::error::eof ? "hung up" : error.message();
    return {CauseCode::DeviceVanished, spec_.path + ": " + what};
  }

 private:
  void refuse_with(CauseCode code, int error) { refuse(code, std::strerror(error)); }

  void watch_signals() {
    int lines = 0;
    if (::ioctl(stream_->fd(), TIOCMGET, &lines) != 0) {
      if (!told_) return;  // a pty: there are no modem lines
      return lose({CauseCode::DeviceVanished, spec_.path + ": " + std::strerror(errno)});
    }
    const PortSignals now = signals_of(lines);
    const bool news = told_ != now;
    told_ = now;
    poll_.expires_after(kSignalsEvery);
    poll_.async_wait([this, self = shared_from_this()](ErrorCode error) {
      if (!error && !gone_) watch_signals();
    });
    if (news && events_.signals) events_.signals(now);
  }

  asio::steady_timer poll_;
  std::optional<PortSignals> told_;  // what the owner last heard; none: no modem lines yet
  LineLock lock_;
};

}  // namespace

std::shared_ptr<PortLine> make_serial_line(Loop& loop, PortSpec spec, PortEvents events) {
  return std::make_shared<SerialLine>(loop, std::move(spec), std::move(events));
}

}  // namespace redial::io
