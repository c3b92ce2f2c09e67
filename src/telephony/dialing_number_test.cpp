// SPDX-License-Identifier: Apache-2.0
#include "telephony/dialing_number.h"

#include <doctest/doctest.h>

#include <set>

#include "telephony/dialing_countries.h"

using namespace redial;
using namespace redial::telephony;

namespace {

/// "1|425|5550100", or the complaint with its column.
std::string parts(std::string_view text) {
  const auto parsed = parse_canonical(text);
  if (!parsed) return std::to_string(parsed.error().column) + ": " + parsed.error().text;
  return std::to_string(parsed->country_code) + "|" + parsed->area_code + "|" + parsed->number;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("a canonical number is +, country code, area code in parentheses, number") {
  CHECK(parts("+1 (425) 555-0100") == "1|425|5550100");
  CHECK(parts("+49 (30) 555 01 00") == "49|30|5550100");
  CHECK(parts("+1(425)5550100") == "1|425|5550100");
  CHECK(to_text(*parse_canonical("+1(425)555-0100")) == "+1 (425) 555-0100");
}

TEST_CASE("a country without area codes has no parentheses") {
  CHECK(parts("+45 33 12 34 56") == "45||33123456");
  CHECK(to_text(*parse_canonical("+45 33 12 34 56")) == "+45 33 12 34 56");
}

TEST_CASE("one run of digits, as E.164 writes it, is divided by the country codes") {
  CHECK(parts("+14255550100") == "1|425|5550100");
  CHECK(parts("+4533123456") == "45||33123456");
  CHECK(parts("+35315550100") == "353||15550100");
  CHECK(has(parts("+2155550100"), "no country code begins +215"));
}

TEST_CASE("a number of North America needs no parentheses: its area code has three digits") {
  CHECK(parts("+1 425 555 0100") == "1|425|5550100");
  CHECK(parts("+1 5550100") == "1||5550100");
  CHECK(has(parts("+1 (42) 5550100"), "three digits and seven more"));
  CHECK(has(parts("+1 (425) 555010"), "three digits and seven more"));
}

TEST_CASE("pauses and digits behind the number are kept for whoever answers") {
  const auto parsed = parse_canonical("+1 (425) 555-0100,,12#");
  REQUIRE(parsed.has_value());
  CHECK(parsed->number == "5550100");
  CHECK(parsed->extension == ",,12#");
  CHECK(parsed->written == "555-0100");
}

TEST_CASE("sub-address, name and further addresses are no part of the number") {
  const auto parsed = parse_canonical("+1 (425) 555-0100 | 42 ^ Ann\r\n+1 (425) 555-0101");
  REQUIRE(parsed.has_value());
  CHECK(parsed->number == "5550100");
  CHECK(parsed->subaddress == " 42 ");
  CHECK(parsed->more);
}

TEST_CASE("a complaint names the column, the fact and the remedy") {
  CHECK(has(parts("+1 (425 555-0100"), "4: the parenthesis of the area code is not closed"));
  CHECK(has(parts("+1 (425) 555-O100"), "14: \"O\" does not belong"));
  CHECK(has(parts("  +"), "4: no country code"));
  CHECK(has(parts("5550100"), "dialled as it is written"));
  CHECK(has(parts("+1 (425)"), "no digits where the number is to be"));
  CHECK(has(parts("+011 44 20 5550100"), "does not begin with 0"));
  CHECK(has(parts("+49 (30) 1234567890123"), "no telephone number has more than 15"));
  CHECK(has(parts("+1 " + std::string(200, '5')), "RAS error 723"));
}

TEST_CASE("the 0 of a letterhead is refused where it is the prefix for long distance") {
  CHECK(has(parts("+44 (020) 7946 0000"), "the 0 that 020 begins with is the prefix"));
  CHECK(has(parts("+44 (0)20 7946 0000"), "leave it out"));
  CHECK(parts("+44 (20) 7946 0000") == "44|20|79460000");
  CHECK(parts("+39 (06) 555 0100") == "39|06|5550100");  // Italy's belongs to the number
}

TEST_CASE("the parts that a phonebook keeps make the same number") {
  CHECK(*make_canonical(1, "425", "555-0100") == *parse_canonical("+1 (425) 555-0100"));
  CHECK(has(make_canonical(0, "", "5550100").error().text, "0 is no country code"));
  CHECK_FALSE(make_canonical(1000, "", "5550100").has_value());
  CHECK_FALSE(make_canonical(1, "4x5", "5550100").has_value());
}

TEST_CASE("no country code begins with another, so that a number has one reading") {
  std::set<std::string> codes;
  for (const Country& country : countries()) {
    CAPTURE(country.name);
    const std::string code = std::to_string(country.code);
    CHECK(codes.insert(code).second);
    CHECK(country_at_front(code + "5") == &country);
  }
  CHECK(country_at_front("99") == nullptr);
  CHECK(country_text(49) == "+49 (Germany)");
}

TEST_CASE("every country has all three rules, and each dials what it must, or it has none") {
  for (const Country& country : countries()) {
    CAPTURE(country.name);
    CHECK(country.local.empty() == country.long_distance.empty());
    CHECK(country.local.empty() == country.international.empty());
    if (country.local.empty()) continue;
    CHECK(country.local.ends_with('G'));
    CHECK(country.long_distance.ends_with("FG"));
    CHECK(country.international.ends_with("EFG"));
  }
  CHECK(prefix_of("N1FG") == "1");
  CHECK(prefix_of("FG").empty());
}
