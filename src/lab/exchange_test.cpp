// SPDX-License-Identifier: Apache-2.0
#include "lab/exchange.h"

#include <doctest/doctest.h>

#include <utility>

using namespace redial;
using namespace redial::lab;

namespace {

/// Computers at modems at an exchange, in virtual time. What each computer hears is kept.
struct World {
  Exchange exchange;
  Instant now{};
  std::map<ModemId, std::string> heard;
  std::map<ModemId, Instant> heard_at;  // the last octet

  explicit World(uint64_t seed = 7) : exchange(seed) {}

  ModemId add(ModemConfig config) { return exchange.add_modem(config, now); }
  void collect() {
    for (const ModemId id : exchange.touched()) {
      Bytes out;
      exchange.drain(id, out, now);
      if (!out.empty()) heard_at[id] = now;
      heard[id] += as_text(out);
    }
  }
  void wait(Duration time) {
    const Instant until = now + time;
    collect();
    while (exchange.deadline() && *exchange.deadline() <= until) {
      now = std::max(now, *exchange.deadline());
      exchange.on_deadline(now);
      collect();
    }
    now = until;
  }
  void type(ModemId id, std::string_view text) {
    exchange.on_dte_octets(id, as_bytes(text), now);
    collect();
  }
  std::string take(ModemId id) { return std::exchange(heard[id], ""); }
  /// Types, waits, tells what the modem said, without line ends.
  std::string ask(ModemId id, const std::string& text, Duration time = 100ms) {
    take(id);
    type(id, text + "\r");
    wait(time);
    std::string said = take(id);
    std::erase_if(said, [](char c) { return c == '\r' || c == '\n'; });
    return said;
  }
};

/// Two modems, echo off: the second one answers at the first ring.
struct Pair : World {
  ModemId home, office;
  explicit Pair(uint64_t seed = 7) : World(seed) {
    home = add({.number = "555-1111"});
    office = add({.number = "555-2222"});
    ask(home, "ATE0");
    ask(office, "ATE0S0=1");
  }
  void call() {
    CHECK(ask(home, "ATDT5552222", 10s) == "CONNECT 28800");
    CHECK(take(office) == "\r\nRING\r\n\r\nCONNECT 28800\r\n");
  }
};

const std::string kNoCarrier = "\r\nNO CARRIER\r\n";

}  // namespace

TEST_CASE("a call: the called side rings and answers, both hear CONNECT, and data go both ways") {
  Pair pair;
  CHECK_FALSE(pair.exchange.in_call(pair.home));
  pair.call();
  CHECK(pair.exchange.in_call(pair.home));
  CHECK(pair.exchange.in_call(pair.office));
  CHECK(pair.exchange.signals(pair.home).dcd);
  CHECK(pair.exchange.dials(pair.home) == 1);
  CHECK(pair.exchange.last_dialled(pair.home) == "5552222");
  pair.type(pair.home, "hello\r");
  pair.type(pair.office, "AT\r");
  pair.wait(1s);
  CHECK(pair.take(pair.office) == "hello\r");
  CHECK(pair.take(pair.home) == "AT\r");
}

TEST_CASE("a thousand octets at 28800 bps take 0.35 s and the latency, each way") {
  Pair pair;
  pair.call();
  const Instant sent = pair.now;
  const std::string block(1000, 'x');
  pair.type(pair.home, block);
  pair.type(pair.office, block);
  pair.wait(2s);
  CHECK(pair.take(pair.office) == block);
  CHECK(pair.take(pair.home) == block);
  CHECK(pair.heard_at[pair.office] - sent == 20ms + 347223us);
  CHECK(pair.heard_at[pair.home] - sent == 20ms + 347223us);
}

TEST_CASE("the carrier runs at the slower modem's rate; a changed channel holds from now on") {
  World world;
  const ModemId fast = world.add({.number = "1", .channel = {.rate_bps = 33600}});
  const ModemId slow = world.add({.number = "2", .channel = {.rate_bps = 9600, .latency = 100ms}});
  world.ask(slow, "ATS0=1");
  CHECK(world.ask(fast, "ATE0DT2", 10s).ends_with("CONNECT 9600"));
  world.take(slow);
  Instant sent = world.now;
  world.type(fast, std::string(960, 'x'));
  world.type(slow, std::string(960, 'y'));
  world.wait(3s);
  CHECK(world.heard_at[slow] - sent == 1020ms);
  CHECK(world.heard_at[fast] - sent == 1100ms);
  world.exchange.set_channel(fast, {.rate_bps = 2400, .latency = 1s});
  sent = world.now;
  world.type(fast, std::string(240, 'x'));
  world.wait(5s);
  CHECK(world.heard_at[slow] - sent == 2s);
}

