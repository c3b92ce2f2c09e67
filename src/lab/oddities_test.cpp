// SPDX-License-Identifier: Apache-2.0
// Faults by name that come while it runs: retraining, other rates, words that nobody asked for,
// modems that leave the data state silently, outages of an area, and hostile peers.
#include <doctest/doctest.h>

#include "lab/test_bench.h"
#include "wire/hdlc.h"
#include "wire/ppp.h"

using namespace redial;
using namespace redial::lab;
using lab::test::Bench;

namespace {

Bytes lcp(wire::Code code) {
  Bytes octets;
  wire::encode(0xc021, wire::PacketWriter(code, 1).information().view(), {}, octets);
  return octets;
}

}  // namespace

TEST_CASE("retraining: nothing passes for its time, either way; nothing is lost and DCD stays") {
  Bench bench;
  bench.call();
  bench.type("under way", bench.home);
  bench.exchange.retrain(bench.office, 5s, bench.now);
  bench.type(" and later", bench.home);
  bench.type("hello", bench.office);
  CHECK(bench.wait(4900ms, bench.office).empty());
  CHECK(bench.wait(0s, bench.home).empty());
  CHECK(bench.dcd());
  CHECK(bench.wait(200ms, bench.office) == "under way and later");
  CHECK(bench.wait(0s, bench.home) == "hello");
  bench.exchange.retrain(ModemId{0}, 5s, bench.now);
  bench.exchange.drop_carrier(bench.home, bench.now);
  bench.exchange.retrain(bench.home, 5s, bench.now);  // without a call: nothing
  bench.call();
  bench.type("at once", bench.home);
  CHECK(bench.wait(100ms, bench.office) == "at once");
}

TEST_CASE("the rate falls to 1200 bit/s in mid-call, one way or both; the next call trains anew") {
  Bench bench;
  bench.call();
  const auto rate = [&](ModemId from, ModemId to) {
    bench.exchange.on_dte_octets(from, Bytes(120, 0x55), bench.now);
    const Instant sent = bench.now;
    std::string got;
    while (got.size() < 120) got += bench.wait(10ms, to);
    return bench.now - sent;
  };
  Channel slow = bench.exchange.channel(bench.home);
  slow.rate_bps = 1200;
  bench.exchange.set_channel(bench.home, slow);
  CHECK(rate(bench.home, bench.office) >= 1s);
  CHECK(rate(bench.office, bench.home) < 200ms);
  bench.exchange.set_channel(bench.home, slow, Ways::Both);
  CHECK(rate(bench.office, bench.home) >= 1s);
  CHECK(bench.exchange.channel(bench.office).rate_bps == 28800);
  bench.exchange.drop_carrier(bench.home, bench.now);
  slow.rate_bps = 28800;
  bench.exchange.set_channel(bench.home, slow, Ways::Both);
  bench.call();
  CHECK(rate(bench.office, bench.home) < 200ms);
}

TEST_CASE("an unsolicited line at every octet border of an echo and its result") {
  constexpr std::string_view kSaid = "AT\r\r\nOK\r\n", kWord = "\r\nRING\r\n";
  for (uint32_t after = 0; after <= kSaid.size(); ++after) {
    CAPTURE(after);
    Bench bench;
    bench.ask("ATE1");
    bench.exchange.interject(bench.home, kWord, after, bench.now);
    std::string heard = after == 0 ? bench.wait(0s, bench.home) : "";
    bench.type("AT\r", bench.home);
    heard += bench.wait(100ms, bench.home);
    CHECK(heard == std::string(kSaid).insert(after, kWord));
    bench.type("AT\r", bench.home);
    CHECK(bench.wait(100ms, bench.home) == kSaid);  // once
  }
}

TEST_CASE("an unsolicited line may split CONNECT, and waits through data for the next word") {
  Bench bench;
  bench.exchange.interject(bench.home, "\r\n+CREG: 1\r\n", 5, bench.now);
  CHECK(bench.ask("ATDT5552222", 10s) == "CON+CREG: 1NECT 28800");
  bench.exchange.interject(bench.home, "<RING>", 2, bench.now);
  bench.type("many octets of data", bench.office);
  CHECK(bench.wait(1s, bench.home) == "many octets of data");
  bench.exchange.drop_carrier(bench.home, bench.now);
  CHECK(bench.wait(0s, bench.home) == "\r\n<RING>NO CARRIER\r\n");
}

