// SPDX-License-Identifier: Apache-2.0
#include "connection/ladder.h"

#include <doctest/doctest.h>

#include <vector>

#include "core/rng.h"

using namespace redial;
using namespace redial::connection;

namespace {

constexpr Instant kStart{1h};
constexpr LadderTraits kWhole{.modem = true, .power_cycle = true};

/// The rungs that so many silent calls in a row lead to, `apart` from each other.
std::vector<Rung> climb(Ladder& ladder, int calls, Duration apart, Instant& now) {
  std::vector<Rung> rungs;
  for (int i = 0; i < calls; ++i) {
    ladder.on_ended(climbs_to(CauseCode::ModemSilent, Phase::Preparing), now);
    now += apart;
    rungs.push_back(ladder.next(now));
  }
  return rungs;
}

using enum Rung;

TEST_CASE(
    "a silent modem is redialled, re-initialised, reset, reopened, power-cycled: no rung left "
    "out") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  CHECK(climb(ladder, 5, 20s, now) == std::vector{Redial, Reinitialise, Reset, Reopen, PowerCycle});
}

TEST_CASE(
    "after a power cycle that did not help, the rungs below it go on until it may be repeated") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  (void)climb(ladder, 5, 20s, now);
  CHECK(climb(ladder, 3, 3min, now) == std::vector{Reopen, Reopen, Reopen});
  CHECK(climb(ladder, 2, 3min, now) == std::vector{PowerCycle, Reopen});
}

TEST_CASE("however long it lasts, no more power cycles than three an hour and eight a day") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  std::vector<Instant> cycles;
  while (now < kStart + 60h) {
    if (climb(ladder, 1, 2min, now).front() == PowerCycle) cycles.push_back(now);
  }
  CHECK(cycles.size() == 24);  // eight at once, eight a day later, and again
  for (size_t i = 0; i < cycles.size(); ++i) {
    if (i >= 1) CHECK(cycles[i] - cycles[i - 1] >= 10min);
    if (i >= 3) CHECK(cycles[i] - cycles[i - 3] >= 1h);
    if (i >= 8) CHECK(cycles[i] - cycles[i - 8] >= 24h);
  }
}

TEST_CASE(
    "a line without a power-cycle command stops at reopening, one without a modem has two rungs") {
  Instant now = kStart;
  Ladder bare({.modem = true, .power_cycle = false});
  CHECK(climb(bare, 6, 20s, now) ==
        std::vector{Redial, Reinitialise, Reset, Reopen, Reopen, Reopen});
  Ladder direct({.modem = false, .power_cycle = false});
  CHECK(climb(direct, 3, 20s, now) == std::vector{Redial, Reopen, Reopen});
}

TEST_CASE("an episode is remembered across calls that fail otherwise, and reset by a good one") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  (void)climb(ladder, 2, 20s, now);
  // The modem answered, the number was busy: nothing to shake, nothing forgotten.
  ladder.on_ended(climbs_to(CauseCode::Busy, Phase::Dialing), now);
  CHECK(ladder.next(now) == Redial);
  CHECK(ladder.episode().since == kStart);
  CHECK(climb(ladder, 1, 20s, now) == std::vector{Reset});
  ladder.on_good_call();
  CHECK(climb(ladder, 2, 20s, now) == std::vector{Redial, Reinitialise});
}

TEST_CASE("a user who hangs up and dials again climbs no further: it takes another failure") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  (void)climb(ladder, 3, 20s, now);
  CHECK(ladder.next(now) == Redial);
  CHECK(climb(ladder, 1, 20s, now) == std::vector{Reopen});
}

TEST_CASE("a good call does not renew the budget of power cycles") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  (void)climb(ladder, 5, 20s, now);
  ladder.on_good_call();
  CHECK(climb(ladder, 5, 20s, now).back() == Reopen);
}

TEST_CASE("a modem that answers, though with ERROR, is reset but never switched off") {
  Ladder ladder(kWhole);
  Instant now = kStart;
  for (int call = 0; call < 20; ++call) {
    ladder.on_ended(climbs_to(CauseCode::ModemError, Phase::Preparing), now);
    now += 20min;
    CHECK(ladder.next(now) != PowerCycle);
  }
}

TEST_CASE("the death of an established link is no fault of the device until a redial fails by it") {
  CHECK(!climbs_to(CauseCode::DeviceVanished, Phase::Up));
  CHECK(!climbs_to(CauseCode::PeerSilent, Phase::Up));
  CHECK(climbs_to(CauseCode::DeviceMissing, Phase::Opening) == PowerCycle);
  CHECK(!climbs_to(CauseCode::DeviceBusy, Phase::Opening));
}

TEST_CASE("whatever happens on a line, no rung is climbed before the one below it") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Rng dice(seed);
    const LadderTraits traits{.modem = dice.below(2) == 0, .power_cycle = dice.below(2) == 0};
    Ladder ladder(traits);
    Instant now = kStart;
    std::array<bool, kRungs> done{};
    for (int step = 0; step < 60; ++step) {
      now += dice.up_to(15min);
      if (dice.below(12) == 0) {
        ladder.on_good_call();
        done = {};
      }
      const auto code = static_cast<CauseCode>(dice.below(kCauses));
      ladder.on_ended(climbs_to(code, Phase::Preparing), now);
      const Rung rung = ladder.next(now);
      CHECK(has(traits, rung));
      // A power cycle that is not allowed now is passed over, not skipped for good.
      for (size_t below = 0; below < static_cast<size_t>(rung); ++below) {
        if (has(traits, static_cast<Rung>(below))) CHECK(done[below]);
      }
      if (climbs_to(code, Phase::Preparing)) done[static_cast<size_t>(rung)] = true;
    }
  }
}

}  // namespace
