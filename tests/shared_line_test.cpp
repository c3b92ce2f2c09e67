// SPDX-License-Identifier: Apache-2.0
// One line for both directions: it listens while nobody dials, a call that is coming in goes first,
// and an incoming call never becomes what was waiting for the line (failures.md #77).
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

/// Two sides, a line each, which dial and answer each other.
struct BothWays : World {
  LinkId out = link;  // the near side dials the far one ...
  LinkId in;          // ... and answers it
  LinkId far_in = port_link, far_out;

  explicit BothWays(uint64_t seed)
      : World({.seed = seed}),
        in(add_port(caller, "near port")),
        far_out(add_link(server, "way back", "5550199")) {
    answer(caller, in);
    answer(server, far_in);
    run_for(5s);
  }
  lab::ModemId near_modem() const { return caller.modems[0]; }
  bool near_in_call() const { return exchange.in_call(near_modem()); }
  bool up_out() const { return caller.engine.up(out) && server.engine.up(far_in); }
  bool up_in() const { return caller.engine.up(in) && server.engine.up(far_out); }
  /// What the dialling link was told since the beginning.
  template <class T>
  size_t told(LinkId of) const {
    size_t count = 0;
    for (const auto& [at, event] : log) {
      count += event.link == of && std::holds_alternative<T>(event.body);
    }
    return count;
  }
};

}  // namespace

TEST_CASE("a ring while a redial is pending is answered; the redial comes after it, as itself") {
  for (uint64_t seed = 1; seed <= 5; ++seed) {
    CAPTURE(seed);
    BothWays world(seed);
    world.exchange.set_fate_once("5550100", lab::Fate::Busy, 1);
    world.dial(world.caller, world.out);
    REQUIRE(world.run_until([&] { return world.told<connection::NextTry>(world.out) > 0; }));
    REQUIRE(world.run_until([&] { return world.exchange.on_hook(world.near_modem()); }, 30s));
    const uint32_t dials = world.exchange.dials(world.near_modem());

    world.dial(world.server, world.far_out);
    REQUIRE(world.run_until([&] { return world.up_in() || world.up_out(); }, 5min));
    if (world.up_out()) continue;  // the redial came due before the ring: that is its right
    // #77: the call that came in is the port's, not the link's whose retry was pending.
    CHECK_FALSE(world.caller.engine.up(world.out));
    CHECK(world.told<connection::LinkConnected>(world.out) == 0);
    const auto owner = world.caller.engine.user_of(LineId{0});
    REQUIRE(owner.has_value());
    CHECK(*owner == world.in);
    // For as long as it lasts nobody dials into it, however often the retry comes due.
    const uint32_t during = world.exchange.dials(world.near_modem());
    CHECK(during <= dials + 1);
    world.run_for(1h);
    CHECK(world.up_in());
    CHECK(world.exchange.dials(world.near_modem()) == during);
    CHECK(world.misplaced.empty());

    world.hang_up(world.server, world.far_out);
    CHECK(world.run_until([&] { return world.up_out(); }, 10min));
    CHECK(world.told<connection::LinkConnected>(world.out) == 1);
    CHECK_FALSE(world.caller.engine.up(world.in));
    // And its line listens again when it is done.
    world.hang_up(world.caller, world.out);
    world.run_for(1min);
    world.dial(world.server, world.far_out);
    CHECK(world.run_until([&] { return world.up_in(); }, 3min));
  }
}

TEST_CASE("dialling while it rings: the call that comes in goes first, then the dialling") {
  BothWays world(3);
  world.dial(world.server, world.far_out);
  REQUIRE(world.run_until([&] { return world.exchange.signals(world.near_modem()).ri; }, 1min));
  world.run_for(50ms);  // the RING is read
  world.dial(world.caller, world.out);
  REQUIRE(world.run_until([&] { return world.up_in(); }, 2min));
  CHECK(world.exchange.dials(world.near_modem()) == 0);
  CHECK(world.told<connection::LinkConnected>(world.out) == 0);
  world.hang_up(world.server, world.far_out);
  CHECK(world.run_until([&] { return world.up_out(); }, 10min));
  CHECK(world.misplaced.empty());
}

TEST_CASE("a line whose own port has a call is busy: said at once, and dialled when it is over") {
  BothWays world(3);
  world.dial(world.server, world.far_out);
  REQUIRE(world.run_until([&] { return world.up_in(); }, 2min));
  world.dial(world.caller, world.out);
  world.run_for(1s);
  REQUIRE(world.told<connection::LinkEnded>(world.out) == 1);
  world.run_for(1h);
  for (const auto& [at, event] : world.log) {
    const auto* ended = std::get_if<connection::LinkEnded>(&event.body);
    if (!ended || event.link != world.out) continue;
    CHECK(ended->cause.code == CauseCode::DeviceBusy);
    CHECK(ended->cause.evidence == "COM1 is used by near port");
  }
  // Not when its pause, which has grown long by now, is over.
  world.hang_up(world.server, world.far_out);
  CHECK(world.run_until([&] { return world.up_out(); }, 1min));
}

TEST_CASE("a listening line yields to whoever dials, and listens again afterwards") {
  BothWays world(4);
  world.dial(world.caller, world.out);
  REQUIRE(world.run_until([&] { return world.up_out(); }, 2min));
  world.hang_up(world.caller, world.out);
  world.run_for(1min);
  world.dial(world.server, world.far_out);
  CHECK(world.run_until([&] { return world.up_in(); }, 2min));
}

TEST_CASE("both ends dial each other at once: busy, and one of them gets through; then the other") {
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    BothWays world(seed);
    world.dial(world.caller, world.out);
    world.dial(world.server, world.far_out);
    const bool met = world.run_until([&] { return world.up_out() || world.up_in(); }, 15min);
    REQUIRE(met);
    CHECK(world.up_out() != world.up_in());
    world.run_for(10min);
    CHECK(world.up_out() != world.up_in());  // and stays: nobody dials into it
    CHECK(world.misplaced.empty());
    if (world.up_out()) {
      world.hang_up(world.caller, world.out);
      CHECK(world.run_until([&] { return world.up_in(); }, 30min));
    } else {
      world.hang_up(world.server, world.far_out);
      CHECK(world.run_until([&] { return world.up_out(); }, 30min));
    }
  }
}
