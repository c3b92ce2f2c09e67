// SPDX-License-Identifier: Apache-2.0
// Faults by name: modems that hang until a rung of a recovery brings them back, ways of telling a
// lost call, and dialects that drivers trip over.
#include <doctest/doctest.h>

#include "lab/test_bench.h"

using namespace redial;
using namespace redial::lab;
using lab::test::Bench;

TEST_CASE("hung until initialised: ERROR to everything, and the first settings mend it") {
  Bench bench;
  bench.exchange.wedge(bench.home, Cure::Initialise, bench.now);
  CHECK(bench.ask("AT") == "ERROR");
  CHECK(bench.ask("ATDT5552222", 10s) == "ERROR");
  CHECK(bench.ask("ATE0Q0V1") == "OK");
  bench.call();
}

TEST_CASE("hung until reset: silent to commands and &F; ATZ, DTR or a new start mends it") {
  Bench bench;
  for (const int cure : {0, 1, 3}) {
    CAPTURE(cure);
    bench.exchange.wedge(bench.home, Cure::Reset, bench.now);
    CHECK(bench.ask("AT", 5s).empty());
    CHECK(bench.ask("AT&F", 5s).empty());
    if (cure == 0) CHECK(bench.ask("atz") == "ATZOK");
    if (cure == 1) bench.exchange.on_dtr(bench.home, false, bench.now);
    if (cure == 1) bench.exchange.on_dtr(bench.home, true, bench.now);
    if (cure == 3) bench.exchange.power_cycle(bench.home, bench.now);
    CHECK(bench.ask("ATE0").ends_with("OK"));
    bench.call();
    bench.exchange.drop_carrier(bench.home, bench.now);
  }
}

TEST_CASE("hung until its port is opened anew: neither ATZ nor DTR helps") {
  Bench bench;
  bench.exchange.wedge(bench.home, Cure::Reopen, bench.now);
  CHECK(bench.ask("ATZ", 5s).empty());
  bench.exchange.on_dtr(bench.home, false, bench.now);
  bench.exchange.on_dtr(bench.home, true, bench.now);
  CHECK(bench.ask("AT", 5s).empty());
  bench.exchange.on_port_opened(bench.home, bench.now);
  CHECK(bench.ask("AT").ends_with("OK"));
}

TEST_CASE("hung until its power is cycled: nothing else helps") {
  Bench bench;
  bench.exchange.wedge(bench.home, Cure::PowerCycle, bench.now);
  CHECK(bench.ask("ATZ", 5s).empty());
  bench.exchange.on_dtr(bench.home, false, bench.now);
  bench.exchange.on_port_opened(bench.home, bench.now);
  CHECK(bench.ask("AT", 5s).empty());
  bench.exchange.on_dtr(bench.home, true, bench.now);
  bench.exchange.power_cycle(bench.home, bench.now);
  CHECK(bench.ask("AT").ends_with("OK"));
}

TEST_CASE("hangs in the midst of its third command: echoed and never answered") {
  Bench bench;
  bench.ask("ATE1");
  bench.exchange.wedge_after(bench.home, 2, Cure::Reset);
  CHECK(bench.ask("ATQ0") == "ATQ0OK");
  CHECK(bench.ask("ATV1") == "ATV1OK");
  CHECK(bench.ask("ATX4", 10s) == "ATX4");
  CHECK(bench.ask("AT", 10s).empty());
  CHECK(bench.ask("ATZ") == "ATZOK");
}

TEST_CASE("a lost call is told in words alone, by DCD alone, or DCD says nothing ever") {
  {
    Bench bench;
    bench.give({.dcd_sticks = true});
    bench.call();
    bench.exchange.drop_carrier(bench.home, bench.now);
    CHECK(bench.wait(1s, bench.home) == "\r\nNO CARRIER\r\n");
    CHECK(bench.dcd());
    CHECK_FALSE(bench.exchange.in_call(bench.home));
    CHECK(bench.ask("ATH") == "OK");
    CHECK_FALSE(bench.dcd());
  }
  {
    Bench bench;
    bench.give({.loses_silently = true});
    bench.call();
    bench.exchange.drop_carrier(bench.home, bench.now);
    CHECK(bench.wait(1s, bench.home).empty());
    CHECK_FALSE(bench.dcd());
  }
  {
    Bench bench;
    bench.give({.dcd_strapped = true});
    CHECK(bench.dcd());
    bench.call();
    bench.exchange.drop_carrier(bench.home, bench.now);
    CHECK(bench.wait(1s, bench.home) == "\r\nNO CARRIER\r\n");
    CHECK(bench.dcd());
  }
}

