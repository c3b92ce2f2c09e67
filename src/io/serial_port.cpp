// SPDX-License-Identifier: Apache-2.0
// Serial ports and pty slaves: exclusive, raw, watched for the V.24 circuits.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "io/line_lock.h"
#include "io/port_line.h"
#include "io/serial_settings.h"
#include "io/usb_path.h"

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
    auto found = find_device(spec_.path);
    if (!found) return refuse(found.error().code, found.error().evidence);
    device_ = *std::move(found);
    auto locked = lock_line_names(device_);
    if (!locked) return refuse(CauseCode::DeviceBusy, locked.error());
    locks_ = *std::move(locked);
    Descriptor device(::open(device_.c_str(), O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!device) return refuse_open(errno);
    if (::isatty(device.get()) == 0) return refuse(CauseCode::DeviceNotALine, std::strerror(errno));
    // TIOCEXCL does not bind root, a lock binds whoever asks for it: both.
    if (::flock(device.get(), LOCK_EX | LOCK_NB) != 0) {
      const std::string holder = flock_holder(device_);
      return refuse_busy(holder.empty() ? device_holder(device_) : holder);
    }
    // Some take neither; two readers would each get half. A pty's own program may keep it open.
    if (!is_pty(device.get())) {
      if (const std::string holder = device_holder(device_); !holder.empty()) {
        return refuse_busy(holder);
      }
    }
    if (const auto set = set_up_serial(device.get(), spec_); !set) {
      return refuse(set.error().code, set.error().evidence);
    }
    ::ioctl(device.get(), TIOCEXCL);
    ::tcflush(device.get(), TCIOFLUSH);  // what was meant for somebody else
    raise_circuits(device.get());
    errors_before_ = driver_errors(device.get());
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
    if (stream_ && stream_->open()) errors_ = errors_now();
    // The mark stays on the terminal, and a pty's terminal outlives us.
    if (stream_ && stream_->open()) ::ioctl(stream_->fd(), TIOCNXCL);
    PortLine::close();
    locks_.clear();
  }

  LineErrors line_errors() override {
    if (stream_ && stream_->open()) errors_ = errors_now();
    return errors_;
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
  void refuse_open(int error) {
    const CauseCode code = cause_of_open(error);
    if (code == CauseCode::DeviceForbidden) return refuse(code, forbidden_text(device_, error));
    if (code == CauseCode::DeviceBusy) return refuse_busy(device_holder(device_));
    refuse(code, std::strerror(error));
  }
  void refuse_busy(const std::string& holder) {
    refuse(CauseCode::DeviceBusy, "held by " + (holder.empty() ? "another program" : holder));
  }

  // The kernel raises both at the first open only, and RTS is the port's own with RTS/CTS. A pty
  // has no circuits and says so.
  void raise_circuits(int fd) {
    const int lines = spec_.flow == FlowControl::Hardware ? TIOCM_DTR : TIOCM_DTR | TIOCM_RTS;
    static_cast<void>(::ioctl(fd, TIOCMBIS, &lines));
  }

  LineErrors errors_now() const {
    const LineErrors now = driver_errors(stream_->fd());
    return {.framing = now.framing - errors_before_.framing,
            .overrun = now.overrun - errors_before_.overrun,
            .parity = now.parity - errors_before_.parity,
            .breaks = now.breaks - errors_before_.breaks};
  }

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
  std::string device_;               // what the path leads to this time
  std::vector<LineLock> locks_;      // one for each of its names
  LineErrors errors_before_;         // the driver's count when we opened it
  LineErrors errors_;                // ours, when last asked
};

}  // namespace

std::shared_ptr<PortLine> make_serial_line(Loop& loop, PortSpec spec, PortEvents events) {
  return std::make_shared<SerialLine>(loop, std::move(spec), std::move(events));
}

}  // namespace redial::io
