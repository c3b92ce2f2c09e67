// SPDX-License-Identifier: Apache-2.0
// Which description fits a virtual modem: asked octet by octet, as a line does it.
#include <doctest/doctest.h>

#include "lab/hayes.h"
#include "modem/detect.h"

using namespace redial;
using namespace redial::lab;

namespace {

modem::Match detected(ModemConfig config, std::span<const modem::ModemDescription> known) {
  HayesModem hayes(std::move(config));
  modem::Detection detection(known);
  Instant now{1s};
  bool done = false;
  Bytes said;
  const auto take = [&](const modem::Detection::Actions& actions) {
    for (const modem::DetectAction& action : actions) {
      if (const auto* ask = std::get_if<modem::AskModem>(&action))
        (void)hayes.on_octets(as_bytes(ask->octets), now, said);
      done |= std::holds_alternative<modem::ModemAsked>(action);
      CHECK_FALSE(std::holds_alternative<modem::NoModem>(action));
    }
  };
  take(detection.start(now));
  for (int steps = 0; !done && steps < 2000; ++steps) {
    if (!said.empty()) {
      const Bytes octets = std::exchange(said, {});
      for (const uint8_t octet : octets) take(detection.on_octets({&octet, 1}, now));
      continue;
    }
    const auto due = detection.deadline(), modem_due = hayes.deadline();
    REQUIRE(due);
    now = modem_due ? std::min(*due, *modem_due) : *due;
    (void)hayes.on_deadline(now, said);
    take(detection.on_deadline(now));
  }
  CHECK(done);
  return best_match(known, detection.heard());
}

std::vector<modem::ModemDescription> known_modems() {
  modem::ModemDescription birch, wren;
  birch.name = "Birch 14400";
  birch.detect_string = "ATI3\r";
  birch.detect_response = "Birch 14.4";
  wren.name = "Wren Sparrow 2400";
  return {birch, wren};
}

}  // namespace

TEST_CASE("a virtual modem is recognised by DETECT_RESPONSE, by its family, or is a Hayes modem") {
  const auto known = known_modems();
  const modem::Match exact = detected({.number = "1", .product = "Birch 14.4 fax"}, known);
  CHECK(exact.kind == modem::Match::Kind::Exact);
  CHECK(exact.index == 0);
  const modem::Match family = detected({.number = "1", .product = "Wren Sparrow II"}, known);
  CHECK(family.kind == modem::Match::Kind::Family);
  CHECK(family.index == 1);
  CHECK(detected({.number = "1"}, known).kind == modem::Match::Kind::BuiltIn);
}

TEST_CASE("one that echoes whatever it is told is recognised all the same") {
  ModemConfig config{.number = "1", .product = "Birch 14.4"};
  config.habits.echo = Habits::Echo::Always;
  CHECK(detected(config, known_modems()).kind == modem::Match::Kind::Exact);
}
