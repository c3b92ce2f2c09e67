// SPDX-License-Identifier: Apache-2.0
#include "modem/number.h"

#include <doctest/doctest.h>

#include <string>

using redial::modem::dial_parts;
using redial::modem::dialable;

TEST_CASE("a number loses its formatting, keeps its modifiers, and is dialable as it then stands") {
  for (const auto& [written, dialled] :
       {std::pair("0,W(0555) 01-00", "0,W05550100"), std::pair("+49 555/01.00", "+495550100"),
        std::pair("*70,5550100;", "*70,5550100;"), std::pair("5550100", "5550100")}) {
    const std::string_view shown = written;  // clang 14 captures no bindings
    CAPTURE(shown);
    CHECK(dialable(written) == dialled);
    CHECK(dialable(dialled) == dialled);
  }
}

TEST_CASE("nothing that a modem would take for a command becomes part of a number") {
  using namespace std::string_view_literals;
  for (const auto written : {"5550100\rATZ"sv, "555-CALL"sv, "5550100;1"sv, "55+50100"sv, "+"sv,
                             ",,W"sv, ""sv, "5550100&F"sv, "ATDT5550100"sv, "atd 5"sv,
                             "555\0"
                             "0100"sv}) {
    CAPTURE(std::string(written));
    CHECK_FALSE(dialable(written).has_value());
  }
}

TEST_CASE("a long number goes in parts where the modem has a way to go on, else at once") {
  const std::string card(95, '5');
  CHECK(dial_parts(card, "") == std::vector{card});
  CHECK(dial_parts("5550100", ";") == std::vector<std::string>{"5550100"});
  const std::vector<std::string> parts = dial_parts(card, ";");
  REQUIRE(parts.size() == 3);
  CHECK(parts[0] == std::string(40, '5') + ";");
  CHECK(parts[1] == parts[0]);
  CHECK(parts[2] == std::string(15, '5'));
  CHECK(dial_parts(std::string(40, '5'), ";").size() == 1);
}
