// SPDX-License-Identifier: Apache-2.0
#include "io/nat.h"

#include <libslirp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <list>
#include <mutex>
#include <thread>
#include <vector>

#include "io/descriptor.h"

namespace redial::io {
namespace {

constexpr size_t kQueueMax = 4096;  // packets each way; more are dropped, as by any router
constexpr size_t kEthernetOctets = 14;
constexpr uint16_t kTypeIpv4 = 0x0800, kTypeArp = 0x0806;
constexpr uint8_t kCallerMac[6] = {0x02, 0, 0, 0, 0, 0x02};  // of every caller: there is no wire
constexpr uint8_t kEveryone[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

int64_t now_ns() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

in_addr to_network(uint32_t address) { return {htonl(address)}; }

void append(Bytes& out, ByteView octets) { out.insert(out.end(), octets.begin(), octets.end()); }

Bytes ethernet(ByteView to, uint16_t type, ByteView payload) {
  Bytes frame;
  frame.reserve(kEthernetOctets + payload.size());
  append(frame, to);
  append(frame, kCallerMac);
  frame.push_back(static_cast<uint8_t>(type >> 8));
  frame.push_back(static_cast<uint8_t>(type));
  append(frame, payload);
  return frame;
}

/// The answer to libslirp's question who has a caller's address: any caller is at kCallerMac.
/// RFC 826: hardware and protocol 6, operation 2, sender 6 + 4, target 6 + 4.
std::optional<Bytes> arp_answer(ByteView request) {
  ByteReader reader(request);
  const auto kinds = reader.take(6);
  const auto operation = reader.u16();
  const auto sender = reader.take(10), target = reader.take(10);
  if (!sender || !target || *operation != 1) return std::nullopt;
  Bytes reply(kinds->begin(), kinds->end());
  append(reply, std::array<uint8_t, 2>{0, 2});
  append(reply, kCallerMac);
  append(reply, target->subspan(6));
  append(reply, *sender);
  return ethernet(sender->first(6), kTypeArp, reply);
}

struct Timer {
  SlirpTimerId id{};
  void* opaque = nullptr;
  int64_t due_ms = -1;  // -1: not set
};

/// libslirp is a library for one thread, and this is the thread. It shares with the loop two
/// queues.
class SlirpThread {
 public:
  SlirpThread(Loop& loop, const NatSpec& spec, std::function<void(ByteView)> transmit)
      : loop_(loop), spec_(spec), outlet_(std::make_shared<Outlet>(std::move(transmit))) {}
  ~SlirpThread();
  SlirpThread(const SlirpThread&) = delete;
  SlirpThread& operator=(const SlirpThread&) = delete;

  bool start();
  void receive(ByteView ip_packet);

 private:
  struct Outlet {
    explicit Outlet(std::function<void(ByteView)> out) : transmit(std::move(out)) {}
    std::function<void(ByteView)> transmit;
    bool closed = false;  // the NAT is gone: nothing more is told
    std::mutex mutex;
    std::vector<Bytes> packets;  // under the mutex; a delivery is posted while not empty
  };
  static void deliver(const std::shared_ptr<Outlet>& outlet);
  static SlirpCb callbacks();

  void run();
  bool feed();
  void fire_timers();
  uint32_t until_timer(uint32_t timeout_ms) const;
  void on_frame(ByteView frame);
  void wake();
  bool wanted(ByteView packet) const;

  Loop& loop_;
  NatSpec spec_;
  std::shared_ptr<Outlet> outlet_;  // what is posted holds it weakly
  std::mutex mutex_;
  std::vector<Bytes> inbox_;  // under mutex_: from callers
  bool stopping_ = false;     // under mutex_
  Descriptor wake_;
  Slirp* slirp_ = nullptr;
  SlirpCb callbacks_ = callbacks();
  std::thread thread_;
  // The thread's own:
  std::vector<Bytes> answers_;  // ARP, to be fed when libslirp is not in the middle of something
  std::vector<pollfd> polled_;
  std::list<Timer> timers_;
};

SlirpCb SlirpThread::callbacks() {
  SlirpCb cb{};
  cb.send_packet = [](const void* frame, size_t size, void* self) -> ssize_t {
    static_cast<SlirpThread*>(self)->on_frame({static_cast<const uint8_t*>(frame), size});
    return static_cast<ssize_t>(size);
  };
  cb.guest_error = [](const char*, void*) {};
  cb.clock_get_ns = [](void*) { return now_ns(); };
  cb.timer_new = [](SlirpTimerCb, void*, void*) -> void* { return nullptr; };  // version 4: unused
  cb.timer_new_opaque = [](SlirpTimerId id, void* opaque, void* self) -> void* {
    return &static_cast<SlirpThread*>(self)->timers_.emplace_back(Timer{id, opaque, -1});
  };
  cb.timer_free = [](void* timer, void* self) {
    static_cast<SlirpThread*>(self)->timers_.remove_if([&](Timer& each) { return &each == timer; });
  };
  cb.timer_mod = [](void* timer, int64_t due_ms, void*) {
    static_cast<Timer*>(timer)->due_ms = due_ms;
  };
  cb.register_poll_fd = [](int, void*) {};
  cb.unregister_poll_fd = [](int, void*) {};
  cb.notify = [](void* self) { static_cast<SlirpThread*>(self)->wake(); };
  return cb;
}

bool SlirpThread::start() {
  wake_.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  if (!wake_) return false;
  SlirpConfig config{};
  config.version = 4;
  config.in_enabled = true;
  config.vnetwork = to_network(spec_.network);
  config.vnetmask = to_network(spec_.netmask);
  config.vhost = to_network(spec_.gateway);
  config.vnameserver = to_network(spec_.dns);
  // DHCP has no place on a PPP link, but its range must lie inside the network all the same.
  config.vdhcp_start = to_network(spec_.gateway);
  config.disable_dhcp = true;
  config.if_mtu = 1500;
  config.if_mru = 1500;
  slirp_ = slirp_new(&config, &callbacks_, this);
  if (slirp_ == nullptr) return false;
  thread_ = std::thread([this] { run(); });
  return true;
}

SlirpThread::~SlirpThread() {
  outlet_->closed = true;
  if (thread_.joinable()) {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake();
    thread_.join();
  }
  if (slirp_ != nullptr) slirp_cleanup(slirp_);
}

void SlirpThread::wake() {
  const uint64_t one = 1;
  // The counter is full when this fails, and then the thread is awake already.
  if (::write(wake_.get(), &one, sizeof one) < 0) return;
}

/// Callers reach the world, the host behind the gateway, and the name server: neither each other's
/// addresses nor, by 127.0.0.1 itself, the host.
bool SlirpThread::wanted(ByteView packet) const {
  ByteReader reader(packet);
  const auto version = reader.u8();
  if (!version || *version >> 4 != 4) return false;
  static_cast<void>(reader.take(11));
  const auto source = reader.u32(), destination = reader.u32();
  if (!destination || packet.size() > 0xffff) return false;
  const auto inside = [this](uint32_t address) {
    return (address & spec_.netmask) == (spec_.network & spec_.netmask);
  };
  const uint32_t net = *destination >> 24;
  if (!inside(*source) || *source == spec_.gateway || *source == spec_.dns) return false;
  if (net == 0 || net == 127 || net >= 224) return false;
  return !inside(*destination) || *destination == spec_.gateway || *destination == spec_.dns;
}

void SlirpThread::receive(ByteView ip_packet) {
  if (!wanted(ip_packet)) return;
  {
    const std::lock_guard lock(mutex_);
    if (inbox_.size() >= kQueueMax) return;
    inbox_.push_back(ethernet(kEveryone, kTypeIpv4, ip_packet));
    if (inbox_.size() > 1) return;
  }
  wake();
}

void SlirpThread::run() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
    }
    // What waited for an address goes out in slirp_pollfds_poll only: do not sleep before it.
    const bool at_once = feed();
    fire_timers();
    polled_.assign(1, {wake_.get(), POLLIN, 0});
    uint32_t timeout_ms = 60'000;
    slirp_pollfds_fill(
        slirp_, &timeout_ms,
        [](int fd, int events, void* self) {
          auto& polled = static_cast<SlirpThread*>(self)->polled_;
          const int wanted = ((events & SLIRP_POLL_IN) != 0 ? POLLIN : 0) |
                             ((events & SLIRP_POLL_OUT) != 0 ? POLLOUT : 0) |
                             ((events & SLIRP_POLL_PRI) != 0 ? POLLPRI : 0);
          polled.push_back({fd, static_cast<short>(wanted), 0});
          return static_cast<int>(polled.size()) - 1;
        },
        this);
    const bool busy = at_once || !answers_.empty();
    const int timeout = busy ? 0 : static_cast<int>(until_timer(timeout_ms));
    const int ready = ::poll(polled_.data(), polled_.size(), timeout);
    if (polled_[0].revents != 0) {
      uint64_t times = 0;
      static_cast<void>(!::read(wake_.get(), &times, sizeof times));
    }
    slirp_pollfds_poll(
        slirp_, ready < 0 ? 1 : 0,
        [](int index, void* self) {
          const int seen =
              static_cast<SlirpThread*>(self)->polled_[static_cast<size_t>(index)].revents;
          return ((seen & POLLIN) != 0 ? SLIRP_POLL_IN : 0) |
                 ((seen & POLLOUT) != 0 ? SLIRP_POLL_OUT : 0) |
                 ((seen & POLLPRI) != 0 ? SLIRP_POLL_PRI : 0) |
                 ((seen & (POLLERR | POLLNVAL)) != 0 ? SLIRP_POLL_ERR : 0) |
                 ((seen & POLLHUP) != 0 ? SLIRP_POLL_HUP : 0);
        },
        this);
  }
}

