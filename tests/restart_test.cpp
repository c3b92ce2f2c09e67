// SPDX-License-Identifier: Apache-2.0
// The service is killed at any instant and started again: only what the journal holds survives.
// Clocks are set, the machine sleeps, a helper hangs. The product's own machines, in virtual time.
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

/// When the number went out to the modem, for the dialled link.
std::vector<Instant> dials(const World& world) {
  std::vector<Instant> found;
  for (const auto& [at, event] : world.log) {
    const auto* progress = std::get_if<connection::LinkProgress>(&event.body);
    if (progress && progress->phase == Phase::Dialing) found.push_back(at);
  }
  return found;
}

std::optional<connection::NextTry> next_try(const World& world) {
  const auto tries = world.events<connection::NextTry>();
  return tries.empty() ? std::nullopt : std::optional(tries.back());
}

bool ended_with(const World& world, CauseCode code) {
  return world.ended() && world.ended()->cause.code == code;
}

/// The most dials within any hour.
size_t most_in_an_hour(const std::vector<Instant>& dials) {
  size_t most = 0;
  for (size_t first = 0, last = 0; last < dials.size(); ++last) {
    while (dials[last] - dials[first] >= 1h) ++first;
    most = std::max(most, last - first + 1);
  }
  return most;
}

}  // namespace

TEST_CASE("a link that was up when the service was killed is dialled at once, and comes up") {
  World world;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(2min);
  const Instant killed = world.now;
  world.restart(1s);
  REQUIRE(next_try(world).has_value());
  CHECK(next_try(world)->reason == connection::PauseReason::LinkFailure);
  CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 5min));
  CHECK(dials(world).back() - killed < 2min);
}

TEST_CASE("a link that was hung up stays down") {
  World world;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.hang_up();
  world.run_for(1min);
  world.restart();
  CHECK(world.caller.engine.resting(world.link));
  const size_t before = dials(world).size();
  world.run_for(10h);
  CHECK(dials(world).size() == before);
}

TEST_CASE("a refused password is not tried again inside its hold, however often it is restarted") {
  World world;
  world.accounts.password = "changed";
  world.start();
  REQUIRE(world.run_until([&] {
    return next_try(world) && next_try(world)->reason == connection::PauseReason::AuthHold;
  }));
  const Instant held = next_try(world)->at;
  CHECK(held - world.now > 14min);
  const size_t before = dials(world).size();
  for (int restart = 0; restart < 20; ++restart) {
    world.run_for(10s);
    world.restart(5s);
    REQUIRE(next_try(world).has_value());
    CHECK(next_try(world)->reason == connection::PauseReason::AuthHold);
    // Neither sooner nor later than it was.
    CHECK(next_try(world)->at == held);
  }
  CHECK(dials(world).size() == before);
  world.accounts.password = "swordfish";
  CHECK(world.run_until([&] { return world.up(); }, 30min));
  CHECK(world.now >= held);
}

TEST_CASE("the doubling of a hold goes on after a restart") {
  World world;
  world.accounts.password = "changed";
  world.start();
  const auto refused = [&](size_t times) {
    return world.run_until([&] { return world.events<connection::LinkEnded>().size() == times; },
                           3h);
  };
  REQUIRE(refused(1));
  world.restart();
  REQUIRE(refused(2));
  CHECK(next_try(world)->at - world.now == 30min);
}

TEST_CASE("a service that stops keeps the wish and the hold; a command overrides the hold") {
  World world;
  world.accounts.password = "changed";
  world.start();
  REQUIRE(world.run_until([&] {
    return next_try(world) && next_try(world)->reason == connection::PauseReason::AuthHold;
  }));
  const Instant held = next_try(world)->at;
  world.stop_service();
  world.run_for(1min);
  CHECK(world.caller.engine.resting(world.link));
  world.restart();
  CHECK(next_try(world)->at == held);
  const size_t before = dials(world).size();
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return dials(world).size() > before; }, 1min));
}

TEST_CASE("a service that is killed in every call still dials a number no more than is allowed") {
  World world;
  world.exchange.set_fate("5550100", lab::Fate::Silence);
  world.start();
  size_t seen = 0;
  for (const Instant end = world.now + 3h; world.now < end;) {
    if (!world.run_until([&] { return dials(world).size() > seen; }, 1h)) continue;
    seen = dials(world).size();
    world.run_for(3s);  // it rings, and nobody knows yet what becomes of it
    world.restart(1s);
  }
  CHECK(seen > 12);
  CHECK(most_in_an_hour(dials(world)) <= 12);
}

