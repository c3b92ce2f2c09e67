// SPDX-License-Identifier: Apache-2.0
#include "phonebook/location.h"

#include <doctest/doctest.h>

#include "phonebook/credentials.h"
#include "phonebook/toml.h"

using namespace redial;
using namespace redial::phonebook;

namespace {

Config read(std::string_view text) { return read_config(text, "redial.toml"); }

/// The first complaint, "3:1: ..."; empty: none.
std::string complaint(std::string_view text) {
  const Config config = read(text);
  if (config.diagnostics.empty()) return {};
  const Diagnostic& first = config.diagnostics.front();
  return std::to_string(first.line) + ":" + std::to_string(first.column) + ": " + first.text;
}
/// The same of a location that would be sound without this line, which is the file's fourth.
std::string complaint_of(std::string_view line) {
  const std::string head = "[[location]]\nname = \"office\"\ncountry_code = 1\n";
  return complaint(head + std::string(line) + "\n");
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a location is a name and a country; all else may be left to the country's rules") {
  const Config config = read("[[location]]\nname = \"office\"\ncountry_code = 1\n");
  CHECK(config.diagnostics.empty());
  REQUIRE(config.locations.size() == 1);
  Location expected;
  expected.name = "office";
  expected.country_code = 1;
  expected.line = expected.column = 1;
  CHECK(config.locations[0] == expected);
}

TEST_CASE("every key of a location and of a calling card is read") {
  const Config config = read(R"(
[[location]]
name = "office"
country_code = 1
area_code = "425"
outside_local = "9,"
outside_long_distance = "8w"
cancel_call_waiting = "*70,"
long_distance_carrier = "10-10-288"
international_carrier = "1010333"
local = "FG"
long_distance = "1N FG"
international = "011SEFG"
dial = "pulse"
blind = true
calling_card = "work"
area_rules = [
  { area_code = "206", prefixes = ["555", "556"], dial = "FG" },
  { area_code = "253", except = ["555"], dial = "1FG" },
]
[calling_card."work"]
long_distance = "18006747000,,,,,,TH,,FG"
international = "18006747000,,,,,,THK,,011EFG"
)");
  CHECK(config.diagnostics.empty());
  REQUIRE(config.locations.size() == 1);
  const Location& at = config.locations[0];
  CHECK(at.area_code == "425");
  CHECK(at.outside_local == "9,");
  CHECK(at.outside_long_distance == "8W");
  CHECK(at.cancel_call_waiting == "*70,");
  CHECK(at.long_distance_carrier == "1010288");
  CHECK(at.international_carrier == "1010333");
  CHECK(at.local == "FG");
  CHECK(at.long_distance == "1NFG");
  CHECK(at.international == "011SEFG");
  CHECK(at.dial == DialBy::Pulse);
  CHECK(at.blind);
  REQUIRE(at.area_rules.size() == 2);
  CHECK(at.area_rules[0].prefixes == std::vector<std::string>{"555", "556"});
  CHECK_FALSE(at.area_rules[0].except);
  CHECK(at.area_rules[1].except);
  CHECK(at.area_rules[1].dial == "1FG");
  REQUIRE(find_card(config.calling_cards, at.calling_card) != nullptr);
  CHECK(find_card(config.calling_cards, "WORK")->long_distance == "18006747000,,,,,,TH,,FG");
}

TEST_CASE("an error leaves the location out, with line, column, fact and remedy") {
  for (const auto& [line, said] : {std::pair("outside_local = \"nine\"", "4:1: outside_local"),
                                   std::pair("area_code = \"4-25\"", "area_code is to be digits"),
                                   std::pair("area_code = 425", "is to be a text in quotes"),
                                   std::pair("dial = \"loud\"", "\"tone\" and \"pulse\""),
                                   std::pair("long_distance = \"1F\"", "would not dial the number"),
                                   std::pair("international = \"011FG\"", "the country code"),
                                   std::pair("local = \"1?G\"", "nobody is there to be asked"),
                                   std::pair("local = \"HG\"", "means nothing in a rule"),
                                   std::pair("area_rules = [{ dial = \"G\" }]", "needs area_code"),
                                   std::pair("area_rules = 7", "an array of at most 256 tables")}) {
    const std::string complained = complaint_of(line);
    CHECK_MESSAGE(has(complained, said), complained);
    CHECK(read("[[location]]\nname = \"a\"\ncountry_code = 1\n" + std::string(line))
              .locations.empty());
  }
  CHECK(has(complaint("[[location]]\nname = \"a\"\n"), "write country_code = 1"));
  CHECK(has(complaint("[[location]]\ncountry_code = 1\n"), "without a name"));
  CHECK(has(complaint("[[location]]\nname = \"a\"\ncountry_code = 1000\n"), "from 1 to 999"));
  CHECK(has(complaint("location = 7"), "write [[location]]"));
}

TEST_CASE("prefixes and except contradict each other; an empty prefix would fit every number") {
  CHECK(has(complaint_of("area_rules = [{ area_code = \"206\", dial = \"G\", prefixes = [\"1\"], "
                         "except = [\"2\"] }]"),
            "prefixes or except, not both"));
  CHECK(has(complaint_of("area_rules = [{ area_code = \"206\", dial = \"G\", prefixes = [\"\"] }]"),
            "fits every number"));
}

TEST_CASE("a key that is not known is a warning that names the one that may be meant") {
  CHECK(has(complaint_of("outside_locl = \"9\""), "\"outside_local\" may be meant"));
}

TEST_CASE("two locations of one name, and a card that does not exist, are errors") {
  const std::string one = "[[location]]\nname = \"office\"\ncountry_code = 1\n";
  CHECK(has(complaint(one + one), "a second location named office"));
  CHECK(has(complaint("[calling_card.\"a\\u001b[2J\"]\n"), "control characters"));
  CHECK(has(complaint_of("calling_card = \"lost\""), "declare [calling_card.\"lost\"]"));
}

TEST_CASE("a card's number and PIN are refused where others can read them") {
  for (const char* key : {"number", "pin"}) {
    const std::string said =
        complaint("[calling_card.work]\n" + std::string(key) + " = \"80031415\"\n");
    CHECK(has(said, "move it to credentials.toml"));
    CHECK_FALSE(has(said, "80031415"));
  }
}

TEST_CASE("the credentials keep a card's number and PIN, and never quote them") {
  const Credentials kept = read_credentials(
      "[calling_card.\"work\"]\nnumber = \"8003 1415\"\npin = \"2718\"\n", "credentials.toml");
  CHECK(kept.diagnostics.empty());
  REQUIRE(kept.by_card.contains("work"));
  CHECK(kept.by_card.at("work").number == Secret("8003 1415"));
  CHECK(kept.by_card.at("work").pin == Secret("2718"));
  const Credentials wrong =
      read_credentials("[calling_card.\"work\"]\nnumber = \"80x31415\"\n", "credentials.toml");
  REQUIRE(wrong.diagnostics.size() == 1);
  CHECK_FALSE(has(wrong.diagnostics[0].text, "80x31415"));
  CHECK(wrong.by_card.empty());
}

TEST_CASE("an entry says where it is dialled from; a place that nobody declared is a warning") {
  const std::string text =
      "[[location]]\nname = \"office\"\ncountry_code = 1\n[entry.\"A\"]\nnumber = \"5550100\"\n"
      "location = \"Office\"\nuse_dialing_rules = true\n[entry.\"B\"]\nnumber = \"5550101\"\n"
      "location = \"hotel\"\nuse_dialing_rules = \"default\"\n";
  const Book book = combine(read(text), {});
  REQUIRE(book.entries.size() == 2);
  CHECK(book.entries[0].location == "Office");
  CHECK(book.entries[0].use_dialing_rules == true);
  CHECK_FALSE(book.entries[1].use_dialing_rules.has_value());
  size_t places = 0;
  for (const Diagnostic& d : book.diagnostics) places += has(d.text, "from location hotel") ? 1 : 0;
  CHECK(places == 1);
}

TEST_CASE("a line of a modem may be pulse-only or blind; a cable has nothing to dial with") {
  const Config config =
      read("[[line]]\nname = \"COM1\"\npath = \"/dev/ttyS0\"\ndial = \"pulse\"\nblind = true\n");
  REQUIRE(config.lines.size() == 1);
  CHECK(config.lines[0].dial == DialBy::Pulse);
  CHECK(config.lines[0].blind);
  CHECK(has(complaint("[[line]]\nname = \"C\"\nkind = \"direct\"\npath = \"/dev/ttyS0\"\n"
                      "blind = true\n"),
            "only a modem dials"));
}

TEST_CASE("a modem's line says what else its modem is told; a cable has none, and words are few") {
  const std::string line = "[[line]]\nname = \"COM1\"\npath = \"/dev/ttyS0\"\n";
  const std::string choices =
      "compression = \"off\"\nerror_control = \"forced\"\nmodulation = \"bell\"\n"
      "speaker = \"setup\"\nspeaker_volume = \"medium\"\n";
  const Config config = read(line + choices);
  CHECK(config.diagnostics.empty());
  REQUIRE(config.lines.size() == 1);
  CHECK(config.lines[0].modem_settings.size() == 5);
  CHECK(config.lines[0].modem_settings.at("error_control") == "forced");
  CHECK(read(write_toml(config.lines)).lines == config.lines);
  CHECK(has(complaint(line + "modulation = \"v34\"\n"), "modulation knows \"ccitt\", \"bell\""));
  CHECK(has(complaint(line + "kind = \"direct\"\nmodulation = \"bell\"\n"), "only a modem"));
}
