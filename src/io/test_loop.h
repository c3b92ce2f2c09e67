// SPDX-License-Identifier: Apache-2.0
// For tests: run a loop until something is true, or long enough to call it false.
#pragma once

#include <doctest/doctest.h>

#include <functional>

#include "io/loop.h"

namespace redial::io {

inline bool run_until(Loop& loop, const std::function<bool()>& condition, Duration within = 10s) {
  const Instant give_up = loop.now() + within;
  bool met = false;
  Alarm* again = nullptr;
  Alarm look(loop, [&] {
    met = condition();
    if (met || loop.now() >= give_up) return loop.stop();
    again->set(loop.now() + 1ms);
  });
  again = &look;
  look.set(loop.now());
  loop.run();
  return met;
}

/// Everything that is due now has happened afterwards.
inline void settle(Loop& loop) {
  run_until(
      loop, [] { return false; }, 20ms);
}

}  // namespace redial::io
