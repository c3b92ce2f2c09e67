// SPDX-License-Identifier: Apache-2.0
#include "connection/schedule.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::connection;
using phonebook::RedialSettings;

namespace {

constexpr Instant kStart = Instant(1h);

/// A schedule, its dice and a clock; asks, and lets the pause pass.
struct Bench {
  RedialSettings settings;
  Schedule schedule;
  Rng rng{1};
  Instant now = kStart;

  Verdict ended(Action action, std::optional<Duration> was_up = std::nullopt) {
    if (was_up) now += *was_up;
    const Verdict verdict = schedule.on_ended(action, was_up, settings, now, rng);
    pause = verdict.at ? *verdict.at - now : Duration::max();
    if (verdict.at) now = *verdict.at;
    return verdict;
  }
  Duration pause{};
};

bool within(Duration pause, Duration half, Duration whole) {
  return half <= pause && pause <= whole;
}

TEST_CASE("the death of a link that was up for a minute is redialled within a second") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Bench bench{.rng = Rng(seed)};
    const Verdict verdict = bench.ended(Action::Restore, 60s);
    CHECK(verdict.reason == PauseReason::LinkFailure);
    CHECK(verdict.attempt == 1);
    CHECK(bench.pause <= 1s);
  }
}

TEST_CASE("failed attempts back off from 5 s, doubling to 5 min, drawn between half and whole") {
  constexpr Duration kWholes[] = {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s, 300s};
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Bench bench{.rng = Rng(seed)};
    uint32_t attempt = 0;
    for (const Duration whole : kWholes) {
      const Verdict verdict = bench.ended(Action::Redial);
      CHECK(verdict.reason == PauseReason::BackOff);
      CHECK(verdict.attempt == ++attempt);
      CHECK(within(bench.pause, whole / 2, whole));
    }
  }
}

TEST_CASE("a pause is drawn evenly: all of the upper half occurs, and its middle on average") {
  Duration least = 5s, most = 0s, sum = 0s;
  for (uint64_t seed = 0; seed < 2000; ++seed) {
    Bench bench{.rng = Rng(seed)};
    bench.ended(Action::Redial);
    least = std::min(least, bench.pause);
    most = std::max(most, bench.pause);
    sum += bench.pause;
  }
  CHECK(least < 2600ms);
  CHECK(most > 4900ms);
  CHECK(within(sum / 2000, 3650ms, 3850ms));
}

TEST_CASE("the back-off never ends: the thousandth attempt still has a next one") {
  Bench bench;
  for (int attempt = 0; attempt < 100'000; ++attempt) {
    REQUIRE(bench.ended(Action::Redial).at.has_value());
    REQUIRE(bench.pause <= 5min);
  }
}

TEST_CASE("a short-lived link backs off like a failed attempt") {
  Bench bench;
  for (const Duration whole : {Duration(5s), Duration(10s), Duration(20s), Duration(40s)}) {
    CHECK(bench.ended(Action::Restore, 59s).reason == PauseReason::BackOff);
    CHECK(within(bench.pause, whole / 2, whole));
  }
}

TEST_CASE("a call of a minute resets the counters") {
  Bench bench;
  for (int i = 0; i < 6; ++i) bench.ended(Action::Redial);
  CHECK(bench.ended(Action::Restore, 60s).reason == PauseReason::LinkFailure);
  CHECK(bench.ended(Action::Redial).attempt == 1);
  CHECK(within(bench.pause, 2500ms, 5s));
}

TEST_CASE("a call shorter than that does not") {
  Bench bench;
  for (int i = 0; i < 6; ++i) bench.ended(Action::Redial);
  bench.ended(Action::Restore, 59s);
  CHECK(bench.pause >= 150s);
}

TEST_CASE("flap guard: the fourth death in ten minutes backs off, however long each link lived") {
  Bench bench;
  for (int death = 1; death <= 3; ++death) {
    CHECK(bench.ended(Action::Restore, 2min).reason == PauseReason::LinkFailure);
  }
  for (const Duration whole : {Duration(5s), Duration(10s), Duration(20s)}) {
    CHECK(bench.ended(Action::Restore, 2min).reason == PauseReason::Flapping);
    CHECK(within(bench.pause, whole / 2, whole));
  }
}

TEST_CASE("three deaths in ten minutes, or more of them in a longer time, are not flapping") {
  Bench bench;
  for (int death = 0; death < 50; ++death) {
    CHECK(bench.ended(Action::Restore, 4min).reason == PauseReason::LinkFailure);
  }
}

TEST_CASE("when a flapping link has held, its next death is redialled at once again") {
  Bench bench;
  for (int death = 0; death < 6; ++death) bench.ended(Action::Restore, 2min);
  CHECK(bench.ended(Action::Restore, 30min).reason == PauseReason::LinkFailure);
  for (int death = 0; death < 2; ++death) bench.ended(Action::Restore, 2min);
  CHECK(bench.ended(Action::Restore, 2min).reason == PauseReason::Flapping);
  CHECK(within(bench.pause, 2500ms, 5s));
}

