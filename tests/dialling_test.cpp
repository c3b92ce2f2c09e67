// SPDX-License-Identifier: Apache-2.0
// Dialling rules, up to the exchange: what arrives there is what the location makes of the number.
#include "engine/dialling.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

phonebook::Location office() {
  phonebook::Location at;
  at.name = "office";
  at.country_code = 1;
  at.area_code = "425";
  at.outside_local = "9,";
  at.outside_long_distance = "8,";
  at.cancel_call_waiting = "*70,";
  at.area_rules = {{.area_code = "253", .prefixes = {"555"}, .except = false, .dial = "FG"}};
  return at;
}

/// The number is written in the entry, and dialled from the location.
WorldOptions dialling(const std::string& number, const telephony::Location& from) {
  WorldOptions options;
  options.dial = [number, from](engine::DialPlan& plan) {
    plan.entry.numbers = {{.digits = number}};
    const auto dialled = engine::dialled_numbers(plan.entry, &from);
    REQUIRE(dialled.has_value());
    plan.dialled = {{dialled->front().dialled.value(), dialled->front().covered}};
  };
  return options;
}

/// Up, with this number at the exchange.
void reaches(const std::string& number, const telephony::Location& from,
             const std::string& arrived) {
  CAPTURE(number);
  World world(dialling(number, from));
  world.add_port(arrived);
  world.start();
  CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 2min));
  CHECK(world.exchange.last_dialled(world.modem()) == arrived);
}

}  // namespace

TEST_CASE(
    "the exchange gets the digits of the location: outside line, call waiting, area, country") {
  const auto from = engine::location_of(office(), {}, nullptr);
  REQUIRE(from.has_value());
  reaches("+1 (425) 555-0111", *from, "9*705550111");
  reaches("+1 (253) 555-0111", *from, "9*702535550111");
  reaches("+1 (206) 555-0111", *from, "8*7012065550111");
  reaches("+44 (20) 7946 0000", *from, "8*70011442079460000");
  reaches("9,555-0111", *from, "95550111");  // as it is written
}

TEST_CASE("a calling card's number and PIN are dialled, and told to nobody") {
  phonebook::Location at = office();
  at.calling_card = "work";
  const std::vector<phonebook::CallingCard> cards = {{"work", "", "18005550000,,,TH,K,FG", ""}};
  const phonebook::CardSecret secret{Secret("80031415"), Secret("2718")};
  const auto from = engine::location_of(at, cards, &secret);
  REQUIRE(from.has_value());
  World world(dialling("+1 (206) 555-0111", *from));
  world.add_port(
      "8*701800555000080031415"
      "2718"
      "2065550111");
  world.start();
  // A modem that shows what it dials is covered on the way out.
  const auto is_dialling = [&] {
    const auto all = world.events<connection::LinkProgress>();
    return !all.empty() && all.back().phase == Phase::Dialing;
  };
  REQUIRE(world.run_until(is_dialling, 1min));
  const auto hear = [&](std::string_view said) {
    struct : engine::IpSink {
      void on_ip(LinkId, ByteView) override {}
    } nobody;
    engine::Effects fx;
    world.caller.engine.on_octets(LineId{0}, as_bytes(said), world.now, nobody, fx);
    std::string told;
    for (const engine::Effect& effect : fx.list) {
      const auto* event = std::get_if<engine::Event>(&effect);
      const auto* text = event ? std::get_if<engine::ModemSaid>(&event->body) : nullptr;
      if (text) told += text->text;
    }
    return told;
  };
  CHECK(hear("\r\nDIALING 18005550000,,,T80031415,271\r\n") ==
        "ignored: DIALING ***********,,,T********,271");
  CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 2min));
}

TEST_CASE("a blind line dials where no dial tone is heard, and cannot tell that there is none") {
  for (const bool blind : {false, true}) {
    CAPTURE(blind);
    modem::ModemSettings settings;
    settings.blind = blind;
    const auto compiled = modem::compile(modem::hayes(), settings);
    WorldOptions options;
    options.description = std::make_shared<const modem::CompiledDescription>(*compiled);
    World world(options);
    world.exchange.set_fate("5550100", lab::Fate::NoDialtone);
    world.start();
    REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 3min));
    CHECK(world.ended()->cause.code == (blind ? CauseCode::NoCarrier : CauseCode::NoDialTone));
  }
}

TEST_CASE("a calling card's long number reaches the far end in parts") {
  const std::string number = "18005550100,,,,1234567890123456,,,,14255550100";
  const std::string digits = lab::digits_of(number);
  for (const bool splits : {true, false}) {
    CAPTURE(splits);
    modem::ModemDescription description = modem::hayes();
    if (splits) description.dial_suffix = ";";
    WorldOptions options;
    options.description = compiled(description);
    options.dial = [&](engine::DialPlan& plan) { plan.entry.numbers = {{.digits = number}}; };
    World world(options);
    world.add_port(digits);
    world.start();
    CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 3min));
  }
}
