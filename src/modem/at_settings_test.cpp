// SPDX-License-Identifier: Apache-2.0
#include "modem/at_settings.h"

#include <doctest/doctest.h>

using redial::modem::at_settings;
using redial::modem::with_result_codes;

namespace {

/// -1: nothing is said of it.
int64_t last(std::string_view lines, std::string_view name) {
  const auto set = at_settings(lines);
  const auto found = set.find(name);
  return found == set.end() ? -1 : int64_t{found->second};
}

}  // namespace

TEST_CASE("the last value of a setting counts; without a number it is 0; case does not matter") {
  CHECK(last("AT&C1&C0\rat&c1\r", "&C") == 1);
  CHECK(last("AT&C\r", "&C") == 0);
  CHECK(last("ATE0 V1 Q1\r", "Q") == 1);
  CHECK(last("ATS0=2S25 = 200\r", "S0") == 2);
  CHECK(last("ATS25=200\r", "S25") == 200);
  CHECK(last("AT S 0 = 1\r", "S0") == 1);
}

TEST_CASE("a letter behind a prefix is another setting: &Q5 is not Q5, \\N3 not N3") {
  CHECK(last("AT&Q1\\Q3%Q2*Q1\r", "Q") == -1);
  CHECK(last("AT\\N3\r", "\\N") == 3);
  CHECK(last("AT+IFC=2,2;Q1\r", "Q") == 1);
  CHECK(last("AT+GQ1\r", "Q") == -1);
}

TEST_CASE("a restored profile forgets what came before; a number to dial sets nothing") {
  CHECK(last("AT&C0&F\r", "&C") == -1);
  CHECK(last("ATQ1Z\r", "Q") == -1);
  CHECK(last("ATDT5550100Q1\r", "Q") == -1);
  CHECK(last("Q1\r", "Q") == -1);
  CHECK(last("AT", "Q") == -1);
  CHECK(last("ATS0\rATS\rATS0=\r", "S0") == 0);
  CHECK(last("ATS0=99999999999999999999\r", "S0") == 65'535);
}

TEST_CASE("a modem that was to be quiet keeps its result codes, and all its other settings") {
  CHECK(with_result_codes("AT&FE0Q1V1\rATQ 1\r") == "AT&FE0Q0V1\rATQ0\r");
  for (const char* same : {"AT&Q1\\Q3%Q2\r", "ATQ0Q\r", "ATDT5Q1\r", "AT+GQ1\r", "Q1\r", ""})
    CHECK(with_result_codes(same) == same);
}
