// SPDX-License-Identifier: Apache-2.0
// The shell's event loop: one thread, CLOCK_BOOTTIME as Instant, one timer, signals. Asio stays in
// the .cpp files.
#pragma once

#include <functional>
#include <memory>

#include "core/time.h"

namespace redial::io {

class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;

  Instant now() const;  // CLOCK_BOOTTIME: suspend counts
  WallTime wall_now() const;
  WallTime local_now() const;  // as the clock on the wall shows it: the time zone's offset added
  void run();                  // until stop()
  void stop();
  void post(std::function<void()> work);  // from any thread
  void on_signal(int number, std::function<void()> action);

  struct Impl;
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// One alarm; setting it again replaces it.
class Alarm {
 public:
  Alarm(Loop& loop, std::function<void()> action);
  ~Alarm();
  void set(Instant at);
  void clear();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace redial::io
