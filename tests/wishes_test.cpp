// SPDX-License-Identifier: Apache-2.0
// What an entry wants beyond "up": its numbers in order, limits, demand, another entry first; with
// virtual modems and engines on both sides, in virtual time.
#include "support/world.h"

#include "connection/detection.h"

using namespace redial;
using namespace redial::test;

namespace {

/// When each number was sent to the modem, by the entry's index.
struct Dialled {
  Instant at;
  uint32_t attempt;
};
std::vector<Dialled> calls(const World& world) {
  std::vector<Dialled> found;
  for (const auto& [at, event] : world.log) {
    const auto* calling = std::get_if<connection::LinkCalling>(&event.body);
    if (calling && event.link == world.link) found.push_back({at, calling->attempt});
  }
  return found;
}

std::vector<CauseCode> causes(const World& world, LinkId link) {
  std::vector<CauseCode> found;
  for (const auto& [at, event] : world.log) {
    const auto* ended = std::get_if<connection::LinkEnded>(&event.body);
    if (ended && event.link == link) found.push_back(ended->cause.code);
  }
  return found;
}

void two_numbers(engine::DialPlan& plan) {
  phonebook::Entry& entry = plan.entry;
  entry.numbers = {{.digits = "5550177"}, {.digits = "5550100"}};
  entry.promote_alternates = true;
}

}  // namespace

TEST_CASE(
    "a busy number gives way to the next within the same try, and the good one is the first") {
  World world({.dial = two_numbers});
  world.exchange.set_fate("5550177", lab::Fate::Busy);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }, 2min));
  const auto first = calls(world);
  REQUIRE(first.size() == 2);
  CHECK(first[1].attempt == 1);
  CHECK(world.events<connection::Learned>().size() == 1);

  world.run_for(2min);
  world.server_hangs_up();
  REQUIRE(world.run_until([&] { return world.events<connection::LinkConnected>().size() == 2; }));
  CHECK(calls(world).size() == 3);  // the promoted number, and no other
}

TEST_CASE("a modem dials a busy number no oftener than attempts_per_hour, and says why it waits") {
  World world({.redial = {.pause = 5s}});
  world.exchange.set_fate("5550100", lab::Fate::Busy);
  world.start();
  world.run_for(3h);
  const auto all = calls(world);
  REQUIRE(all.size() > 24);
  for (size_t i = 12; i < all.size(); ++i) CHECK(all[i].at - all[i - 12].at >= 1h);
  bool said = false;
  for (const auto& next : world.events<connection::NextTry>()) {
    said |= next.reason == connection::PauseReason::HourLimit;
  }
  CHECK(said);
  world.exchange.set_fate("5550100", lab::Fate::Ring);
  CHECK(world.run_until([&] { return world.up(); }, 62min));
}

TEST_CASE("an on-demand link leaves the modem alone until traffic comes, and after it has gone") {
  World world({.idle_disconnect = 3min});
  world.server_listens();
  world.arm();
  world.run_for(1h);
  CHECK(calls(world).empty());
  CHECK(!world.exchange.online(world.modem()));

  world.traffic();
  REQUIRE(world.run_until([&] { return world.up(); }, 2min));
  for (int i = 0; i < 5; ++i) {
    world.run_for(2min);
    REQUIRE(world.send_packet());
  }
  const Instant last = world.now;
  REQUIRE(world.run_until([&] { return world.events<connection::Armed>().size() == 2; }, 10min));
  Instant ended;
  CHECK(world.ended(&ended)->cause.code == CauseCode::IdleTimeout);
  CHECK(ended - last >= 3min);
  CHECK(ended - last <= 3min + connection::kWakeSlack);
  world.run_for(1h);
  CHECK(!world.exchange.online(world.modem()));
  CHECK(calls(world).size() == 1);

  world.traffic();
  CHECK(world.run_until([&] { return world.up(); }, 2min));
}

TEST_CASE("an on-demand link that cannot come up stops dialling when nobody wants it any more") {
  World world({.dial = [](engine::DialPlan& plan) { plan.entry.wait_within = 5min; }});
  world.exchange.set_fate("5550100", lab::Fate::NoAnswer);
  world.arm();
  world.traffic();
  const Instant wanted = world.now;
  REQUIRE(world.run_until([&] { return world.events<connection::Armed>().size() == 2; }, 1h));
  CHECK(world.now - wanted >= 5min);
  CHECK(causes(world, world.link).size() >= 2);
  const size_t before = calls(world).size();
  world.run_for(2h);
  CHECK(calls(world).size() == before);
}

TEST_CASE("an entry dials after the one it needs, dies with it, and both come back in order") {
  World world;
  const LinkId first = world.add_link("first", "5550101");
  const LinkId port = world.add_port("5550101");
  REQUIRE(world.caller.engine.require(world.link, first));
  const auto both = [&] { return world.up() && world.caller.engine.up(first); };
  const auto order = [&] {
    std::string out;
    for (const auto& [at, event] : world.log) {
      if (std::holds_alternative<connection::LinkConnected>(event.body)) {
        out += event.link == first ? "f" : "l";
      }
    }
    return out;
  };
  world.start();
  REQUIRE(world.run_until(both, 5min));
  CHECK(order() == "fl");
  world.run_for(2min);
  world.hang_up_port(port);
  REQUIRE(world.run_until([&] { return !both(); }));
  REQUIRE(world.run_until(both, 5min));
  CHECK(order() == "flfl");
  CHECK(causes(world, world.link) == std::vector{CauseCode::PrerequisiteDown});
  CHECK(causes(world, first) == std::vector{CauseCode::PeerTerminated});
}

TEST_CASE("an entry that others need does not time out for want of traffic while they are wanted") {
  World world({.idle_disconnect = 1min});
  const LinkId other = world.add_link("other", "5550101");
  world.add_port("5550101");
  REQUIRE(world.caller.engine.require(other, world.link));
  world.server_listens();
  world.dial(other);
  REQUIRE(world.run_until([&] { return world.caller.engine.up(other); }, 5min));
  world.run_for(1h);
  CHECK(world.up());
  world.hang_up_other(other);
  REQUIRE(world.run_until([&] { return !world.up(); }, 2min));
  CHECK(causes(world, world.link) == std::vector{CauseCode::IdleTimeout});
}

TEST_CASE(
    "a line without dial tone gives way to the next in the same try, which then comes first") {
  World world({.dial = [](engine::DialPlan& plan) {
    plan.lines = {LineId{0}, LineId{1}};
    plan.entry.line_order = phonebook::LineOrder::LastGoodFirst;
  }});
  world.add_link("other", "5550101");  // brings the second line and its modem
  world.exchange.set_fate_once("5550100", lab::Fate::NoDialtone, 1);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }, 2min));
  CHECK(world.caller.engine.line_of(world.link) == LineId{1});
  REQUIRE(calls(world).size() == 2);
  CHECK(calls(world)[1].attempt == 1);

  world.run_for(2min);
  world.server_hangs_up();
  REQUIRE(world.run_until([&] { return world.events<connection::LinkConnected>().size() == 2; }));
  CHECK(world.caller.engine.line_of(world.link) == LineId{1});
  CHECK(calls(world).size() == 3);
}
