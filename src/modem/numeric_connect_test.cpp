// SPDX-License-Identifier: Apache-2.0
// A modem that answers in digits says CONNECT by a number that only its maker knows. Nothing is
// sent into a modem that may still be dialling, and no call is lost for a number.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "core/rng.h"
#include "modem/dialogue_bench.h"

using namespace redial;
using namespace redial::modem;
using namespace redial::modem::bench;

namespace {

/// A modem at V0, dialling.
struct Digits : Bench {
  explicit Digits(bool circuits) : Bench(plain(), {}, circuits) {
    dial();
    wait(200ms);
    hear("0\r");
    wait(200ms);
    hear("0\r");
    wait(200ms);
    take();
  }
  bool connected() { return dialogue().in_data_state(); }
  bool failed() { return !dialogue().deadline() && !connected(); }
};

}  // namespace

TEST_CASE("an unknown number is CONNECT when DCD rises, before it or after it") {
  for (const bool first : {true, false}) {
    CAPTURE(first);
    Digits bench(true);
    if (first) bench.carrier(true);
    bench.wait(300ms);
    bench.hear("64\r");
    if (!first) bench.wait(5s);
    if (!first) bench.carrier(true);
    CHECK_FALSE(bench.connected());
    bench.wait(1200ms);
    CHECK(bench.connected());
    CHECK(bench.take().find("connected") != std::string::npos);
  }
}

TEST_CASE("numbers in a row, as at W1: the carrier's, the protocol's; the known one ends it") {
  Digits bench(true);
  bench.hear("46\r");
  bench.carrier(true);
  bench.wait(800ms);
  bench.hear("77\r");
  bench.wait(800ms);
  CHECK_FALSE(bench.connected());
  bench.hear("1\r");
  bench.wait(100ms);
  CHECK(bench.connected());
}

TEST_CASE("without DCD the far end's first octet tells, and is not lost") {
  Digits bench(false);
  bench.hear("64\r~\xff}#\xc0!");
  CHECK(bench.connected());
  CHECK(bench.data() == "~\xff}#\xc0!");

  Digits later(false);
  later.hear("64\r");
  later.wait(3s);
  CHECK_FALSE(later.connected());
  later.hear("login: ");
  CHECK(later.connected());
  CHECK(later.data() == "login: ");
}

TEST_CASE("without DCD a far end that waits for us is met by its silence") {
  Digits bench(false);
  bench.hear("64\r");
  bench.wait(9s);
  CHECK_FALSE(bench.connected());
  bench.wait(2s);
  CHECK(bench.connected());
}

TEST_CASE("a ringing tone that is told as a number is no carrier, however often") {
  Digits bench(false);
  for (int ring = 0; ring < 6; ++ring) {
    bench.hear("11\r");
    bench.wait(6s);
    CHECK_FALSE(bench.connected());
  }
  bench.hear("7\r");
  bench.wait(200ms);
  CHECK(bench.failed());
  CHECK(bench.take().find("Busy") != std::string::npos);

  Digits with_dcd(true);
  with_dcd.hear("11\r");
  with_dcd.wait(59s);
  CHECK_FALSE(with_dcd.connected());
  with_dcd.wait(2s);
  CHECK(with_dcd.failed());
  CHECK(with_dcd.take().find("11 means nothing to its description") != std::string::npos);
}

TEST_CASE("DCD that was up before the call tells nothing: it is wired so") {
  Bench bench;
  bench.carrier(true);
  bench.dial();
  bench.prepare();
  bench.hear("64\r");
  bench.wait(20s);
  CHECK_FALSE(bench.dialogue().in_data_state());
  bench.hear("~\xff}#");
  CHECK(bench.dialogue().in_data_state());
}

TEST_CASE("whatever numbers come: no carrier without a reason, and an end in time") {
  constexpr std::string_view kNumbers[] = {"11\r", "64\r", "2\r", "46\r", "12\r", "0\r", "999\r"};
  int connected = 0;
  for (uint64_t seed = 1; seed <= 1000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const bool circuits = rng.below(2) == 0;
    Digits bench(circuits);
    bool number = false, dcd = false, data = false;
    Instant silent = bench.now();
    const Instant began = bench.now();
    while (!bench.connected() && !bench.failed()) {
      REQUIRE(bench.dialogue().deadline().has_value());
      const uint64_t dice = rng.below(10);
      const Instant since = silent;
      if (dice < 4) {
        const size_t which = rng.below(std::size(kNumbers));
        const bool known = kNumbers[which] == "2\r" || kNumbers[which] == "0\r";
        bench.hear(kNumbers[which]);
        bench.wait(150ms);
        number |= !known;
        if (!known) silent = bench.now();
      } else if (dice == 4 && circuits) {
        dcd = !dcd;
        bench.carrier(dcd);
      } else if (dice == 5 && rng.below(4) == 0) {
        bench.hear("~");
        data = true;
      } else {
        bench.wait(Duration(rng.below(12'000'000)));
      }
      const bool quiet = !circuits && bench.now() - since >= 9s;
      if (bench.connected()) {
        CHECK(number);
        CHECK((data || dcd || quiet));
        ++connected;
      }
      CHECK(bench.now() - began <= 75s);
    }
  }
  CHECK(connected > 200);
}
