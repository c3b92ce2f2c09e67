// SPDX-License-Identifier: Apache-2.0
// A wedged modem against the whole engine in virtual time: every rung of the ladder is tried in its
// order, the one that helps brings the link back, and an episode ends with a good call
// (failures.md F6).
#include "support/world.h"

using namespace redial;
using namespace redial::test;
using connection::Rung;

namespace {

constexpr engine::LineRecovery kWhole{.traits = {.modem = true, .power_cycle = true}};

std::vector<Rung> rungs(const World& world) {
  std::vector<Rung> found;
  for (const auto& recovering : world.events<engine::Recovering>())
    found.push_back(recovering.rung);
  return found;
}

/// Up, then the modem hangs until `cure`, and the call with it.
void wedge_while_up(World& world, lab::Cure cure) {
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(2min);
  world.exchange.drop_carrier(world.modem(), world.now);
  world.exchange.wedge(world.modem(), cure, world.now);
  REQUIRE(world.run_until([&] { return !world.up(); }));
}

TEST_CASE("a modem wedged until it is reset is reset after a redial and an initialisation failed") {
  World world({.recovery = kWhole});
  wedge_while_up(world, lab::Cure::Reset);
  CHECK(world.run_until([&] { return world.up(); }));
  CHECK(rungs(world) == std::vector{Rung::Reinitialise, Rung::Reset});
  CHECK(world.power_cycles == 0);
  CHECK(world.misplaced.empty());
}

TEST_CASE("a modem wedged until its power is cycled is power-cycled last, and dialled when ready") {
  World world({.recovery = kWhole});
  wedge_while_up(world, lab::Cure::PowerCycle);
  CHECK(world.run_until([&] { return world.up(); }));
  CHECK(rungs(world) ==
        std::vector{Rung::Reinitialise, Rung::Reset, Rung::Reopen, Rung::PowerCycle});
  CHECK(world.power_cycles == 1);
}

TEST_CASE("without a power-cycle command the ladder ends below, and the link is still wanted") {
  World world({.recovery = {.traits = {.modem = true, .power_cycle = false}}});
  wedge_while_up(world, lab::Cure::PowerCycle);
  CHECK_FALSE(world.run_until([&] { return world.up(); }, 1h));
  CHECK(world.power_cycles == 0);
  CHECK_FALSE(world.caller.engine.resting(world.link));
  // Somebody presses the button at last.
  world.exchange.power_cycle(world.modem(), world.now);
  CHECK(world.run_until([&] { return world.up(); }, 10min));
}

TEST_CASE("a power cycle that does not help is repeated within its budget only") {
  World world({.recovery = kWhole});
  world.power_cycle_works = false;
  wedge_while_up(world, lab::Cure::PowerCycle);
  world.run_for(24h);
  CHECK(world.power_cycles == 8);
  CHECK_FALSE(world.caller.engine.resting(world.link));
}

TEST_CASE("the ladder begins anew after a good call, and goes on after a short one") {
  World world({.recovery = kWhole});
  wedge_while_up(world, lab::Cure::Reset);
  REQUIRE(world.run_until([&] { return world.up(); }));
  const size_t before = rungs(world).size();
  SUBCASE("after a short one") {
    world.run_for(5s);
    world.exchange.drop_carrier(world.modem(), world.now);
    world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
    REQUIRE(world.run_until([&] { return rungs(world).size() > before; }));
    CHECK(rungs(world).back() == Rung::Reopen);
  }
  SUBCASE("after a good one") {
    world.run_for(5min);
    world.exchange.drop_carrier(world.modem(), world.now);
    world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
    REQUIRE(world.run_until([&] { return rungs(world).size() > before; }));
    CHECK(rungs(world).back() == Rung::Reinitialise);
  }
}

TEST_CASE("a hang-up while the modem is being recovered ends it, and the line is free again") {
  World world({.recovery = kWhole});
  wedge_while_up(world, lab::Cure::PowerCycle);
  REQUIRE(world.run_until([&] { return world.power_cycles > 0; }));
  world.hang_up();
  CHECK(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
  CHECK_FALSE(world.caller.engine.user_of(LineId{0}));
}

TEST_CASE("DCD strapped high is told, and a lost call is noticed by the modem's words instead") {
  World world({.modem_lines = true, .modem = {.habits = {.dcd_strapped = true}}});
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  CHECK(std::ranges::any_of(world.events<engine::Noted>(), [](const engine::Noted& noted) {
    return noted.text.starts_with("warning: DCD is on before there is a call");
  }));
  world.run_for(2min);
  world.exchange.drop_carrier(world.modem(), world.now);
  const Instant lost = world.now;
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 5s));
  Instant noticed;
  CHECK(world.ended(&noticed)->cause.code == CauseCode::CarrierLost);
  CHECK(noticed - lost <= 1100ms);
  CHECK(world.run_until([&] { return world.up(); }, 2min));
}

TEST_CASE("DCD that follows the carrier is not called strapped") {
  World world({.modem_lines = true});
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  CHECK(std::ranges::none_of(world.events<engine::Noted>(), [](const engine::Noted& noted) {
    return noted.text.starts_with("warning: DCD");
  }));
}

}  // namespace
