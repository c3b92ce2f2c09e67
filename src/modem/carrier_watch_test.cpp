// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "modem/carrier_watch.h"

using namespace redial;
using namespace redial::modem;

namespace {

constexpr Instant at(Duration since) { return Instant(1000s) + since; }

/// When the watch would strike after these octets, one by one or at once; 0: never.
Duration strikes(std::string_view octets, bool inside_frame, bool one_by_one) {
  CarrierWatch watch;
  if (one_by_one) {
    for (size_t i = 0; i < octets.size(); ++i)
      watch.on_octets(as_bytes(octets.substr(i, 1)), inside_frame, at(0s));
  } else {
    watch.on_octets(as_bytes(octets), inside_frame, at(0s));
  }
  return watch.deadline() ? *watch.deadline() - at(0s) : Duration{0};
}

}  // namespace

TEST_CASE("NO CARRIER at the end of the stream, and silence after it: the modem has left") {
  struct Row {
    std::string_view octets;
    bool inside_frame;
    Duration expected;
  };
  const Row rows[] = {
      {"\r\nNO CARRIER\r\n", false, 300ms},
      {"~\xff\x03\xc0!garbage~\r\nNO CARRIER\r\n", false, 300ms},
      {"~\r\nNO CARRIER\r\n", true, 300ms},  // the octet after a flag opens a frame, in theory
      {"\xff\x03!half a frame\r\nNO CARRIER\r\n", true, 1000ms},
      {"\n\rNO CARRIER\n\r", false, 300ms},
      {"NO CARRIER", false, 300ms},
      {"\r\nNO CARRIER\r\n\r\nNO CARRIER\r\n", false, 300ms},
      {"3\r", false, 300ms},
      {"a frame~3\r", true, 1000ms},
      {"NO CARRIE", false, 0s},
      {"NO CARRIER~", false, 0s},
      {"NO CARRIER \xff\x03", true, 0s},
      {"no carrier\r\n", false, 0s},
      {"13\r", false, 0s},
      {"a frame~13\r", true, 0s},
      {"3\r\n", false, 0s},
      {"0123456789012345678901233\r", false, 0s},
  };
  for (const Row& row : rows) {
    CAPTURE(row.octets);
    CHECK(strikes(row.octets, row.inside_frame, false) == row.expected);
    CHECK(strikes(row.octets, row.inside_frame, true) == row.expected);
  }
}

TEST_CASE("the notice is told once, after the silence, and the watch starts anew") {
  CarrierWatch watch;
  watch.on_octets(as_bytes("\r\nNO CARRIER\r\n"), false, at(0s));
  CHECK(watch.on_deadline(at(299ms)).empty());
  CHECK(watch.on_deadline(at(300ms)) == Outbox<CarrierGone, 1>{CarrierGone{"NO CARRIER"}});
  CHECK_FALSE(watch.deadline());
  CHECK(watch.on_deadline(at(1s)).empty());
  watch.on_octets(as_bytes("3\r"), false, at(2s));
  CHECK(watch.on_deadline(at(3s)) == Outbox<CarrierGone, 1>{CarrierGone{"3 (NO CARRIER)"}});
}

TEST_CASE("a page that quotes NO CARRIER goes on, and so does the call") {
  CarrierWatch watch;
  watch.on_octets(as_bytes("~\xff\x03!the modem says\r\nNO CARRIER\r\n"), true, at(0s));
  CHECK(watch.deadline() == at(1s));
  watch.on_octets(as_bytes("and hangs up.~"), false, at(900ms));
  CHECK_FALSE(watch.deadline());
}

TEST_CASE("line ends and repetitions of the notice do not put the end off") {
  CarrierWatch watch;
  watch.on_octets(as_bytes("\r\nNO CARRIER"), false, at(0s));
  watch.on_octets(as_bytes("\r\n"), false, at(50ms));
  watch.on_octets(as_bytes("\r\nNO CA"), false, at(100ms));
  CHECK(watch.deadline() == at(300ms));
  watch.on_octets(as_bytes("RRIER\r\n"), false, at(150ms));
  CHECK(watch.deadline() == at(300ms));
  watch.on_octets(as_bytes("\r\nNO CARL"), false, at(200ms));
  CHECK_FALSE(watch.deadline());
}

TEST_CASE("a watch that is reset has forgotten half a notice") {
  CarrierWatch watch;
  watch.on_octets(as_bytes("\r\nNO CAR"), false, at(0s));
  watch.reset();
  watch.on_octets(as_bytes("RIER\r\n"), false, at(0s));
  CHECK_FALSE(watch.deadline());
}
