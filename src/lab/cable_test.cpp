// SPDX-License-Identifier: Apache-2.0
// Two ends joined by a cable: no call, no commands, and still a line with its faults.
#include "lab/test_bench.h"

using namespace redial;
using namespace redial::lab;

namespace {

struct Cable : test::Bench {
  Cable() { exchange.join(home, office, now); }
  std::string carry(std::string_view text) {
    type(text, home);
    return wait(200ms, office);
  }
};

}  // namespace

TEST_CASE("what one end of a cable says, the other reads, commands and escapes among it") {
  Cable cable;
  CHECK(cable.carry("ATH\r") == "ATH\r");
  cable.wait(2s, cable.home);
  CHECK(cable.carry("+++") == "+++");
  CHECK(cable.wait(2s, cable.home).empty());
  CHECK(cable.carry("still") == "still");
}

TEST_CASE("nothing that ends a call, or befalls a modem, ends a cable") {
  Cable cable;
  cable.exchange.drop_carrier(cable.home, cable.now);
  cable.exchange.drop_all(cable.now);
  cable.exchange.on_dtr(cable.home, false, cable.now);
  cable.exchange.wedge(cable.home, Cure::PowerCycle, cable.now);
  cable.exchange.fall_into_command_state(cable.home, false, cable.now);
  cable.exchange.power_cycle(cable.home, cable.now);
  CHECK(cable.carry("there") == "there");
}

TEST_CASE("a cable that is half-open carries nothing that way until it thaws") {
  Cable cable;
  cable.exchange.freeze(cable.home, false, true, cable.now);
  CHECK(cable.carry("lost").empty());
  cable.exchange.freeze(cable.home, false, false, cable.now);
  CHECK(cable.carry("found") == "found");
}

TEST_CASE("a port that is opened has none of what came while nobody read it") {
  Cable cable;
  cable.type("old", cable.office);
  cable.now += 1s;
  cable.exchange.on_port_opened(cable.home, cable.now);
  CHECK(cable.wait(1s, cable.home).empty());
}

TEST_CASE("a cable takes no trunk of the area") {
  Cable cable;
  const ModemId third = cable.exchange.add_modem({.number = "5553333"}, cable.now);
  const ModemId fourth = cable.exchange.add_modem({.number = "5554444"}, cable.now);
  cable.ask("ATS0=1", 100ms, fourth);
  cable.exchange.set_trunks(1);
  CHECK(cable.ask("ATE0DT5554444", 10s, third).find("CONNECT") != std::string::npos);
}