TEST_CASE("text in the midst of the data: NO CARRIER is said, and the carrier stays") {
  Bench bench;
  bench.exchange.say_in_data(bench.home, "\r\nOK\r\n", bench.now);
  CHECK(bench.wait(100ms, bench.home).empty());  // there are no data to say it in
  bench.call();
  bench.type("before", bench.office);
  CHECK(bench.wait(100ms, bench.office).empty());
  bench.exchange.say_in_data(bench.home, "\r\nNO CARRIER\r\n", bench.now);
  bench.type("after", bench.office);
  CHECK(bench.wait(100ms, bench.home) == "before\r\nNO CARRIER\r\nafter");
  CHECK(bench.exchange.in_call(bench.home));
  CHECK(bench.dcd());
  CHECK(bench.wait(1s, bench.office).empty());
}

TEST_CASE("AT typed in data goes down the line as data") {
  Bench bench;
  bench.call();
  bench.type("ATH\r", bench.home);
  CHECK(bench.wait(100ms, bench.office) == "ATH\r");
  CHECK(bench.exchange.in_call(bench.home));
}

TEST_CASE("it falls into command state without a word, the carrier stays: data are commands") {
  Bench bench;
  bench.ask("ATE1");
  CHECK(bench.ask("ATDT5552222", 10s) == "ATDT5552222CONNECT 28800");
  bench.exchange.fall_into_command_state(bench.home, /*carrier_stays=*/true, bench.now);
  CHECK(bench.wait(1s, bench.home).empty());
  CHECK(bench.dcd());
  CHECK(bench.ask("~}#!AT") == "~}#!ATOK");
  bench.wait(0s, bench.office);
  bench.type("kept", bench.office);
  CHECK(bench.wait(1s, bench.home).empty());
  CHECK(bench.ask("ATO") == "ATOCONNECT 28800kept");
  CHECK(bench.exchange.online(bench.home));
}

TEST_CASE("it loses the call without a word, and DCD stays until it is hung up") {
  Bench bench;
  bench.ask("ATE1");
  bench.exchange.fall_into_command_state(bench.home, false, bench.now);  // no call: nothing
  CHECK(bench.ask("ATDT5552222", 10s) == "ATDT5552222CONNECT 28800");
  bench.wait(0s, bench.office);
  bench.exchange.fall_into_command_state(bench.home, /*carrier_stays=*/false, bench.now);
  CHECK(bench.wait(0s, bench.home).empty());
  CHECK(bench.wait(0s, bench.office) == "\r\nNO CARRIER\r\n");
  CHECK(bench.dcd());
  CHECK_FALSE(bench.exchange.in_call(bench.home));
  CHECK(bench.ask("~}#!AT") == "~}#!ATOK");
  CHECK(bench.ask("ATH") == "ATHOK");
  CHECK_FALSE(bench.dcd());
}

TEST_CASE("blacklisted and delayed: switched on and off while it runs") {
  Bench bench;
  bench.exchange.set_fate("5552222", Fate::Busy);
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");
  bench.exchange.set_habits(bench.home, {.blacklist_after = 1}, bench.now);
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");
  CHECK(bench.ask("ATDT5552222", 10s) == "BLACKLISTED");
  bench.exchange.set_habits(bench.home, {.redial_delay = 60s}, bench.now);
  CHECK(bench.ask("ATDT5552222", 10s) == "DELAYED");
  bench.exchange.set_habits(bench.home, {}, bench.now);
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");
}

TEST_CASE("an area outage is every call's fate, whatever the numbers' own; then those again") {
  Bench bench;
  bench.exchange.set_fate_once("5552222", Fate::Busy, 1);
  bench.exchange.set_area(Fate::NoDialtone);
  CHECK(bench.ask("ATDT5552222", 10s) == "NO DIALTONE");
  CHECK(bench.ask("ATDT777", 10s) == "NO DIALTONE");
  bench.exchange.set_area(Fate::Reorder);
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");
  bench.exchange.set_area(std::nullopt);
  CHECK(bench.ask("ATDT5552222", 10s) == "BUSY");  // the one call that was set
  bench.call();
  bench.exchange.set_area(Fate::Silence);
  CHECK(bench.exchange.in_call(bench.home));
}

TEST_CASE("a mass outage drops every call at once, and no other line") {
  Bench bench;
  const ModemId third = bench.exchange.add_modem({.number = "5553333"}, bench.now);
  const ModemId fourth = bench.exchange.add_modem({.number = "5554444"}, bench.now);
  bench.ask("ATE0", 100ms, third);
  bench.ask("ATE0S0=1", 100ms, fourth);
  bench.call();
  CHECK(bench.ask("ATDT5554444", 10s, third) == "CONNECT 28800");
  bench.exchange.drop_all(bench.now);
  CHECK(bench.wait(0s, bench.home) == "\r\nNO CARRIER\r\n");
  CHECK(bench.wait(0s, third) == "\r\nNO CARRIER\r\n");
  CHECK_FALSE(bench.exchange.in_call(bench.office));
  CHECK_FALSE(bench.exchange.in_call(fourth));
  bench.exchange.drop_all(bench.now);
  bench.call();
}