TEST_CASE("noise and loss on a channel spoil data one way only") {
  Pair pair;
  pair.exchange.set_channel(pair.home, {.octet_loss_ppm = 500'000});
  pair.call();
  const std::string block(1000, 'x');
  pair.type(pair.home, block);
  pair.type(pair.office, block);
  pair.wait(2s);
  CHECK(pair.take(pair.home) == block);
  const auto left = pair.take(pair.office).size();
  CHECK(left > 400);
  CHECK(left < 600);
}

TEST_CASE("RING comes every six seconds, RI two of them; ATA answers") {
  Pair pair;
  pair.ask(pair.office, "ATS0=0");
  pair.type(pair.home, "ATDT5552222\r");
  while (pair.take(pair.office).empty()) pair.wait(10ms);
  CHECK(pair.exchange.signals(pair.office).ri);
  pair.wait(3s);
  CHECK_FALSE(pair.exchange.signals(pair.office).ri);
  pair.wait(10s);
  CHECK(pair.take(pair.office) == "\r\nRING\r\n\r\nRING\r\n");
  CHECK(pair.ask(pair.office, "ATA", 2s) == "CONNECT 28800");
  CHECK_FALSE(pair.exchange.signals(pair.office).ri);
  CHECK(pair.take(pair.home) == "\r\nCONNECT 28800\r\n");
}

TEST_CASE("nobody answers: the caller gives up after S7 and the ringing stops") {
  Pair pair;
  pair.ask(pair.office, "ATS0=0");
  CHECK(pair.ask(pair.home, "ATS7=20DT5552222", 25s) == "NO CARRIER");
  CHECK(pair.take(pair.office).starts_with("\r\nRING\r\n"));
  pair.wait(60s);
  CHECK(pair.take(pair.office).empty());
  CHECK_FALSE(pair.exchange.deadline().has_value());
  pair.ask(pair.office, "ATS0=1");
  pair.call();
}

TEST_CASE("a modem in a call, off hook or dialling is busy to everybody else") {
  Pair pair;
  const ModemId third = pair.add({.number = "3"});
  pair.ask(third, "ATE0");
  pair.call();
  CHECK(pair.ask(third, "ATDT5552222", 10s) == "BUSY");
  CHECK(pair.ask(third, "ATDT5551111", 10s) == "BUSY");
  pair.exchange.drop_carrier(pair.home, pair.now);
  CHECK(pair.ask(pair.office, "ATH1").ends_with("OK"));
  CHECK(pair.ask(third, "ATDT5552222", 10s) == "BUSY");
  CHECK(pair.ask(third, "ATDT3", 10s) == "BUSY");
}

TEST_CASE("two modems that call each other at once both hear busy") {
  Pair pair;
  pair.type(pair.home, "ATDT5552222\r");
  pair.type(pair.office, "ATDT5551111\r");
  pair.wait(10s);
  CHECK(pair.take(pair.home) == "\r\nBUSY\r\n");
  CHECK(pair.take(pair.office) == "\r\nBUSY\r\n");
}

TEST_CASE("a modem that dials while it is rung turns its caller away") {
  Pair pair;
  const ModemId third = pair.add({.number = "3"});
  pair.ask(third, "ATS0=1");
  pair.ask(pair.office, "ATS0=0");
  pair.type(pair.home, "ATDT5552222\r");
  pair.wait(5s);
  CHECK(pair.take(pair.office) == "\r\nRING\r\n");
  CHECK(pair.ask(pair.office, "ATDT3", 10s) == "CONNECT 28800");
  CHECK(pair.take(pair.home) == "\r\nBUSY\r\n");
}

TEST_CASE("what a number does to its callers can be told, for good or for the next few calls") {
  Pair pair;
  const auto dial = [&] { return pair.ask(pair.home, "ATDT5552222", 70s); };
  for (const auto& [fate, result] : {std::pair{Fate::Busy, "BUSY"},
                                     {Fate::Reorder, "BUSY"},
                                     {Fate::NoAnswer, "NO CARRIER"},
                                     {Fate::Voice, "VOICE"},
                                     {Fate::NoDialtone, "NO DIALTONE"}}) {
    pair.exchange.set_fate("5552222", fate);
    CHECK(dial() == result);
    CHECK(pair.take(pair.office).empty());
  }
  pair.exchange.set_fate("5552222", Fate::Ring);
  pair.exchange.set_fate_once("555-2222", Fate::Busy, 2);
  CHECK(dial() == "BUSY");
  CHECK(dial() == "BUSY");
  CHECK(dial() == "CONNECT 28800");
}

TEST_CASE("a number that nobody has is silent until S7 is over; NO ANSWER belongs to @") {
  Pair pair;
  CHECK(pair.ask(pair.home, "ATDT999", 60s) == "NO CARRIER");
  pair.exchange.set_fate("998", Fate::NoAnswer);
  CHECK(pair.ask(pair.home, "ATDT998@", 60s) == "NO ANSWER");
}

TEST_CASE("blind dialling at X3 without dial tone ends with NO CARRIER") {
  Pair pair;
  pair.exchange.set_fate("5552222", Fate::NoDialtone);
  CHECK(pair.ask(pair.home, "ATX3DT5552222", 70s) == "NO CARRIER");
}

TEST_CASE("a number with several modems rings the first that is free") {
  World world;
  std::vector<ModemId> pool, callers;
  for (int i = 0; i < 3; ++i) {
    pool.push_back(world.add({.number = "100"}));
    callers.push_back(world.add({.number = "20" + std::to_string(i)}));
    world.ask(pool.back(), "ATS0=1");
    world.ask(callers.back(), "ATE0");
  }
  for (size_t i = 0; i < 3; ++i) {
    CHECK(world.ask(callers[i], "ATDT100", 10s) == "CONNECT 28800");
    CHECK(world.exchange.in_call(pool[i]));
  }
  const ModemId late = world.add({.number = "300"});
  world.ask(late, "ATE0");
  CHECK(world.ask(late, "ATDT100", 10s) == "BUSY");
  world.exchange.drop_carrier(pool[1], world.now);
  CHECK(world.ask(late, "ATDT100", 10s) == "CONNECT 28800");
  CHECK(world.exchange.in_call(pool[1]));
}

TEST_CASE(
    "a hang-up is noticed at the other end after 0.1 to 0.3 s, with all that was sent before") {
  Pair pair;
  pair.call();
  pair.type(pair.home, "goodbye");
  pair.wait(1100ms);
  pair.type(pair.home, "+++");
  pair.wait(1s);
  CHECK(pair.take(pair.office) == "goodbye+++");
  CHECK(pair.take(pair.home) == "\r\nOK\r\n");
  const Instant hung_up = pair.now + 30ms;
  CHECK(pair.ask(pair.home, "ATH", 1s) == "OK");
  CHECK(pair.take(pair.office) == kNoCarrier);
  CHECK(pair.heard_at[pair.office] - hung_up >= 100ms);
  CHECK(pair.heard_at[pair.office] - hung_up <= 300ms);
  CHECK_FALSE(pair.exchange.signals(pair.office).dcd);
  CHECK_FALSE(pair.exchange.in_call(pair.office));
  pair.call();
}

TEST_CASE("DTR hangs up, and the modem says so to nobody but its own computer") {
  Pair pair;
  pair.call();
  pair.exchange.on_dtr(pair.home, false, pair.now);
  pair.wait(1s);
  CHECK(pair.take(pair.home) == kNoCarrier);
  CHECK(pair.take(pair.office) == kNoCarrier);
  pair.exchange.on_dtr(pair.home, true, pair.now);
  pair.call();
}

TEST_CASE("a lost carrier: what had arrived is delivered, the rest is not, both hear NO CARRIER") {
  Pair pair;
  pair.call();
  pair.type(pair.home, std::string(1000, 'x'));
  pair.wait(20ms + 100ms);
  pair.exchange.drop_carrier(pair.office, pair.now);
  pair.wait(5s);
  CHECK(pair.take(pair.office) == std::string(288, 'x') + kNoCarrier);
  CHECK(pair.take(pair.home) == kNoCarrier);
  pair.exchange.drop_carrier(pair.office, pair.now);
  pair.call();
}

TEST_CASE("data that come in online command state wait for ATO") {
  Pair pair;
  pair.call();
  pair.wait(2s);
  pair.type(pair.office, "+++");
  pair.wait(1s);
  CHECK(pair.take(pair.office) == "\r\nOK\r\n");
  pair.type(pair.home, "meanwhile");
  pair.wait(1s);
  CHECK(pair.take(pair.office).empty());
  CHECK(pair.ask(pair.office, "ATO", 1s) == "CONNECT 28800meanwhile");
}

TEST_CASE("what had arrived when the escape was recognised stands before its OK") {
  Pair pair;
  pair.call();
  pair.wait(2s);
  pair.type(pair.office, "+++");
  pair.wait(970ms);
  pair.type(pair.home, std::string(100, 'x'));
  pair.wait(1s);
  const std::string said = pair.take(pair.office);
  CHECK(said.ends_with("\r\nOK\r\n"));
  CHECK(std::ranges::count(said, 'x') == 28);
}

TEST_CASE("frozen, data vanish one way and the carrier stays, even when the other end hangs up") {
  Pair pair;
  pair.call();
  pair.exchange.freeze(pair.home, /*towards=*/true, /*from=*/false, pair.now);
  pair.type(pair.office, "lost");
  pair.type(pair.home, "kept");
  pair.wait(1s);
  CHECK(pair.take(pair.home).empty());
  CHECK(pair.take(pair.office) == "kept");
  pair.exchange.on_dtr(pair.office, false, pair.now);
  pair.wait(1h);
  CHECK(pair.take(pair.home).empty());
  CHECK(pair.exchange.signals(pair.home).dcd);
  pair.exchange.freeze(pair.home, false, false, pair.now);
  pair.wait(1s);
  CHECK(pair.take(pair.home) == kNoCarrier);
  CHECK_FALSE(pair.exchange.in_call(pair.home));
}

TEST_CASE("frozen from its side, a modem hears but is not heard; the end of the call thaws it") {
  Pair pair;
  pair.call();
  pair.type(pair.home, std::string(100, 'x'));
  pair.exchange.freeze(pair.home, /*towards=*/false, /*from=*/true, pair.now);
  pair.type(pair.home, "lost");
  pair.type(pair.office, "kept");
  pair.wait(1s);
  CHECK(pair.take(pair.office).empty());
  CHECK(pair.take(pair.home) == "kept");
  pair.exchange.drop_carrier(pair.home, pair.now);
  pair.wait(1s);
  CHECK(pair.take(pair.office) == kNoCarrier);
  pair.take(pair.home);
  pair.call();
  pair.type(pair.home, "back");
  pair.wait(1s);
  CHECK(pair.take(pair.office) == "back");
}

TEST_CASE("a wedged modem answers nothing until its power is cycled, then it is as new") {
  Pair pair;
  pair.exchange.wedge(pair.home, Cure::PowerCycle, pair.now);
  CHECK(pair.ask(pair.home, "AT", 10s).empty());
  CHECK(pair.ask(pair.office, "ATDT5551111", 60s) == "NO CARRIER");
  pair.exchange.on_dtr(pair.home, false, pair.now);
  pair.exchange.on_dtr(pair.home, true, pair.now);
  CHECK(pair.ask(pair.home, "AT", 10s).empty());
  CHECK_FALSE(pair.exchange.deadline().has_value());
  pair.exchange.power_cycle(pair.home, pair.now);
  CHECK(pair.ask(pair.home, "ATE0") == "ATE0OK");
  pair.ask(pair.home, "ATE0");
  pair.call();
}

TEST_CASE(
    "a modem wedged in a call keeps its carrier and eats data; its power cycle ends the call") {
  Pair pair;
  pair.call();
  pair.exchange.wedge(pair.home, Cure::PowerCycle, pair.now);
  pair.type(pair.office, "anybody?");
  pair.type(pair.home, "no");
  pair.wait(60s);
  CHECK(pair.take(pair.home).empty());
  CHECK(pair.take(pair.office).empty());
  CHECK(pair.exchange.signals(pair.home).dcd);
  pair.exchange.power_cycle(pair.home, pair.now);
  pair.wait(1s);
  CHECK(pair.take(pair.office) == kNoCarrier);
  CHECK_FALSE(pair.exchange.signals(pair.home).dcd);
}

TEST_CASE("a caller that gives up in the middle of the handshake leaves the other end to its S7") {
  Pair pair;
  pair.type(pair.home, "ATDT5552222\r");
  while (pair.take(pair.office).empty()) pair.wait(10ms);
  pair.wait(300ms);
  pair.type(pair.home, "x");
  CHECK(pair.take(pair.home) == kNoCarrier);
  pair.wait(60s);
  CHECK(pair.take(pair.office) == kNoCarrier);
  pair.call();
}

TEST_CASE("numeric results throughout a call") {
  Pair pair;
  pair.ask(pair.home, "ATV0");
  pair.ask(pair.office, "ATV0");
  CHECK(pair.ask(pair.home, "ATDT5552222", 10s) == "64");
  CHECK(pair.take(pair.office) == "2\r64\r");
  pair.exchange.drop_carrier(pair.home, pair.now);
  pair.wait(1s);
  CHECK(pair.take(pair.home) == "3\r");
  pair.exchange.set_fate("5552222", Fate::Busy);
  CHECK(pair.ask(pair.home, "ATDT5552222", 10s) == "7");
}

TEST_CASE("data nobody drains wait, wake nobody twice, and are lost beyond the buffer") {
  Pair pair;
  pair.call();
  for (int i = 0; i < 100; ++i) {
    pair.exchange.on_dte_octets(pair.home, Bytes(1000, 'x'), pair.now);
  }
  CHECK(pair.exchange.dropped(pair.office) == 100'000 - 65'536);
  size_t wakes = 0;
  while (const auto due = pair.exchange.deadline()) {
    pair.exchange.on_deadline(*due);
    REQUIRE(++wakes < 10);
  }
  CHECK(pair.exchange.touched() == std::vector<ModemId>{pair.office});
  Bytes out;
  pair.now += 1min;
  pair.exchange.drain(pair.office, out, pair.now);
  CHECK(out.size() == 65'536);
}

TEST_CASE("the same seed and the same inputs give the same octets at the same times") {
  const auto transcript = [](uint64_t seed) {
    World world(seed);
    Rng rng(seed);
    std::vector<ModemId> ids;
    for (int i = 0; i < 8; ++i) {
      ids.push_back(world.add({.number = std::to_string(100 + i / 2)}));
      world.ask(ids.back(), "ATE0S0=1");
    }
    std::ostringstream out;
    for (int step = 0; step < 400; ++step) {
      const ModemId id = ids[rng.below(ids.size())];
      const uint64_t what = rng.below(12);
      if (what < 5) world.type(id, "ATDT" + std::to_string(100 + rng.below(4)) + "\r");
      if (what == 5) world.exchange.on_dtr(id, false, world.now);
      if (what == 6) world.exchange.on_dtr(id, true, world.now);
      if (what == 7) world.exchange.drop_carrier(id, world.now);
      if (what == 8) world.exchange.freeze(id, rng.chance(500'000), rng.chance(500'000), world.now);
      if (what == 9 && rng.chance(300'000)) {
        world.exchange.wedge(id, static_cast<Cure>(rng.below(4)), world.now);
      } else if (what == 9) {
        world.exchange.power_cycle(id, world.now);
      }
      if (what == 10) world.exchange.set_channel(id, {.octet_error_ppm = 100'000});
      if (what == 11) world.exchange.set_fate_once("101", Fate::Busy, 1);
      world.wait(rng.up_to(8s));
      for (const ModemId heard : ids) {
        out << world.take(heard) << '@' << world.heard_at[heard].time_since_epoch().count() << ' ';
      }
    }
    // Calm: everything is thawed and hung up, and every modem answers again.
    for (const ModemId id : ids) {
      world.exchange.power_cycle(id, world.now);
      world.exchange.on_dtr(id, true, world.now);
    }
    world.wait(2min);
    for (const ModemId id : ids) {
      CHECK(world.ask(id, "ATE0Q0V1").ends_with("OK"));
      CHECK_FALSE(world.exchange.in_call(id));
    }
    CHECK_FALSE(world.exchange.deadline().has_value());
    return out.str();
  };
  for (uint64_t seed = 1; seed <= 20; ++seed) CHECK(transcript(seed) == transcript(seed));
  CHECK(transcript(1) != transcript(2));
}