TEST_CASE("a modem that ignores DTR, as &D0, keeps its call; even a hang is not mended by it") {
  Bench bench;
  bench.give({.ignores_dtr = true});
  bench.call();
  bench.exchange.on_dtr(bench.home, false, bench.now);
  bench.wait(1s, bench.home);
  CHECK(bench.exchange.in_call(bench.home));
  bench.exchange.wedge(bench.home, Cure::Reset, bench.now);
  bench.exchange.on_dtr(bench.home, true, bench.now);
  bench.exchange.on_dtr(bench.home, false, bench.now);
  CHECK(bench.ask("AT", 5s).empty());
}

TEST_CASE("after a drop it is in command state: what was meant as data is echoed as commands") {
  Bench bench;
  bench.ask("ATE1");
  CHECK(bench.ask("ATDT5552222", 10s) == "ATDT5552222CONNECT 28800");
  bench.exchange.drop_carrier(bench.home, bench.now);
  CHECK(bench.wait(0s, bench.home) == "\r\nNO CARRIER\r\n");
  CHECK(bench.ask("~~ATX9~~", 100ms) == "~~ATX9~~ERROR");
}

TEST_CASE("after a reset: words nobody asked for, and a first command that is lost") {
  Bench bench;
  bench.give({.loses_first_command = true, .after_reset = "\r\n+PBREADY\r\n"});
  CHECK(bench.ask("ATZ") == "OK+PBREADY");
  CHECK(bench.ask("ATE0").empty());
  CHECK(bench.ask("ATE0") == "ATE0OK");
  bench.exchange.power_cycle(bench.home, bench.now);
  CHECK(bench.wait(0s, bench.home) == "\r\n+PBREADY\r\n");
}

TEST_CASE("answers in digits whatever is set, an echo with wrong bits, and a slow one") {
  Bench bench;
  bench.give({.numeric_codes = true});
  CHECK(bench.ask("ATV1") == "0");
  bench.give({.echo = Habits::Echo::Garbled});
  const std::string said = bench.ask("AT");
  CHECK(said.ends_with("OK"));
  CHECK(said.size() > 2);
  CHECK(said.find("AT") == std::string::npos);
  bench.give({.echo = Habits::Echo::Always, .slower_by = 2s});
  CHECK(bench.ask("ATE0", 2s) == "ATE0");
  CHECK(bench.wait(100ms, bench.home) == "\r\nOK\r\n");
}

TEST_CASE("all trunks busy: the caller hears the fast busy tone until a call ends") {
  Bench bench;
  const ModemId third = bench.exchange.add_modem({.number = "5553333"}, bench.now);
  const ModemId fourth = bench.exchange.add_modem({.number = "5554444"}, bench.now);
  bench.ask("ATE0", 100ms, third);
  bench.ask("ATE0S0=1", 100ms, fourth);
  bench.exchange.set_trunks(1);
  bench.call();
  CHECK(bench.ask("ATDT5554444", 10s, third) == "BUSY");
  bench.exchange.drop_carrier(bench.home, bench.now);
  CHECK(bench.ask("ATDT5554444", 10s, third) == "CONNECT 28800");
  bench.exchange.set_trunks(std::nullopt);
  bench.call();
}

TEST_CASE("a number's own fate: silence lasts until the caller's patience is over") {
  Bench bench;
  bench.exchange.set_fate("5552222", Fate::Silence);
  CHECK(bench.ask("ATS7=5DT5552222", 20s) == "NO CARRIER");
  bench.exchange.set_fate("5552222", Fate::Ring);
  bench.call();
}
