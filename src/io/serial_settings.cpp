// SPDX-License-Identifier: Apache-2.0
#include "io/serial_settings.h"

#include <fmt/format.h>
#include <grp.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace redial::io {
namespace {

constexpr tcflag_t kFraming = CSIZE | CSTOPB | PARENB | PARODD | CRTSCTS;

tl::unexpected<Cause> refuse(CauseCode code, std::string what) {
  return tl::make_unexpected(Cause{code, std::move(what)});
}

/// PPP needs all eight bits (RFC 1662 §2): there are no other sizes.
tcflag_t framing_of(const PortSpec& spec) {
  tcflag_t flags = CS8;
  if (spec.parity != Parity::None) flags |= PARENB;
  if (spec.parity == Parity::Odd) flags |= PARODD;
  if (spec.stop_bits == 2) flags |= CSTOPB;
  if (spec.flow == FlowControl::Hardware) flags |= CRTSCTS;
  return flags;
}

std::string framing_text(tcflag_t flags) {
  const char parity = (flags & PARENB) == 0 ? 'N' : (flags & PARODD) != 0 ? 'O' : 'E';
  return fmt::format("{}{}{}{}", (flags & CSIZE) == CS8 ? 8 : 7, parity,
                     (flags & CSTOPB) != 0 ? 2 : 1, (flags & CRTSCTS) != 0 ? " with RTS/CTS" : "");
}

}  // namespace

tl::expected<void, Cause> set_up_serial(int fd, const PortSpec& spec) {
  termios settings{};
  if (::tcgetattr(fd, &settings) != 0) {
    return refuse(CauseCode::DeviceNotALine, std::strerror(errno));
  }
  ::cfmakeraw(&settings);
  // CLOCAL even with modem lines: else the kernel hangs the terminal up when DCD falls, and a lost
  // carrier would be told as a lost device. DCD is watched here.
  settings.c_cflag &= ~(kFraming | HUPCL);
  settings.c_cflag |= framing_of(spec) | CREAD | CLOCAL;
  // Whatever becomes of us, the modem hangs up: the kernel drops DTR at the last close.
  if (spec.modem_lines) settings.c_cflag |= HUPCL;
  if (spec.flow == FlowControl::Software) settings.c_iflag |= IXON | IXOFF;
  settings.c_cc[VSTART] = 0x11;
  settings.c_cc[VSTOP] = 0x13;
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  const auto wrong_speed = [&] {
    return refuse(
        CauseCode::DeviceParameters,
        fmt::format("does not run at {} bit/s; write another speed, e.g. 115200", spec.speed_bps));
  };
  if (::cfsetspeed(&settings, spec.speed_bps) != 0) return wrong_speed();
  if (::tcsetattr(fd, TCSANOW, &settings) != 0) {
    return refuse(CauseCode::DeviceParameters, std::strerror(errno));
  }
  // tcsetattr(3) succeeds when anything could be done: what is set now is what counts.
  termios now{};
  if (::tcgetattr(fd, &now) != 0) return refuse(CauseCode::DeviceVanished, std::strerror(errno));
  if (::cfgetospeed(&now) != ::cfgetospeed(&settings)) return wrong_speed();
  if ((now.c_cflag & kFraming) != (settings.c_cflag & kFraming)) {
    return refuse(CauseCode::DeviceParameters,
                  fmt::format("does not run at {}, but at {}; write another format or flow_control",
                              framing_text(settings.c_cflag), framing_text(now.c_cflag)));
  }
  return {};
}

bool is_pty(int fd) {
  constexpr unsigned kFirst = 136, kLast = 143;  // their majors
  struct stat device {};
  if (::fstat(fd, &device) != 0) return false;
  return kFirst <= major(device.st_rdev) && major(device.st_rdev) <= kLast;
}

std::string forbidden_text(const std::string& path, int error) {
  std::string text = std::strerror(error);
  struct stat device {};
  if (::stat(path.c_str(), &device) != 0) return text;
  std::array<char, 4096> room{};
  group entry{};
  group* found = nullptr;
  const bool named =
      ::getgrgid_r(device.st_gid, &entry, room.data(), room.size(), &found) == 0 && found;
  const std::string owner = named ? found->gr_name : std::to_string(device.st_gid);
  if ((device.st_mode & S_IRGRP) == 0 || (device.st_mode & S_IWGRP) == 0) return text;
  return text + "; it belongs to group " + owner + ", and this user is not in it";
}

LineErrors driver_errors(int fd) {
  serial_icounter_struct counted{};
  if (::ioctl(fd, TIOCGICOUNT, &counted) != 0) return {};
  const auto count = [](int value) { return static_cast<uint32_t>(value); };
  return {.framing = count(counted.frame),
          .overrun = count(counted.overrun) + count(counted.buf_overrun),
          .parity = count(counted.parity),
          .breaks = count(counted.brk)};
}

}  // namespace redial::io