TEST_CASE("a refused password is held 15 min, doubling to 6 h, and never hammered") {
  Bench bench;
  for (const Duration hold : {Duration(15min), Duration(30min), Duration(1h), Duration(2h),
                              Duration(4h), Duration(6h), Duration(6h)}) {
    CHECK(bench.ended(Action::HoldAuth).reason == PauseReason::AuthHold);
    CHECK(bench.pause == hold);
  }
}

TEST_CASE("a busy line between two refusals does not shorten the hold; a good call does") {
  Bench bench;
  bench.ended(Action::HoldAuth);
  bench.ended(Action::Redial);
  bench.ended(Action::HoldAuth);
  CHECK(bench.pause == 30min);
  bench.ended(Action::Restore, 60s);
  bench.ended(Action::HoldAuth);
  CHECK(bench.pause == 15min);
}

TEST_CASE("give_up: once the attempts are used up it rests") {
  Bench bench{.settings = {.attempts = 2, .give_up = true}};
  CHECK(bench.ended(Action::Redial).at.has_value());
  CHECK(bench.ended(Action::Redial).at.has_value());
  CHECK(!bench.ended(Action::Redial).at.has_value());
}

TEST_CASE("jitter is the part of a pause that is drawn: none, or all of it") {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    Bench exact{.settings = {.jitter = 0}, .rng = Rng(seed)};
    exact.ended(Action::Redial);
    CHECK(exact.pause == 5s);
    Bench wide{.settings = {.jitter = 100}, .rng = Rng(seed)};
    wide.ended(Action::Redial);
    CHECK(wide.pause <= 5s);
  }
}

TEST_CASE("RedialSeconds: the pause between attempts is the entry's, to the second") {
  Bench bench{.settings = {.pause = 30s}};
  for (int attempt = 0; attempt < 5; ++attempt) {
    CHECK(bench.ended(Action::Redial).reason == PauseReason::PhonebookPause);
    CHECK(bench.pause == 30s);
  }
}

TEST_CASE("RedialAttempts used up: 10, 20, 30 min ... 6 h after Q193834, never the end") {
  Bench bench{.settings = {.attempts = 3, .pause = 30s}};
  for (int further = 0; further < 3; ++further) {
    CHECK(bench.ended(Action::Redial).reason == PauseReason::PhonebookPause);
  }
  for (int step = 1; step <= 40; ++step) {
    CHECK(bench.ended(Action::Redial).reason == PauseReason::AttemptsUsedUp);
    CHECK(bench.pause == std::min<Duration>(10min * step, 6h));
  }
  bench.ended(Action::Restore, 60s);
  CHECK(bench.ended(Action::Redial).reason == PauseReason::PhonebookPause);
}

TEST_CASE("RedialAttempts=0: already the first failure waits ten minutes") {
  Bench bench{.settings = {.attempts = 0}};
  CHECK(bench.ended(Action::Redial).reason == PauseReason::AttemptsUsedUp);
  CHECK(bench.pause == 10min);
}

TEST_CASE("the native default redials for ever") {
  CHECK(!RedialSettings().attempts);
  CHECK(RedialSettings().on_link_failure);
}

TEST_CASE("RedialOnLinkFailure=0: the death of a link rests, a failed attempt is still redialled") {
  Bench bench{.settings = {.on_link_failure = false}};
  CHECK(bench.ended(Action::Redial).at.has_value());
  CHECK(!bench.ended(Action::Restore, 10min).at);
  CHECK(!bench.ended(Action::Restore, 10s).at);
}

TEST_CASE("what was wanted, or cannot succeed, has no next try") {
  for (const Action action : {Action::Stop, Action::AwaitEdit, Action::Keep}) {
    CHECK(!Bench().ended(action).at);
  }
}

TEST_CASE("a new wish of the user forgets counters and holds") {
  Bench bench;
  for (int i = 0; i < 5; ++i) {
    bench.ended(Action::Redial);
    bench.ended(Action::HoldAuth);
  }
  bench.schedule.reset();
  CHECK(bench.ended(Action::HoldAuth).attempt == 1);
  CHECK(bench.pause == 15min);
}

TEST_CASE("no next try lies more than 6 h away, whatever happens") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Rng dice(seed);
    Bench bench{.rng = Rng(seed + 1)};
    if (dice.below(2) == 0) bench.settings.attempts = static_cast<uint32_t>(dice.below(5));
    for (int step = 0; step < 300; ++step) {
      constexpr Action kActions[] = {Action::Redial, Action::Restore, Action::HoldAuth,
                                     Action::HoldNumber};
      const Action action = kActions[dice.below(4)];
      const auto was_up =
          action == Action::Restore ? std::optional(dice.up_to(10min)) : std::nullopt;
      REQUIRE(bench.ended(action, was_up).at.has_value());
      REQUIRE(bench.pause <= 6h);
    }
  }
}

TEST_CASE("doubling never overflows") {
  CHECK(doubled(5s, 0, 5min) == 5s);
  CHECK(doubled(5s, 3, 5min) == 40s);
  CHECK(doubled(5s, 1000, 5min) == 5min);
  CHECK(doubled(10min, 0, 5min) == 5min);
}

}  // namespace
