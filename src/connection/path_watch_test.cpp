// SPDX-License-Identifier: Apache-2.0
#include "connection/path_watch.h"

#include <doctest/doctest.h>

#include <optional>

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
        if (!std::holds_alternative<ProbeRound>(action)) return action;
        ++rounds;
        if (answers) watch.on_answer(now + 600ms);
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
  int rounds = 0;
};

TEST_CASE(
    "requested probes go into silence only, and three rounds without an answer end the link") {
  Bench bench(true);
  CHECK_FALSE(bench.run_for(1h, true));
  CHECK(bench.rounds == 117);  // one 30 s after each answer
  const Instant silent_since = bench.now;
  const auto said = bench.run_for(10min, false);
  REQUIRE(said);
  CHECK(std::get<PathGone>(*said).rounds == 3);
  CHECK_FALSE(std::get<PathGone>(*said).stalled);
  CHECK(bench.now - silent_since <= PathWatch::bound(bench.settings, true));
}

TEST_CASE("a path in use is not probed, but for one round that asks whether probes are answered") {
  Bench bench(true);
  for (int second = 0; second < 600; ++second) {
    (void)bench.watch.on_sent(bench.now);
    bench.watch.on_received(bench.now);
    CHECK_FALSE(bench.run_for(1s, true));
  }
  CHECK(bench.rounds <= 1);
}

TEST_CASE("data that go out while nothing comes back end a link whose peer has answered before") {
  Bench bench(false);
  bench.watch.on_received(bench.now);
  CHECK_FALSE(bench.run_for(10min, true));
  CHECK(bench.rounds == 1);  // a quiet link is asked once, and never again
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
  CHECK(bench.rounds == 0);
}

}  // namespace
