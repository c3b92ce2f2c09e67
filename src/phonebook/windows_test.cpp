// SPDX-License-Identifier: Apache-2.0
#include "phonebook/windows.h"

#include <doctest/doctest.h>

using namespace redial::phonebook;

TEST_CASE("windows are read as people write them, and written so that they read the same") {
  const auto same = [](std::string_view text) { return to_text(to_window(text).value()); };
  CHECK(same("Mon-Fri 08:00-18:00") == "Mon-Fri 08:00-18:00");
  CHECK(same(" sat,SUN 8:00-24:00 ") == "Sat-Sun 08:00-24:00");
  CHECK(same("Fri-Mon 22:00-06:00") == "Mon,Fri-Sun 22:00-06:00");
  CHECK(same("07:30-07:45") == "07:30-07:45");
  CHECK(same("Sun") == "Sun 00:00-24:00");
}

TEST_CASE("what is no window is refused") {
  for (const char* text :
       {"", "Mon-", "Mon-Fry 08:00-18:00", "Mon 8-18", "Mon 08:00", "25:00-26:00", "08:60-09:00",
        "24:00-01:00", "08:00-00:00", "08:00-24:01", ",", "-", "Mon 08:00-18:00 x", "08:000-09:00",
        "Mon,, 08:00-09:00"}) {
    CAPTURE(text);
    CHECK(!to_window(text));
  }
}
