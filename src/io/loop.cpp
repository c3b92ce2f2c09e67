// SPDX-License-Identifier: Apache-2.0
#include "io/loop.h"

#include <sys/timerfd.h>
#include <time.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>

#include "core/check.h"
#include "io/asio_loop.h"

namespace redial::io {
namespace {

int64_t us(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

void wait_for_signal(asio::signal_set& set, std::shared_ptr<std::function<void()>> action) {
  set.async_wait([&set, action](ErrorCode error, int) {
    if (error) return;
    wait_for_signal(set, action);
    (*action)();
  });
}

}  // namespace

Loop::Loop() : impl_(std::make_unique<Impl>()) {
  // A peer that closes its socket is an error code of write(2), not the end of the program.
  std::signal(SIGPIPE, SIG_IGN);
}

Loop::~Loop() = default;

Instant Loop::now() const { return Instant(Duration(us(CLOCK_BOOTTIME))); }

WallTime Loop::wall_now() const { return WallTime{us(CLOCK_REALTIME)}; }

WallTime Loop::local_now() const {
  const WallTime utc = wall_now();
  const std::time_t seconds = static_cast<std::time_t>(utc.us_since_1970 / 1'000'000);
  std::tm local{};
  if (::localtime_r(&seconds, &local) == nullptr) return utc;
  return WallTime{utc.us_since_1970 + int64_t{local.tm_gmtoff} * 1'000'000};
}

void Loop::run() {
  impl_->context.run();
  impl_->context.restart();  // After, not before: a stop() that came first must end the next run.
}

void Loop::stop() { impl_->context.stop(); }

void Loop::post(std::function<void()> work) { asio::post(impl_->context, std::move(work)); }

void Loop::on_signal(int number, std::function<void()> action) {
  asio::signal_set& set = impl_->signals.emplace_back(impl_->context, number);
  wait_for_signal(set, std::make_shared<std::function<void()>>(std::move(action)));
}

/// A timerfd on CLOCK_BOOTTIME: after a suspend it is due at once, which a steady timer is not.
struct Alarm::Impl : std::enable_shared_from_this<Alarm::Impl> {
  Impl(Loop& loop, std::function<void()> what)
      : action(std::move(what)), timer(loop.impl().context) {
    const int fd = ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    REDIAL_ASSERT(fd >= 0);
    timer.assign(fd);
  }

  void set(itimerspec when) {
    // Setting also forgets an expiry that has not been read yet: what was replaced never fires.
    REDIAL_ASSERT(::timerfd_settime(timer.native_handle(), TFD_TIMER_ABSTIME, &when, nullptr) == 0);
  }

  void wait() {
    timer.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](ErrorCode error) {
                       if (error || self->gone) return;
                       uint64_t expiries = 0;
                       const int fd = self->timer.native_handle();
                       const bool due = ::read(fd, &expiries, sizeof expiries) == sizeof expiries;
                       self->wait();
                       if (due) self->action();
                     });
  }

  std::function<void()> action;
  asio::posix::stream_descriptor timer;
  bool gone = false;  // its Alarm is destroyed; this lives on only in a queued handler
};

Alarm::Alarm(Loop& loop, std::function<void()> action)
    : impl_(std::make_shared<Impl>(loop, std::move(action))) {
  impl_->wait();
}

Alarm::~Alarm() {
  impl_->gone = true;
  impl_->timer.close();
}

void Alarm::set(Instant at) {
  // An instant of zero would disarm the timer; everything before now means now.
  const int64_t due = std::max<int64_t>(at.time_since_epoch().count(), 1);
  itimerspec when{};
  when.it_value.tv_sec = due / 1'000'000;
  when.it_value.tv_nsec = due % 1'000'000 * 1000;
  impl_->set(when);
}

void Alarm::clear() { impl_->set(itimerspec{}); }

}  // namespace redial::io
