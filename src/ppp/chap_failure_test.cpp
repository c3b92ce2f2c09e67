// SPDX-License-Identifier: Apache-2.0
#include "ppp/chap_failure.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::ppp;

TEST_CASE("a Failure's number, retry, version and message are found in the order of the RFC") {
  CHECK(parse_chap_failure("E=691 R=1 C=0011223344556677 V=3 M=Access denied") ==
        ChapFailure{.error = 691, .may_retry = true, .version = 3, .message = "Access denied"});
  CHECK(parse_chap_failure("E=0000000648 R=0 V=2") == ChapFailure{.error = 648, .version = 2});
}

TEST_CASE("what is no such text has no number, and what stands in the message is no field") {
  CHECK(parse_chap_failure("Access denied") == ChapFailure{});
  CHECK(parse_chap_failure("") == ChapFailure{});
  CHECK(parse_chap_failure("M=E=647 R=1").error == 0);
  CHECK(parse_chap_failure("E=x R= V=99999999999999999999") == ChapFailure{});
}

TEST_CASE("each of MS-CHAP's numbers has a cause of its own, any other is a refusal") {
  constexpr std::pair<unsigned, CauseCode> kAll[] = {
      {646, CauseCode::AuthHours},          {647, CauseCode::AuthDisabled},
      {648, CauseCode::AuthExpired},        {649, CauseCode::AuthNoPermission},
      {709, CauseCode::AuthPasswordChange}, {691, CauseCode::AuthRejected},
      {0, CauseCode::AuthRejected},         {12345, CauseCode::AuthRejected}};
  for (const auto& [number, cause] : kAll) CHECK(cause_of({.error = number}) == cause);
}
