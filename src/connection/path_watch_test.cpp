// SPDX-License-Identifier: Apache-2.0
#include "connection/path_watch.h"

#include <doctest/doctest.h>

#include <optional>

#include "core/rng.h"

using namespace redial;
using namespace redial::connection;

namespace {

/// A path, its clock, and whoever answers beyond it.
struct Bench {
  explicit Bench(bool requested) : watch(settings, requested, now) {}

  /// Runs until then; `answers`: to probes. What it said last, if it said more than rounds.
  std::optional<PathAction> run_for(Duration duration, bool answers) {
    const Instant end = now + duration;
    while (watch.due() <= end) {
      now = std::max(now, watch.due());
      for (const PathAction& action : watch.on_deadline(now)) {
        if (!std::holds_alternative<ProbeTargets>(action)) return action;
        ++probes;
        if (answers) watch.on_answer(now + 600ms);
        if (damages) watch.on_damaged();
      }
    }
    now = end;
    return std::nullopt;
  }
  /// The user sends once a second and gets no answer.
  std::optional<PathAction> send_for(Duration duration, bool answers) {
    for (Duration sent = 0s; sent < duration; sent += 1s) {
      (void)watch.on_sent(now);
      if (auto said = run_for(1s, answers)) return said;
    }
    return std::nullopt;
  }

  phonebook::WatchSettings settings;
  Instant now{1h};
  PathWatch watch;
  int probes = 0;
  bool damages = false;  // what comes is no frame
};

TEST_CASE(
    "requested probes go into silence only, and three rounds without an answer end the link") {
  Bench bench(true);
  CHECK_FALSE(bench.run_for(1h, true));
  CHECK(bench.probes == 117);  // one 30 s after each answer
  const Instant silent_since = bench.now;
  const auto said = bench.run_for(10min, false);
  REQUIRE(said);
  CHECK(std::get<PathGone>(*said).rounds == 3);
  CHECK_FALSE(std::get<PathGone>(*said).stalled);
  CHECK(bench.now - silent_since <= PathWatch::bound(bench.settings, true));
}

TEST_CASE("a fifth of all frames lost either way, or an answer after 10 s, is no dead path") {
  Bench bench(true);
  Rng rng(1);
  std::optional<Instant> answer;
  const auto run = [&](Duration duration, uint32_t loss_ppm, Duration round_trip) {
    const Instant end = bench.now + duration;
    while (bench.now < end) {
      const bool comes = answer && *answer <= bench.watch.due();
      bench.now = comes ? *answer : std::max(bench.now, bench.watch.due());
      if (comes) {
        answer.reset();
        bench.watch.on_answer(bench.now);
        continue;
      }
      for (const PathAction& action : bench.watch.on_deadline(bench.now)) {
        REQUIRE(std::holds_alternative<ProbeTargets>(action));
        const bool lost = rng.chance(loss_ppm) || rng.chance(loss_ppm);
        if (!lost && !answer) answer = bench.now + round_trip;
      }
    }
  };
  run(1000h, 200'000, 600ms);
  run(100h, 0, 10s);
}

TEST_CASE(
    "where frames arrive damaged the path is called dead later, within a bound all the same") {
  Bench bench(true);
  bench.damages = true;
  const Instant silent_since = bench.now;
  REQUIRE(bench.run_for(10min, false));
  const Duration took = bench.now - silent_since;
  const Duration bound = PathWatch::bound(bench.settings, true);
  CHECK(took > bound);
  CHECK(took <= bound + PathWatch::later_if_damaged(bench.settings));
  // An answer that gets through begins it all anew.
  CHECK_FALSE(bench.run_for(85s, false));
  bench.watch.on_answer(bench.now);
  CHECK_FALSE(bench.run_for(85s, false));
}

TEST_CASE("a path in use is not probed, but for one round that asks whether probes are answered") {
  Bench bench(true);
  for (int second = 0; second < 600; ++second) {
    (void)bench.watch.on_sent(bench.now);
    bench.watch.on_received(bench.now);
    CHECK_FALSE(bench.run_for(1s, true));
  }
  CHECK(bench.probes <= 1);
}

TEST_CASE("data that go out while nothing comes back end a link whose peer has answered before") {
  Bench bench(false);
  bench.watch.on_received(bench.now);
  CHECK_FALSE(bench.run_for(10min, true));
  CHECK(bench.probes == 1);  // a quiet link is asked once, and never again
  const Instant stalled_since = bench.now;
  const auto said = bench.send_for(10min, false);
  REQUIRE(said);
  CHECK(std::get<PathGone>(*said).stalled);
  CHECK(bench.now - stalled_since <= PathWatch::bound(bench.settings, false) + 2s);
}

TEST_CASE("a link used one way only stays up for days: its peer answers the probes") {
  Bench bench(false);
  CHECK_FALSE(bench.send_for(48h, true));
}

TEST_CASE("where nobody ever answered a probe a stall is told once, and the link stays up") {
  Bench bench(false);
  const auto said = bench.send_for(10min, false);
  REQUIRE(said);
  CHECK(std::holds_alternative<PathDoubtful>(*said));
  CHECK_FALSE(bench.send_for(10h, false));
}

TEST_CASE("without targets and with the stall rule off nothing is ever sent") {
  Bench bench(false);
  bench.settings.stall = 0s;
  CHECK_FALSE(bench.send_for(10h, false));
  CHECK(bench.probes == 0);
}

}  // namespace
