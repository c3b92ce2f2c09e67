// SPDX-License-Identifier: Apache-2.0
#include "telephony/dialing_rules.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::telephony;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Location redmond() {
  Location at;
  at.name = "office";
  at.country_code = 1;
  at.area_code = "425";
  return at;
}
Location berlin() {
  Location at;
  at.name = "berlin";
  at.country_code = 49;
  at.area_code = "30";
  return at;
}

Result<Translation> try_from(const Location& at, std::string_view number) {
  const auto parsed = parse_canonical(number);
  REQUIRE(parsed.has_value());
  return translate(*parsed, at);
}
Translation from(const Location& at, std::string_view number) {
  auto made = try_from(at, number);
  REQUIRE(made.has_value());
  return *std::move(made);
}
/// What the modem is given.
std::string dialled(const Location& at, std::string_view number) {
  const auto made = try_from(at, number);
  if (!made) return made.error().text;
  return made->dialled ? std::string(made->dialled->reveal()) : "incomplete";
}

constexpr std::string_view kOwnArea = "+1 (425) 555-0100", kOtherArea = "+1 (206) 555-0100",
                           kAbroad = "+44 (20) 7946 0000";

}  // namespace

TEST_CASE("a local call is the number alone") {
  CHECK(dialled(redmond(), kOwnArea) == "5550100");
  CHECK(from(redmond(), kOwnArea).reach == Reach::Local);
  CHECK(dialled(berlin(), "+49 (30) 555 01 00") == "5550100");
}

TEST_CASE("a local call with the area code, where the location or its country says so") {
  Location at = redmond();
  at.local = "FG";
  CHECK(dialled(at, kOwnArea) == "4255550100");
  at = berlin();
  at.country_code = 41;
  at.area_code = "44";
  CHECK(dialled(at, "+41 (44) 555 01 00") == "0445550100");  // Switzerland, always
}

TEST_CASE("another area of the same country: the prefix for long distance, area code, number") {
  CHECK(dialled(redmond(), kOtherArea) == "12065550100");
  CHECK(from(redmond(), kOtherArea).reach == Reach::LongDistance);
  CHECK(dialled(berlin(), "+49 (89) 5550100") == "0895550100");
}

TEST_CASE("another country: the international prefix, country code, area code, number") {
  CHECK(dialled(redmond(), kAbroad) == "011442079460000");
  CHECK(from(redmond(), kAbroad).reach == Reach::International);
  CHECK(dialled(berlin(), kOtherArea) == "0012065550100");
}

TEST_CASE("a country without area codes: all its numbers are dialled in full") {
  Location at;
  at.name = "copenhagen";
  at.country_code = 45;
  CHECK(dialled(at, "+45 33 12 34 56") == "33123456");
  CHECK(from(at, "+45 33 12 34 56").reach == Reach::Local);
}

TEST_CASE("an area code without parentheses is told by the location's own") {
  CHECK(dialled(berlin(), "+49 30 5550100") == "5550100");
  CHECK(dialled(berlin(), "+49895550100") == "0895550100");
}

TEST_CASE("a North American number without area code is taken to be of the location's, and told") {
  const Translation made = from(redmond(), "+1 555-0100");
  CHECK(made.dialled->reveal() == "5550100");
  REQUIRE(made.notes.size() == 1);
  CHECK(has(made.notes[0], "taken to be in area 425"));
}

TEST_CASE("outside line: one code for local calls, one for all others") {
  Location at = redmond();
  at.outside_local = "9,";
  CHECK(dialled(at, kOwnArea) == "9,5550100");
  CHECK(dialled(at, kOtherArea) == "9,12065550100");
  at.outside_long_distance = "8W";
  CHECK(dialled(at, kOwnArea) == "9,5550100");
  CHECK(dialled(at, kOtherArea) == "8W12065550100");
  CHECK(dialled(at, kAbroad) == "8W011442079460000");
  at.outside_long_distance = "";
  CHECK(dialled(at, kOtherArea) == "12065550100");
}

TEST_CASE("call waiting is cancelled between the outside line and the number") {
  Location at = redmond();
  at.cancel_call_waiting = "*70,";
  CHECK(dialled(at, kOwnArea) == "*70,5550100");
  at.outside_local = "9,";
  CHECK(dialled(at, kOwnArea) == "9,*70,5550100");
}

TEST_CASE("tone or pulse comes first, and only where the location says which") {
  Location at = redmond();
  at.outside_local = "9,";
  at.signalling = Signalling::Pulse;
  CHECK(dialled(at, kOwnArea) == "P9,5550100");
  at.signalling = Signalling::Tone;
  CHECK(dialled(at, kOwnArea) == "T9,5550100");
}

