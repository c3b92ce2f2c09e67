// SPDX-License-Identifier: Apache-2.0
#include "modem/number.h"

#include <doctest/doctest.h>

#include <string>

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
                             ",,W"sv, ""sv, "5550100&F"sv,
                             "555\0"
                             "0100"sv}) {
    CAPTURE(std::string(written));
    CHECK_FALSE(dialable(written).has_value());
  }
}
