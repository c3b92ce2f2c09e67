// SPDX-License-Identifier: Apache-2.0
#include "phonebook/text.h"

#include <doctest/doctest.h>

#include <limits>

using namespace redial;
using namespace redial::phonebook;

TEST_CASE("what a message quotes is never longer than sixty octets, its dots included") {
  CHECK(shown("office") == "office");
  const std::string sixty(60, 'x');
  CHECK(shown(sixty) == sixty);
  CHECK(shown(sixty + "x") == std::string(57, 'x') + "...");
  // A character of two octets is not torn apart, nor does it go beyond.
  CHECK(shown(std::string(56, 'x') + "\xc3\xbc\xc3\xbc\xc3\xbc") == std::string(56, 'x') + "...");
  CHECK(shown(std::string(55, 'x') + "\xc3\xbc\xc3\xbc\xc3\xbc") ==
        std::string(55, 'x') + "\xc3\xbc...");
}

TEST_CASE("what a terminal would obey is shown as a question mark") {
  CHECK(shown("a\x1b[31mb") == "a?[31mb");
  CHECK(shown("a\xc2\x9b"
              "b") == "a?b");
  CHECK(shown("a\xff"
              "b") == "a?b");
  CHECK(shown(std::string(40, 'x') + std::string(30, '\xff')).size() == 60);
}

TEST_CASE("a duration is written so that it reads as the same") {
  for (const Duration each : {Duration(0), Duration(1), Duration(999), Duration(1500ms),
                              Duration(60s), Duration(90min), Duration(168h), Duration(3601s)}) {
    CHECK(to_duration(to_exact_text(each)) == each);
  }
  for (const std::string_view text :
       {"1 h 0.5 s", "2 h 30 min", "1.5 s", "350 ms", "20000000 s 7 us"}) {
    const auto read = to_duration(text);
    REQUIRE(read.has_value());
    CHECK(to_duration(to_exact_text(*read)) == read);
  }
  CHECK(!to_duration("999999999999999999 us 1 us"));
  CHECK(!to_duration("999999999999999999 h"));
}

TEST_CASE("a whole number is read up to the last that fits, and none beyond") {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  CHECK(to_integer(std::to_string(kMost)) == kMost);
  CHECK(to_integer(std::to_string(-kMost)) == -kMost);
  CHECK(!to_integer("9223372036854775808"));
  CHECK(!to_integer("1 "));
  CHECK(!to_integer(""));
}

TEST_CASE("octets that are no UTF-8 become so once, and stay as they are then") {
  for (const std::string_view octets : {"B\xfcro", "\xc3", "\xed\xa0\x80", "plain", "\xc3\xbc"}) {
    const std::string valid = replace_invalid_utf8(octets);
    CHECK(is_utf8(valid));
    CHECK(replace_invalid_utf8(valid) == valid);
    CHECK(is_utf8(from_windows_1252(octets)));
  }
}