TEST_CASE("a carrier's code comes first, or where the rule has its letter") {
  Location at = redmond();
  at.long_distance_carrier = "1010288";
  at.international_carrier = "1010333";
  CHECK(dialled(at, kOwnArea) == "5550100");
  CHECK(dialled(at, kOtherArea) == "101028812065550100");
  CHECK(dialled(at, kAbroad) == "1010333011442079460000");
  at.long_distance = "1NFG";
  CHECK(dialled(at, kOtherArea) == "110102882065550100");
}

TEST_CASE("where a carrier must be chosen, its absence is an error that names the key") {
  Location at;
  at.name = "rio";
  at.country_code = 55;
  at.area_code = "21";
  CHECK(dialled(at, "+55 (21) 5550100") == "5550100");
  CHECK(has(dialled(at, "+55 (11) 5550100"), "write long_distance_carrier"));
  CHECK(has(dialled(at, kAbroad), "write international_carrier"));
  at.long_distance_carrier = "15";
  CHECK(dialled(at, "+55 (11) 5550100") == "015115550100");
}

TEST_CASE("area rule: another area that is local, with or without its area code") {
  Location at = redmond();
  at.outside_local = "9,";
  at.outside_long_distance = "8,";
  at.area_rules = {{.area_code = "206", .prefixes = {}, .except = false, .dial = "FG"}};
  CHECK(dialled(at, kOtherArea) == "9,2065550100");
  CHECK(from(at, kOtherArea).reach == Reach::Local);
  CHECK(from(at, kOtherArea).steps[1].why == "area code, by the rule for area 206");
  at.area_rules[0].dial = "G";
  CHECK(dialled(at, kOtherArea) == "9,5550100");
  CHECK(from(at, kOtherArea).steps[1].why == "the number, by the rule for area 206");
  CHECK(dialled(at, "+1 (253) 555-0100") == "8,12535550100");  // no rule, so long distance
}

TEST_CASE("area rule for some prefixes only: the rest of the area stays long distance") {
  Location at = redmond();
  at.area_rules = {{.area_code = "206", .prefixes = {"555", "556"}, .except = false, .dial = "FG"}};
  CHECK(dialled(at, kOtherArea) == "2065550100");
  CHECK(dialled(at, "+1 (206) 557-0100") == "12065570100");
}

TEST_CASE("area rule for all but some prefixes") {
  Location at = redmond();
  at.area_rules = {{.area_code = "206", .prefixes = {"555"}, .except = true, .dial = "FG"}};
  CHECK(dialled(at, kOtherArea) == "12065550100");
  CHECK(dialled(at, "+1 (206) 557-0100") == "2065570100");
}

TEST_CASE("toll list: prefixes of one's own area that are long distance all the same") {
  Location at = redmond();
  at.outside_local = "9,";
  at.outside_long_distance = "8,";
  at.area_rules = {{.area_code = "425", .prefixes = {"888"}, .except = false, .dial = "1FG"}};
  CHECK(dialled(at, kOwnArea) == "9,5550100");
  CHECK(dialled(at, "+1 (425) 888-0100") == "8,14258880100");
  CHECK(from(at, "+1 (425) 888-0100").reach == Reach::LongDistance);
}

TEST_CASE("where local calls have the prefix too, an area rule leaves an area what it is") {
  Location at;
  at.name = "zurich";
  at.country_code = 41;
  at.area_code = "44";
  at.area_rules = {{.area_code = "44", .prefixes = {"9"}, .except = false, .dial = "0FG"},
                   {.area_code = "31", .prefixes = {}, .except = false, .dial = "0FG"}};
  CHECK(from(at, "+41 (44) 955 01 00").reach == Reach::Local);
  CHECK(from(at, "+41 (31) 555 01 00").reach == Reach::LongDistance);
}

TEST_CASE("of several area rules the first that fits counts") {
  Location at = redmond();
  at.area_rules = {{.area_code = "206", .prefixes = {"555"}, .except = false, .dial = "G"},
                   {.area_code = "206", .prefixes = {}, .except = false, .dial = "FG"}};
  CHECK(dialled(at, kOtherArea) == "5550100");
  CHECK(dialled(at, "+1 (206) 557-0100") == "2065570100");
}

TEST_CASE("an area code with the prefix for long distance in it is refused, with the key") {
  Location at = berlin();
  at.area_code = "030";
  CHECK(has(dialled(at, "+49 (30) 5550100"), "location berlin: area_code = \"030\": the 0"));
  at = redmond();
  at.area_rules = {{.area_code = "1206", .prefixes = {}, .except = false, .dial = "FG"}};
  CHECK(has(dialled(at, kOwnArea), "have three digits"));
}

TEST_CASE("area rules are of the location's country: the same code abroad is another area") {
  Location at = redmond();
  at.area_rules = {{.area_code = "206", .prefixes = {}, .except = false, .dial = "G"}};
  CHECK(dialled(at, "+49 (206) 5550100") == "011492065550100");
}