TEST_CASE(
    "with a full disk what is to be remembered is lost, and the link is dialled all the same") {
  World world;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.journal_full = true;
  world.accounts.password = "changed";
  world.server_hangs_up();
  REQUIRE(world.run_until([&] { return ended_with(world, CauseCode::AuthRejected); }, 5min));
  world.restart();
  world.journal_full = false;
  // All it knows is that it was up; the refusal that nobody could write down comes once more.
  const size_t before = world.events<connection::LinkEnded>().size();
  REQUIRE(
      world.run_until([&] { return world.events<connection::LinkEnded>().size() > before; }, 5min));
  CHECK(ended_with(world, CauseCode::AuthRejected));
  world.restart();
  CHECK(next_try(world)->reason == connection::PauseReason::AuthHold);
}

TEST_CASE("an armed link is armed again, and its hold stands against traffic") {
  World world(
      {.dial = [](engine::DialPlan& plan) { plan.entry.dial = phonebook::DialMode::OnDemand; }});
  world.answer(world.server, world.port_link);
  world.run_for(5s);
  world.accounts.password = "changed";
  world.arm();
  world.traffic();
  REQUIRE(world.run_until([&] { return ended_with(world, CauseCode::AuthRejected); }));
  const Instant held = next_try(world)->at;
  const size_t before = dials(world).size();
  world.restart();
  CHECK(world.events<connection::Armed>().size() >= 2);
  world.traffic();
  world.run_for(10min);
  CHECK(dials(world).size() == before);
  world.accounts.password = "swordfish";
  world.run_for(held - world.now);
  world.traffic();
  CHECK(world.run_until([&] { return world.up(); }, 5min));
}

TEST_CASE("what a day has cost is remembered, the call under way within ten minutes") {
  World world({.dial = [](engine::DialPlan& plan) { plan.entry.budget.minutes = 60; }});
  const auto noon = connection::Calendar{world.now, {Duration(12h).count()}};
  world.on_restarted = [&] { world.set_calendar({world.now, noon.local_at(world.now)}); };
  world.set_calendar(noon);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  const Instant up = world.now;
  world.run_for(45min);
  world.restart();
  REQUIRE(world.run_until([&] { return ended_with(world, CauseCode::BudgetSpent); }, 2h));
  CHECK(world.now - up > 60min);
  CHECK(world.now - up < 72min);
  world.restart();
  CHECK(next_try(world)->reason == connection::PauseReason::Budget);
  // A new day, with the service down at midnight.
  world.restart(12h);
  CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 5min));
}

TEST_CASE("power cycles of a line stay within their hour's budget over restarts") {
  World world({.recovery = {.traits = {.modem = true, .power_cycle = true}}});
  world.power_cycle_works = false;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.exchange.drop_carrier(world.modem(), world.now);
  world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
  std::optional<Instant> first;
  for (int cycle = 1; cycle <= 3; ++cycle) {
    REQUIRE(world.run_until([&] { return world.power_cycles == cycle; }, 1h));
    if (!first) first = world.now;
    world.restart();
  }
  CHECK(world.run_until([&] { return world.power_cycles > 3; }, 2h));
  CHECK(world.now - *first > 1h);
}

TEST_CASE("nothing is remembered while a link is quiet") {
  World world;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  const int written = world.journal.writes;
  CHECK(written <= 4);
  world.run_for(24h);
  CHECK(world.up());
  CHECK(world.journal.writes == written);
}

TEST_CASE("killed at any instant: the link comes up again, within the pauses that it remembers") {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    World world({.seed = seed});
    Rng rng(seed);
    world.start();
    for (int restart = 0; restart < 8; ++restart) {
      world.run_for(rng.up_to(40s));
      world.restart(rng.up_to(20s));
    }
    CHECK(world.run_until([&] { return world.up(); }, 15min));
    // Its modem may still be connected: it is taken out of that before any command. (What the far
    // end still says to a modem that has just lost its call is no fault of anybody's.)
    for (const std::string& what : world.misplaced) CHECK_FALSE(what.starts_with("in data"));
  }
}

// ---- a helper that hangs -------------------------------------------------------------------

TEST_CASE("a power-cycle command that never ends keeps the line no longer than its own time") {
  World world({.recovery = {.traits = {.modem = true, .power_cycle = true},
                            .command_within = 30s,
                            .ready_within = 10s}});
  world.power_cycle_hangs = true;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.exchange.drop_carrier(world.modem(), world.now);
  world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
  REQUIRE(world.run_until([&] { return world.power_cycles == 1; }, 1h));
  const Instant began = world.now;
  const auto prepares = [&] {
    size_t count = 0;
    for (const auto& progress : world.events<connection::LinkProgress>()) {
      count += progress.phase == Phase::Preparing;
    }
    return count;
  };
  const size_t before = prepares();
  REQUIRE(world.run_until([&] { return prepares() > before; }, 2min));
  CHECK(world.now - began <= 41s);
  // Its end, hours late, is no news to whoever has the line now.
  world.command_done(true);
  world.exchange.power_cycle(world.modem(), world.now);
  CHECK(world.run_until([&] { return world.up(); }, 15min));
}

