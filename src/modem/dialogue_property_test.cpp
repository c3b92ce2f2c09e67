// SPDX-License-Identifier: Apache-2.0
// The dialogue under a modem that says anything at any moment, and with the built-in description.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "core/rng.h"
#include "modem/dialogue_bench.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::modem;
using namespace redial::modem::bench;

namespace {

constexpr std::array<std::string_view, 24> kSayings = {
    "\r\nOK\r\n",
    "\r\nOK\r\n",
    "\r\nOK\r\n",
    "0\r",
    "ATZ\r",
    "\r\nERROR\r\n",
    "\r\nRING\r\n",
    "\r\nRINGING\r\n",
    "\r\nCONNECT 9600\r\n",
    "1\r",
    "\r\nNO CARRIER\r\n",
    "3\r",
    "\r\nBUSY\r\n",
    "\r\nNO ANSWER\r\n",
    "CARRIER 9600\r\n",
    "\r",
    "\n",
    "OK",
    "CONN",
    "~\xff\x03\xc0!",
    "+++",
    "\r\n+CREG: 1\r\n",
    "\r\nOK\r\n\r\nOK\r\n\r\nOK\r\n\r\nOK\r\n",
    "\r\nX\r\n\r\nX\r\n\r\nX\r\n\r\nX\r\n\r\nX\r\n\r\nX\r\n\r\nRING\r\n\r\nRING\r\n\r\nBUSY\r\n"};

/// True where the last thing of this kind in the transcript is `wanted`.
bool last_is(const std::string& log, std::string_view wanted, std::string_view other) {
  const size_t at = log.rfind(wanted), against = log.rfind(other);
  return at != std::string::npos && (against == std::string::npos || at > against);
}

}  // namespace

TEST_CASE("whatever a modem says: every call ends or comes up in time, and a hang-up is bounded") {
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Bench bench;
    for (int round = 0; round < 4; ++round) {
      const bool dials = rng.below(2) == 0;
      dials ? bench.dial() : bench.listen();
      const Instant began = bench.now();
      std::string log = bench.take();
      const auto settled = [&] { return !bench.dialogue().deadline(); };
      while (!settled() && bench.now() - began < 10min) {
        bench.wait(Duration(rng.below(700'000)));
        if (settled()) break;
        bench.hear(kSayings[rng.below(kSayings.size())]);
        log += bench.take();
      }
      log += bench.take();
      CHECK(settled());
      // 3 s of draining, two commands, three seconds, two attempts; then the call itself.
      CHECK(bench.now() - began <= 3s + 2 * 2 * 3s + 60s + 6s);
      CHECK(bench.dialogue().in_data_state() == last_is(log, "connected", "failed"));
      bench.hang_up();
      const Instant ending = bench.now();
      while (!settled() && bench.now() - ending < 1min) {
        bench.wait(Duration(rng.below(700'000)));
        if (!settled()) bench.hear(kSayings[rng.below(kSayings.size())]);
      }
      CHECK(bench.now() - ending <= Dialogue::kHangUpBound + 700ms);
      CHECK(bench.take().find("hung up") != std::string::npos);
    }
  }
}

TEST_CASE("a modem in data state that has not let go is sent the escape before any command") {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Bench bench;
    bench.call();
    bench.hang_up();
    std::string log;
    // Data that is no result code.
    while (bench.dialogue().deadline()) {
      bench.wait(Duration(rng.below(300'000)));
      std::string data;
      for (uint64_t i = rng.below(40); i > 0; --i)
        data.push_back(static_cast<char>(rng.below(256)));
      bench.hear(data);
      log += bench.take();
    }
    const size_t escape = log.find("send +++"), command = log.find("send AT");
    CHECK(escape != std::string::npos);
    CHECK(escape < command);
  }
}

TEST_CASE("the built-in description: prepared, dialled, connected, answered and hung up") {
  const Result<CompiledDescription> compiled = compile(hayes(), ModemSettings{});
  REQUIRE(compiled);
  const auto answer_all = [](Bench& bench, std::string_view until) {
    for (int commands = 0; commands < 30; ++commands) {
      const std::string taken = bench.take();
      if (taken.find(until) != std::string::npos) return true;
      bench.wait(20ms);
      // Plain words to what it understands, ERROR to the vendors' own.
      const bool known = taken.find("send AT+") == std::string::npos;
      bench.hear(known ? "AT\r\r\nOK\r\n" : "\r\nERROR\r\n");
    }
    return false;
  };
  Bench bench(compiled->description);
  bench.dial("555 1234");
  bench.wait(200ms);
  REQUIRE(answer_all(bench, "send ATDT5551234<cr> | dialing"));
  SUBCASE("answered by a modem") {
    bench.hear("\r\nCONNECT 33600/V34/LAPM\r\n~");
    CHECK(bench.take() == "connected carrier 33600 error control: CONNECT 33600/V34/LAPM");
    CHECK(bench.data() == "~");
  }
  SUBCASE("answered by a person") {
    bench.hear("\r\nVOICE\r\n");
    CHECK(bench.take() == "failed VoiceAnswer: VOICE");
  }
  SUBCASE("answered in digits") {
    bench.hear("7\r");
    CHECK(bench.take() == "failed Busy: 7");
  }
  SUBCASE("a distinctive ring while it listens") {
    bench.hear("\r\nBUSY\r\n");
    bench.listen();
    bench.wait(200ms);
    REQUIRE(answer_all(bench, "listening"));
    bench.hear("\r\nRING 1\r\n");
    CHECK(bench.take() == "rang");
    bench.answer();
    CHECK(bench.take() == "send ATA<cr>");
  }
}
