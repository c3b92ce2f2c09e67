// SPDX-License-Identifier: Apache-2.0
#include "io/loop.h"

#include <doctest/doctest.h>

#include <csignal>
#include <thread>
#include <vector>

#include "io/test_loop.h"

using namespace redial;
using namespace redial::io;

TEST_CASE("an alarm fires once, at its instant, not before") {
  Loop loop;
  int fired = 0;
  Instant when{};
  Alarm alarm(loop, [&] {
    ++fired;
    when = loop.now();
  });
  const Instant due = loop.now() + 15ms;
  alarm.set(due);
  REQUIRE(run_until(loop, [&] { return fired > 0; }));
  CHECK(when >= due);
  settle(loop);
  CHECK(fired == 1);
}

TEST_CASE("an alarm set to the past fires at once; set again it has only the later instant") {
  Loop loop;
  int fired = 0;
  Alarm alarm(loop, [&] { ++fired; });
  alarm.set(Instant{} - 1h);
  alarm.set(loop.now() + 1h);
  settle(loop);
  CHECK(fired == 0);
  alarm.set(Instant{} - 1h);
  CHECK(run_until(loop, [&] { return fired == 1; }));
}

TEST_CASE("a cleared alarm and a destroyed alarm stay silent, even when they are due already") {
  Loop loop;
  int fired = 0;
  Alarm cleared(loop, [&] { ++fired; });
  cleared.set(loop.now());
  cleared.clear();
  auto destroyed = std::make_unique<Alarm>(loop, [&] { ++fired; });
  destroyed->set(loop.now());
  destroyed.reset();
  settle(loop);
  CHECK(fired == 0);
}

TEST_CASE("an alarm may destroy itself when it fires") {
  Loop loop;
  std::unique_ptr<Alarm> alarm;
  bool done = false;
  alarm = std::make_unique<Alarm>(loop, [&] {
    alarm.reset();
    done = true;
  });
  alarm->set(loop.now());
  CHECK(run_until(loop, [&] { return done; }));
}

TEST_CASE("work posted from another thread runs in order on the loop's own") {
  Loop loop;
  std::vector<int> seen;
  const auto runner = std::this_thread::get_id();
  bool elsewhere = false;
  std::thread poster([&] {
    for (int i = 0; i < 100; ++i) {
      loop.post([&, i] {
        seen.push_back(i);
        elsewhere |= std::this_thread::get_id() != runner;
      });
    }
  });
  CHECK(run_until(loop, [&] { return seen.size() == 100; }));
  poster.join();
  CHECK(std::ranges::is_sorted(seen));
  CHECK_FALSE(elsewhere);
}

TEST_CASE("a signal becomes an action, every time it comes") {
  Loop loop;
  int heard = 0;
  loop.on_signal(SIGUSR1, [&] { ++heard; });
  for (int times = 1; times <= 3; ++times) {
    std::raise(SIGUSR1);
    REQUIRE(run_until(loop, [&] { return heard == times; }));
  }
}

TEST_CASE("a stop that comes before run ends it at once; the loop runs again afterwards") {
  Loop loop;
  bool ran = false;
  loop.stop();
  loop.post([&] { ran = true; });
  loop.run();
  CHECK_FALSE(ran);
  CHECK(run_until(loop, [&] { return ran; }));
}

TEST_CASE("instants count up from the boot, wall time from 1970") {
  Loop loop;
  const Instant before = loop.now();
  CHECK(before > Instant{});
  CHECK(loop.now() >= before);
  CHECK(loop.wall_now().us_since_1970 > 1'600'000'000'000'000);
}
