// SPDX-License-Identifier: Apache-2.0
#include "engine/dialling.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::engine;

namespace {

telephony::Location redmond() {
  phonebook::Location declared;
  declared.name = "office";
  declared.country_code = 1;
  declared.area_code = "425";
  declared.outside_local = "9,";
  return *location_of(declared, {}, nullptr);
}

phonebook::Entry entry_with(phonebook::Number number) {
  phonebook::Entry entry;
  entry.name = "depot";
  entry.numbers = {std::move(number)};
  return entry;
}
phonebook::Number in_parts(std::string digits, std::string area, uint32_t country) {
  phonebook::Number number;
  number.digits = std::move(digits);
  number.area_code = std::move(area);
  number.country_code = country;
  number.use_dialing_rules = true;
  return number;
}
phonebook::Number plain(std::string digits) {
  phonebook::Number number;
  number.digits = std::move(digits);
  return number;
}

std::string dialled(const phonebook::Entry& entry, const telephony::Location* from) {
  const auto all = dialled_numbers(entry, from);
  if (!all) return all.error().text;
  return std::string(all->front().dialled->reveal());
}
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a number in parts, as a .pbk keeps it, goes by the rules when it says so") {
  const telephony::Location at = redmond();
  phonebook::Entry entry = entry_with(in_parts("555-0100", "206", 1));
  CHECK(dialled(entry, &at) == "9,12065550100");
  entry.numbers[0].use_dialing_rules = false;
  CHECK(dialled(entry, &at) == "555-0100");
}

TEST_CASE("what a number does not say, country or area, is the location's") {
  const telephony::Location at = redmond();
  CHECK(dialled(entry_with(in_parts("555-0100", "", 0)), &at) == "9,5550100");
  CHECK(dialled(entry_with(in_parts("555-0100", "206", 0)), &at) == "9,12065550100");
  CHECK(dialled(entry_with(in_parts("7946 0000", "20", 44)), &at) ==
        "9,0114420"
        "79460000");
}

TEST_CASE("a canonical number goes by the rules, any other one is dialled as it is written") {
  const telephony::Location at = redmond();
  CHECK(dialled(entry_with(plain("+1 (206) 555-0100")), &at) == "9,12065550100");
  CHECK(dialled(entry_with(plain("9,,5550100")), &at) == "9,,5550100");
}

TEST_CASE("use_dialing_rules of the entry outranks what each number says") {
  const telephony::Location at = redmond();
  phonebook::Entry entry = entry_with(plain("555-0100"));
  entry.use_dialing_rules = true;
  CHECK(dialled(entry, &at) == "9,5550100");
  entry = entry_with(plain("+1 (206) 555-0100"));
  entry.use_dialing_rules = false;
  CHECK(dialled(entry, &at) == "+1 (206) 555-0100");
}

TEST_CASE("rules without a location: dialled as it is written, and told") {
  const auto all = dialled_numbers(entry_with(in_parts("5550100", "206", 1)), nullptr);
  REQUIRE(all.has_value());
  CHECK(all->front().dialled->reveal() == "5550100");
  REQUIRE(all->front().notes.size() == 1);
  CHECK(has(all->front().notes[0], "declare [[location]]"));
}

TEST_CASE("a number that cannot be read names entry, number, column and remedy") {
  const telephony::Location at = redmond();
  const std::string said = dialled(entry_with(plain("+1 (206) 555-O100")), &at);
  CHECK(has(said, "depot: the phone number \"+1 (206) 555-O100\", column 14: \"O\""));
}

TEST_CASE("a location brings its card, with number and PIN where they are known") {
  phonebook::Location declared;
  declared.name = "office";
  declared.country_code = 1;
  declared.area_code = "425";
  declared.calling_card = "Work";
  const std::vector<phonebook::CallingCard> cards = {{"work", "", "18006747000,TH,,FG", ""}};
  const phonebook::CardSecret secret{Secret("8003-1415"), std::nullopt};
  const auto known = location_of(declared, cards, &secret);
  REQUIRE(known.has_value());
  const phonebook::Entry entry = entry_with(plain("+1 (206) 555-0100"));
  CHECK(dialled(entry, &*known) == "18006747000,T80031415,,2065550100");
  const auto unknown = location_of(declared, cards, nullptr);
  CHECK_FALSE(dialled_numbers(entry, &*unknown)->front().dialled.has_value());
  CHECK(has(location_of(declared, {}, nullptr).error().text, "its calling card Work does not"));
}