TEST_CASE("a peer's manner works on data alone, at its own time, and ends when asked") {
  Bench bench;
  bench.exchange.set_manner(bench.office, Manner::LateAcks, bench.now);
  CHECK(bench.exchange.manner(bench.office) == Manner::LateAcks);
  CHECK(bench.ask("AT", 100ms, bench.office) == "OK");
  bench.call();
  const Bytes ack = lcp(wire::Code::ConfigureAck);
  bench.exchange.on_dte_octets(bench.office, ack, bench.now);
  CHECK(bench.wait(3900ms, bench.home).find('\xc0') == std::string::npos);
  CHECK(bench.wait(3s, bench.home).find('\xc0') != std::string::npos);
  bench.exchange.on_dte_octets(bench.office, ack, bench.now);
  bench.exchange.set_manner(bench.office, Manner::None, bench.now);
  CHECK(bench.wait(200ms, bench.home).find('\xc0') != std::string::npos);

  bench.exchange.set_manner(bench.office, Manner::Loopback, bench.now);
  bench.type("mirror", bench.home);
  bench.wait(100ms, bench.office);
  CHECK(bench.wait(100ms, bench.home) == "mirror");
  bench.exchange.set_manner(bench.office, Manner::SilentlyKilled, bench.now);
  bench.type("lost", bench.home);
  CHECK(bench.wait(1s, bench.office).empty());
  bench.exchange.drop_carrier(bench.office, bench.now);
  CHECK(bench.wait(0s, bench.office) == "\r\nNO CARRIER\r\n");
  bench.exchange.set_manner(bench.office, Manner::None, bench.now);
  bench.call();
  bench.type("well", bench.home);
  CHECK(bench.wait(1s, bench.office) == "well");
}

TEST_CASE("every fault is harmless in every state of a line, and the lines come back") {
  Rng dice(11);
  Bench bench;
  const auto any = [&] { return dice.below(2) == 0 ? bench.home : bench.office; };
  const auto fault = [&](uint64_t which, ModemId m) {
    Exchange& e = bench.exchange;
    const Instant now = bench.now;
    switch (which) {
      case 0: return e.retrain(m, dice.up_to(5s), now);
      case 1: return e.interject(m, "\r\nRING\r\n", static_cast<uint32_t>(dice.below(30)), now);
      case 2: return e.say_in_data(m, "\r\nOK\r\n", now);
      case 3: return e.fall_into_command_state(m, dice.chance(500'000), now);
      case 4: return e.set_manner(m, static_cast<Manner>(dice.below(kManners)), now);
      case 5: return e.set_area(dice.chance(500'000) ? std::optional(Fate::Busy) : std::nullopt);
      case 6: return dice.chance(100'000) ? e.drop_all(now) : e.drop_carrier(m, now);
      case 7: return e.set_channel(m, {.jitter = 1s}, Ways::Both);
      case 8: return e.freeze(m, dice.chance(300'000), dice.chance(300'000), now);
      case 9: return e.on_dtr(m, dice.chance(500'000), now);
      case 10: return e.power_cycle(m, now);
      case 11: return e.on_dte_octets(m, lcp(wire::Code::ConfigureRequest), now);
      case 12: return e.on_dte_octets(m, as_bytes("ATS0=1DT5552222\r"), now);
      case 13: return e.set_habits(m, {.loses_silently = dice.chance(500'000)}, now);
    }
    e.wedge(m, Cure::Reset, now);
  };
  for (int step = 0; step < 20'000; ++step) {
    fault(dice.below(step % 50 == 0 ? 15 : 14), any());
    bench.wait(dice.up_to(3s), any());
  }
  for (const ModemId modem : {bench.home, bench.office}) {
    bench.exchange.set_area(std::nullopt);
    bench.exchange.set_manner(modem, Manner::None, bench.now);
    bench.exchange.set_habits(modem, {}, bench.now);
    bench.exchange.set_channel(modem, {});
    bench.exchange.power_cycle(modem, bench.now);
    bench.exchange.on_dtr(modem, true, bench.now);
    bench.wait(10s, modem);
  }
  bench.ask("ATE0");
  bench.ask("ATE0S0=1", 100ms, bench.office);
  bench.call();
  bench.type("well", bench.home);
  CHECK(bench.wait(1s, bench.office) == "well");
}

TEST_CASE("a modem of other words does what it is told, and says so in words that nobody knows") {
  Bench bench;
  bench.give({.other_words = true});
  CHECK(bench.ask("AT") == "FINE");
  CHECK(bench.ask("ATDT5552222", 10s) == "FINE");
  CHECK(bench.exchange.online(bench.home));
}