namespace {
Location with_card() {
  Location at = redmond();
  at.card = CallingCard{.name = "work",
                        .local = "",
                        .long_distance = "18006747000,,,,,,TH,,FG",
                        .international = "18006747000,,,,,,THK,,011EFG",
                        .number = Secret("80031415"),
                        .pin = Secret("2718")};
  return at;
}
}  // namespace

TEST_CASE("calling card: its rule takes the place of the country's, for the calls it has one for") {
  const Location at = with_card();
  CHECK(dialled(at, kOwnArea) == "5550100");
  CHECK(dialled(at, kOtherArea) == "18006747000,,,,,,T80031415,,2065550100");  // KB Q167220
  CHECK(dialled(at, kAbroad) == "18006747000,,,,,,T800314152718,,011442079460000");
}

TEST_CASE("calling card: number and PIN are shown as asterisks and nothing else") {
  const Translation made = from(with_card(), kAbroad);
  for (const std::string& shown : {displayed_text(made), dialled_text(made)}) {
    CHECK(has(shown, "***"));
    CHECK_FALSE(has(shown, "80031415"));
    CHECK_FALSE(has(shown, "2718"));
  }
  CHECK(dialled_text(made) == "18006747000,,,,,,T******,,011442079460000");
}

TEST_CASE("calling card with a toll rule: neither card nor area code is left out (KB Q183335)") {
  Location at = with_card();
  at.area_rules = {{.area_code = "425", .prefixes = {}, .except = false, .dial = "1FG"}};
  CHECK(dialled(at, kOwnArea) == "18006747000,,,,,,T80031415,,4255550100");
}

TEST_CASE("calling card whose number is not known: shown all the same, and not dialled") {
  Location at = with_card();
  at.card->number.reset();
  const Translation made = from(at, kOtherArea);
  CHECK_FALSE(made.dialled.has_value());
  CHECK(dialled_text(made) == "18006747000,,,,,,T***,,2065550100");
  CHECK(from(at, kOwnArea).dialled.has_value());  // not by card
}

TEST_CASE("every piece that is dialled has its reason, in the order of dialling") {
  Location at = redmond();
  at.outside_local = "9,";
  at.cancel_call_waiting = "*70,";
  const Translation made = from(at, kOtherArea);
  CHECK(displayed_text(made) == "9, *70, 1 206 555-0100");
  REQUIRE(made.steps.size() == 5);
  CHECK(has(made.steps[0].why, "outside line for long distance"));
  CHECK(has(made.steps[1].why, "call waiting"));
  CHECK(made.steps[2].why == "long distance within +1 (North America)");
  CHECK(made.steps[3].why == "area code");
  CHECK(made.steps[4].why == "the number");
}

TEST_CASE(
    "a country whose rules are not known needs those of the location, and is dialled by them") {
  Location at;
  at.name = "ulan bator";
  at.country_code = 976;
  at.area_code = "11";
  CHECK(has(dialled(at, kAbroad), "how one dials in +976 (Mongolia) is not known"));
  at.local = "G";
  at.long_distance = "0FG";
  at.international = "001EFG";
  CHECK(dialled(at, kAbroad) == "001442079460000");
  CHECK(dialled(at, "+976 (11) 555010") == "555010");
}

TEST_CASE("what is behind the number is dialled behind it; what no modem can dial is told") {
  CHECK(dialled(redmond(), "+1 (206) 555-0100,,42#") == "12065550100,,42#");
  const Translation made = from(redmond(), "+1 (206) 555-0100|7");
  REQUIRE(made.notes.size() == 1);
  CHECK(has(made.notes[0], "sub-address 7"));
}

TEST_CASE("a country code that nobody has is dialled all the same, and told") {
  const Translation made = from(redmond(), "+999 5550100");
  CHECK(made.dialled->reveal() == "0119995550100");
  REQUIRE(made.notes.size() == 1);
  CHECK(has(made.notes[0], "no country has the code +999"));
}

TEST_CASE("a dial string of more than 128 characters is refused with RAS error 723") {
  Location at = redmond();
  at.outside_local = std::string(130, ',');
  CHECK(has(dialled(at, kOwnArea), "RAS error 723"));
}

TEST_CASE("codes that no modem can dial are refused, whoever let them through") {
  Location at = redmond();
  at.outside_local = "9?";
  CHECK(has(dialled(at, kOwnArea), "no modem can dial"));
}

TEST_CASE("a number that is not canonical is dialled as it is written (TAPI)") {
  const Translation made = as_written("9,555-0100", "it does not begin with +");
  CHECK(made.reach == Reach::AsWritten);
  CHECK(made.dialled->reveal() == "9,555-0100");
  CHECK(dialled_text(made) == "9,5550100");
}
