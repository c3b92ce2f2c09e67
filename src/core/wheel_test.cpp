// SPDX-License-Identifier: Apache-2.0
#include "core/wheel.h"

#include <doctest/doctest.h>

#include <map>

#include "core/rng.h"

using namespace redial;

TEST_CASE("every node fires once, in time, within a tick: compared with a plain map") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    Rng rng(seed);
    TimingWheel wheel;
    constexpr uint32_t kNodes = 200;
    wheel.grow(kNodes);
    std::map<uint32_t, Instant> wanted;
    Instant now(1s);
    wheel.advance(now, [](uint32_t) {});
    for (int step = 0; step < 2000; ++step) {
      const uint32_t node = static_cast<uint32_t>(rng.below(kNodes));
      if (rng.below(4) == 0) {
        wheel.disarm(node);
        wanted.erase(node);
      } else {
        static constexpr Duration kReach[] = {5ms, 100ms, 10s, 10min, 10h, 480h};
        const Instant at = now + rng.up_to(kReach[rng.below(6)]);
        wheel.arm(node, at);
        wanted[node] = at;
      }
      // Sometimes exactly to the deadline, sometimes far beyond it.
      if (rng.below(3) == 0 && wheel.deadline()) now = std::max(now, *wheel.deadline());
      if (rng.below(9) == 0) now += rng.up_to(rng.below(20) == 0 ? Duration(30h) : Duration(1s));
      wheel.advance(now, [&](uint32_t index) {
        REQUIRE(wanted.contains(index));
        REQUIRE(wanted[index] <= now);
        wanted.erase(index);
      });
      for (const auto& [index, at] : wanted) {
        REQUIRE(at + 2ms > now);
        REQUIRE(wheel.deadline().has_value());
        REQUIRE(*wheel.deadline() <= at + 2ms);
      }
    }
  }
}

TEST_CASE("a node may arm itself again while it fires") {
  TimingWheel wheel;
  wheel.grow(1);
  wheel.arm(0, Instant(10ms));
  int fired = 0;
  for (Instant now{}; now < Instant(1s); now += 1ms) {
    wheel.advance(now, [&](uint32_t index) {
      ++fired;
      wheel.arm(index, now + 100ms);
    });
  }
  CHECK(fired == 10);
}

TEST_CASE("an empty wheel has no deadline") {
  TimingWheel wheel;
  wheel.grow(4);
  CHECK_FALSE(wheel.deadline());
  wheel.arm(3, Instant(5s));
  wheel.disarm(3);
  CHECK_FALSE(wheel.deadline());
}

TEST_CASE("a lone timer wakes its owner once, however far ahead it is") {
  for (const Duration ahead : {Duration(3ms), Duration(5s), Duration(30s), Duration(10h)}) {
    TimingWheel wheel;
    wheel.grow(1);
    wheel.advance(Instant(1234ms), [](uint32_t) {});
    wheel.arm(0, Instant(1234ms) + ahead);
    CHECK(wheel.deadline() == Instant(1234ms) + ahead);
    int fired = 0;
    wheel.advance(*wheel.deadline(), [&](uint32_t) { ++fired; });
    CHECK(fired == 1);
    CHECK_FALSE(wheel.deadline());
  }
}

TEST_CASE("a deadline that is put off moves its timer only when that doubles the wait") {
  TimingWheel wheel;
  wheel.grow(1);
  wheel.arm_by(0, Instant(30s));
  wheel.arm_by(0, Instant(40s));
  CHECK(wheel.armed_for(0) == Instant(30s));  // judged then
  wheel.arm_by(0, Instant(20s));
  CHECK(wheel.armed_for(0) == Instant(20s));  // sooner: at once
  wheel.arm_by(0, Instant(50s));
  CHECK(wheel.armed_for(0) == Instant(50s));
  wheel.advance(Instant(49s), [](uint32_t) {});
  wheel.arm_by(0, Instant(55s));
  CHECK(wheel.armed_for(0) == Instant(55s));
}
