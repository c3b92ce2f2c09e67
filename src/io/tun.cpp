// SPDX-License-Identifier: Apache-2.0
#include "io/tun.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>

#include "io/asio_loop.h"
#include "io/descriptor.h"

namespace redial::io {
namespace {

constexpr const char* kClone = "/dev/net/tun";
constexpr size_t kPacketsATurn = 64;  // then the others have their turn
constexpr Duration kOfferAgainAfter = 10ms;

tl::unexpected<Error> fail_with(int error, const std::string& name) {
  if (error == EPERM || error == EACCES) {
    return fail(ErrorKind::Permission, name +
                                           ": needs CAP_NET_ADMIN, which is not held; run as root, "
                                           "or use --socks, which needs no rights");
  }
  if (error == EBUSY) {
    return fail(ErrorKind::Busy, name +
                                     ": there is such an interface already; give another name, "
                                     "or none");
  }
  if (error == ENOENT || error == ENODEV || error == ENXIO) {
    return fail(ErrorKind::BadDevice,
                fmt::format("{}: {} is missing, so no interface can be made; run modprobe tun, or "
                            "use --socks",
                            name, kClone));
  }
  return fail(ErrorKind::Failed,
              fmt::format("{}: the interface cannot be made: {}", name, std::strerror(error)));
}

class Device final : public Tun, public std::enable_shared_from_this<Device> {
 public:
  Device(Loop& loop, Descriptor descriptor, std::string name, TunDeviceEvents events)
      : loop_(loop),
        descriptor_(loop.impl().context, descriptor.release()),
        name_(std::move(name)),
        events_(std::move(events)),
        again_(loop, [this] {
          const auto self = shared_from_this();
          offer_again();
        }) {}

  void start() { await_packets(); }
  void stop() {
    ErrorCode ignored;
    stopped_ = true;
    again_.clear();
    descriptor_.close(ignored);
  }

  const std::string& name() const override { return name_; }
  void write(ByteView packet) override {
    // EIO while the device is down, ENOBUFS when the kernel is short: IP may lose packets.
    if (!stopped_) {
      static_cast<void>(::write(descriptor_.native_handle(), packet.data(), packet.size()) < 0);
    }
  }

 private:
  void await_packets() {
    descriptor_.async_wait(asio::posix::stream_descriptor::wait_read,
                           [self = shared_from_this()](ErrorCode error) {
                             if (!self->stopped_ && !error) self->on_readable();
                           });
  }

  void on_readable() {
    auto& scratch = loop_.impl().scratch;
    for (size_t i = 0; i < kPacketsATurn && !stopped_; ++i) {
      const ssize_t got = ::read(descriptor_.native_handle(), scratch.data(), scratch.size());
      if (got < 0 && errno == EBADFD) return on_lost();
      if (got <= 0) break;
      const std::span<uint8_t> packet(scratch.data(), static_cast<size_t>(got));
      if (events_.packet(packet)) continue;
      held_.assign(packet.begin(), packet.end());
      return again_.set(loop_.now() + kOfferAgainAfter);
    }
    if (!stopped_) await_packets();
  }

  void on_lost() {
    // Not from inside a read: whoever is told may put another device in our place.
    loop_.post([self = shared_from_this()] {
      if (!self->stopped_) self->events_.lost();
    });
  }

  void offer_again() {
    if (!held_.empty() && !events_.packet(held_)) return again_.set(loop_.now() + kOfferAgainAfter);
    held_.clear();
    await_packets();
  }

  Loop& loop_;
  asio::posix::stream_descriptor descriptor_;
  std::string name_;
  TunDeviceEvents events_;
  Alarm again_;
  Bytes held_;  // read, and not taken yet
  bool stopped_ = false;
};

class Handle final : public Tun {
 public:
  explicit Handle(std::shared_ptr<Device> device) : device_(std::move(device)) {}
  ~Handle() override { device_->stop(); }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  const std::string& name() const override { return device_->name(); }
  void write(ByteView packet) override { device_->write(packet); }

 private:
  std::shared_ptr<Device> device_;
};

}  // namespace

Result<std::unique_ptr<Tun>> Tun::open(Loop& loop, const std::string& name,
                                       TunDeviceEvents events) {
  Descriptor descriptor(::open(kClone, O_RDWR | O_NONBLOCK | O_CLOEXEC));
  const bool chosen = name.find('%') != std::string::npos;
  const std::string shown = chosen ? "a new interface" : name;
  if (!descriptor) return fail_with(errno, shown);
  ifreq request{};
  // EXCL: never to take over a device that somebody else made to last.
  request.ifr_flags = static_cast<short>(IFF_TUN | IFF_NO_PI | IFF_TUN_EXCL);
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(descriptor.get(), TUNSETIFF, &request) != 0) return fail_with(errno, shown);
  auto device =
      std::make_shared<Device>(loop, std::move(descriptor), request.ifr_name, std::move(events));
  device->start();
  return std::make_unique<Handle>(std::move(device));
}

}  // namespace redial::io