/// True when an address has become known.
bool SlirpThread::feed() {
  std::vector<Bytes> frames = std::exchange(answers_, {});
  const bool learnt = !frames.empty();
  {
    const std::lock_guard lock(mutex_);
    frames.insert(frames.end(), std::make_move_iterator(inbox_.begin()),
                  std::make_move_iterator(inbox_.end()));
    inbox_.clear();
  }
  for (const Bytes& frame : frames) {
    slirp_input(slirp_, frame.data(), static_cast<int>(frame.size()));
  }
  return learnt;
}

void SlirpThread::fire_timers() {
  const int64_t now_ms = now_ns() / 1'000'000;
  for (Timer& timer : timers_) {
    if (timer.due_ms < 0 || timer.due_ms > now_ms) continue;
    timer.due_ms = -1;
    slirp_handle_timer(slirp_, timer.id, timer.opaque);
  }
}

uint32_t SlirpThread::until_timer(uint32_t timeout_ms) const {
  const int64_t now_ms = now_ns() / 1'000'000;
  int64_t wait = timeout_ms;
  for (const Timer& timer : timers_) {
    if (timer.due_ms >= 0) wait = std::clamp<int64_t>(timer.due_ms - now_ms, 0, wait);
  }
  return static_cast<uint32_t>(std::min<int64_t>(wait, 60'000));
}

void SlirpThread::on_frame(ByteView frame) {
  if (frame.size() < kEthernetOctets) return;
  const unsigned type = frame[12] * 256u + frame[13];
  const ByteView payload = frame.subspan(kEthernetOctets);
  if (type == kTypeArp) {
    if (auto answer = arp_answer(payload)) answers_.push_back(std::move(*answer));
    return;
  }
  if (type != kTypeIpv4) return;
  const std::lock_guard lock(outlet_->mutex);
  if (outlet_->packets.size() >= kQueueMax) return;
  outlet_->packets.emplace_back(payload.begin(), payload.end());
  if (outlet_->packets.size() > 1) return;
  loop_.post([weak = std::weak_ptr(outlet_)] {
    if (const auto alive = weak.lock()) deliver(alive);
  });
}

void SlirpThread::deliver(const std::shared_ptr<Outlet>& outlet) {
  std::vector<Bytes> packets;
  {
    const std::lock_guard lock(outlet->mutex);
    packets.swap(outlet->packets);
  }
  for (const Bytes& packet : packets) {
    if (!outlet->closed) outlet->transmit(packet);
  }
}

class SlirpNat final : public Nat {
 public:
  SlirpNat(Loop& loop, const NatSpec& spec, std::function<void(ByteView)> transmit)
      : slirp_(loop, spec, std::move(transmit)) {}
  bool start() { return slirp_.start(); }
  void receive(ByteView ip_packet) override { slirp_.receive(ip_packet); }

 private:
  SlirpThread slirp_;
};

}  // namespace

Result<std::unique_ptr<Nat>> make_nat(Loop& loop, const NatSpec& spec,
                                      std::function<void(ByteView)> transmit) {
  const auto inside = [&](uint32_t address) {
    return (address & spec.netmask) == (spec.network & spec.netmask);
  };
  if (!inside(spec.gateway) || !inside(spec.dns) || spec.gateway == spec.dns) {
    return fail(ErrorKind::Usage,
                "the callers' network must hold its gateway and its name server, two addresses");
  }
  auto nat = std::make_unique<SlirpNat>(loop, spec, std::move(transmit));
  if (!nat->start()) return fail(ErrorKind::Failed, "the user-mode NAT could not be started");
  return nat;
}

}  // namespace redial::io