// ---- suspend and resume --------------------------------------------------------------------

TEST_CASE("a link that is alive after the machine slept is kept; one that is dead is noticed") {
  World alive;
  alive.start();
  REQUIRE(alive.run_until([&] { return alive.up(); }));
  alive.sleep(8h);
  alive.run_for(5min);
  CHECK(alive.up());
  CHECK(alive.events<connection::LinkEnded>().empty());

  World dead;
  dead.start();
  REQUIRE(dead.run_until([&] { return dead.up(); }));
  dead.exchange.freeze(dead.modem(), true, true, dead.now);
  dead.sleep(8h);
  const Instant woke = dead.now;
  REQUIRE(dead.run_until([&] { return ended_with(dead, CauseCode::PeerSilent); }, 1min));
  CHECK(dead.now - woke <= 20s);
  CHECK(dead.run_until([&] { return dead.up(); }, 15min));
}

TEST_CASE("a pause that ended while the machine slept is followed by one dial, not by many") {
  World world;
  world.exchange.set_fate("5550100", lab::Fate::Busy);
  world.start();
  REQUIRE(world.run_until([&] { return world.events<connection::NextTry>().size() == 4; }, 10min));
  REQUIRE(dials(world).size() == 4);
  world.run_for(5s);
  world.sleep(9h);
  world.run_for(20s);
  CHECK(dials(world).size() == 5);
  world.run_for(1h);
  CHECK(most_in_an_hour(dials(world)) <= 12);
}

TEST_CASE("the machine may sleep at any instant of an attempt") {
  for (uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    World world({.seed = seed});
    Rng rng(seed);
    world.start();
    for (int times = 0; times < 5; ++times) {
      world.run_for(rng.up_to(20s));
      const size_t before = world.log.size();
      world.sleep(1h + rng.up_to(10h));
      CHECK(world.log.size() - before < 30);  // no storm of what came due meanwhile
    }
    CHECK(world.run_until([&] { return world.up(); }, 30min));
  }
}

// ---- clocks that are set -------------------------------------------------------------------

namespace {

struct Clocked : World {
  explicit Clocked(WorldOptions options = {}) : World(with_budget(std::move(options))) {
    set_to(0, 12h);
    start();
  }
  static WorldOptions with_budget(WorldOptions options) {
    options.dial = [](engine::DialPlan& plan) { plan.entry.budget.minutes = 10; };
    return options;
  }
  /// The local clock shows this day and hour from now on.
  void set_to(int day, Duration hour) { set_calendar({now, {(24h * day + hour).count()}}); }
  bool spend() {
    return run_until([&] { return ended_with(*this, CauseCode::BudgetSpent); }, 1h);
  }
};

}  // namespace

TEST_CASE("a clock set forward into the next day opens its account; set back, no second one") {
  Clocked world;
  REQUIRE(world.spend());
  world.run_for(1min);
  world.set_to(1, 8h);
  REQUIRE(world.run_until([&] { return world.up(); }, 5min));
  const size_t calls = dials(world).size();
  world.run_for(11min);
  CHECK_FALSE(world.up());
  // Back to the evening before: the day that comes then has been spent already.
  world.set_to(0, 23h + 50min);
  world.run_for(1h);
  CHECK(dials(world).size() == calls);
  CHECK(world.run_until([&] { return dials(world).size() > calls; }, 25h));
}

TEST_CASE("a clock that was years ahead holds a spent budget for a day, not for years") {
  Clocked world;
  world.set_to(4'000, 12h);
  REQUIRE(world.spend());
  world.run_for(1min);
  world.set_to(10, 12h);
  const Instant set = world.now;
  REQUIRE(world.run_until([&] { return world.up(); }, 48h));
  CHECK(world.now - set <= 26h);
}

TEST_CASE("a call that lasted several nights is billed from the last midnight") {
  World world({.dial = [](engine::DialPlan& plan) { plan.entry.budget.minutes = 120; }});
  world.set_calendar({world.now, {Duration(23h).count()}});
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.sleep(49h + 30min);  // it is half past midnight now
  world.run_for(1h);
  CHECK(world.up());
  REQUIRE(world.run_until([&] { return ended_with(world, CauseCode::BudgetSpent); }, 2h));
}
