// SPDX-License-Identifier: Apache-2.0
#include "lab/hayes.h"

#include <doctest/doctest.h>

#include <utility>

using namespace redial;
using namespace redial::lab;

namespace {

/// One modem on the bench: its time, its screen, and what it does to its line.
struct Bench {
  HayesModem modem;
  Instant now{};
  std::string screen;
  std::vector<LineAction> line;

  explicit Bench(const ModemConfig& config = {}) : modem(config) {}

  void keep(HayesModem::Actions actions) {
    for (LineAction& action : actions) line.push_back(std::move(action));
  }
  void type(std::string_view text) {
    Bytes out;
    keep(modem.on_octets(as_bytes(text), now, out));
    screen += as_text(out);
  }
  void wait(Duration time) {
    const Instant until = now + time;
    while (modem.deadline() && *modem.deadline() <= until) {
      now = std::max(now, *modem.deadline());
      Bytes out;
      keep(modem.on_deadline(now, out));
      screen += as_text(out);
    }
    now = until;
  }
  /// What it says to a line, once it has thought about it.
  std::string ask(std::string_view text) {
    screen.clear();
    type(text);
    wait(100ms);
    return std::exchange(screen, "");
  }
  std::string heard(Tone tone) {
    Bytes out;
    keep(modem.on_tone(tone, now, out));
    return std::string(as_text(out));
  }
  std::string dtr(bool on) {
    Bytes out;
    keep(modem.on_dtr(on, out));
    return std::string(as_text(out));
  }
  std::string ring() {
    Bytes out;
    keep(modem.on_ring(now, out));
    return std::string(as_text(out));
  }
  std::string carrier(uint32_t rate_bps = 28800) {
    Bytes out;
    modem.on_carrier(rate_bps, now, out);
    return std::string(as_text(out));
  }
  void data(std::string_view text) { modem.on_data(as_bytes(text), now); }
  /// In data state, echo off, nothing on the screen.
  void go_online() {
    ask("ATE0DT1\r");
    carrier();
    line.clear();
  }
  LineAction last() const { return line.empty() ? LineAction{SeizeLine{}} : line.back(); }
};

const std::string kOk = "\r\nOK\r\n";
const std::string kError = "\r\nERROR\r\n";
const std::string kNoCarrier = "\r\nNO CARRIER\r\n";

}  // namespace

TEST_CASE("a command line is echoed as typed and answered in words, after a moment's thought") {
  Bench bench;
  bench.type("at\r");
  CHECK(bench.screen == "at\r");
  bench.wait(29ms);
  CHECK(bench.screen == "at\r");
  bench.wait(1ms);
  CHECK(bench.screen == "at\r\r\nOK\r\n");
  CHECK_FALSE(bench.modem.deadline().has_value());
}

TEST_CASE("E0 ends the echo, V0 the words, Q1 the answers") {
  Bench bench;
  CHECK(bench.ask("ATE0\r") == "ATE0\r" + kOk);
  CHECK(bench.ask("AT\r") == kOk);
  CHECK(bench.ask("ATV0\r") == "0\r");
  CHECK(bench.ask("ATE7\r") == "4\r");
  CHECK(bench.ask("ATQ1\r") == "");
  CHECK(bench.ask("ATQ0V1\r") == kOk);
}

TEST_CASE("garbage before AT is skipped, a backspace takes an octet back, blanks mean nothing") {
  Bench bench;
  bench.ask("ATE0\r");
  CHECK(bench.ask(std::string("\0~}#AAAT E0 V1 S0 = 0\r", 22)) == kOk);
  CHECK(bench.ask("ATE9\b0\r") == kOk);
  CHECK(bench.ask("\n\nhello\r") == "");
}

TEST_CASE("A/ repeats the last line at once, without a carriage return") {
  Bench bench;
  bench.ask("ATE0S0?\r");
  CHECK(bench.ask("A/") == "\r\n000\r\n\r\nOK\r\n");
}

TEST_CASE("what is malformed or out of range is an ERROR; so is a line of more than 255 octets") {
  Bench bench;
  bench.ask("ATE0\r");
  for (const char* line : {"AT5", "AT&", "AT\\", "ATE2", "ATX8", "AT&C2", "AT&D4", "ATS0=256",
                           "ATS300=1", "ATS8.8=1", "ATS8.1=2", "AT!", "ATH2", "AT&&C1"}) {
    CAPTURE(line);
    CHECK(bench.ask(std::string(line) + "\r") == kError);
  }
  CHECK(bench.ask("AT" + std::string(255, 'M') + "\r") == kOk);
  CHECK(bench.ask("AT" + std::string(256, 'M') + "\r") == kError);
  CHECK(bench.ask("AT\r") == kOk);
}

TEST_CASE("registers keep what is written; &F and Z restore what the factory set") {
  Bench bench;
  bench.ask("ATE0\r");
  CHECK(bench.ask("ATS7?\r") == "\r\n050\r\n" + kOk);
  CHECK(bench.ask("ATS7=60S0=2S7?S0?\r") == "\r\n060\r\n\r\n002\r\n" + kOk);
  CHECK(bench.ask("ATS12\r") == kOk);
  // A single bit, as U.S. Robotics and ZyXEL write it.
  CHECK(bench.ask("ATS8=0S8.3=1S8.0=1S8.3=0S8?\r") == "\r\n001\r\n" + kOk);
  CHECK(bench.ask("AT=20?\r") == "\r\n020\r\n" + kOk);
  CHECK(bench.ask("ATS95=47S200?\r") == "\r\n000\r\n" + kOk);
  CHECK(bench.ask("AT&FE0S7?\r") == "\r\n050\r\n" + kOk);
  bench.ask("ATS7=60\r");
  CHECK(bench.ask("ATZ\r") == kOk);
  CHECK(bench.ask("ATS7?\r") == "ATS7?\r\r\n050\r\n" + kOk);
}

TEST_CASE("results are framed by the octets of S3 and S4") {
  Bench bench;
  bench.ask("ATE0S3=13S4=32\r");
  CHECK(bench.ask("AT\r") == "\r OK\r ");
}

TEST_CASE("ATI tells the product") {
  Bench bench({.product = "Acme 28800"});
  bench.ask("ATE0\r");
  CHECK(bench.ask("ATI3\r") == "\r\nAcme 28800\r\n" + kOk);
}

TEST_CASE("octets that come while it thinks are kept for afterwards") {
  Bench bench;
  CHECK(bench.ask("ATE0\rATS7?\r") == "ATE0\r" + kOk + "\r\n050\r\n" + kOk);
}

TEST_CASE("ATD dials the digits, and only those; it takes as long as the tones take") {
  Bench bench;
  bench.ask("ATE0DT 0W,(555) 12-34\r");
  REQUIRE(std::holds_alternative<DialDigits>(bench.last()));
  const auto call = std::get<DialDigits>(bench.last());
  CHECK(call.digits == "05551234");
  CHECK(call.takes == 300ms + 300ms + 2s + 8 * 190ms);
  CHECK(bench.modem.last_dialled() == "05551234");
  CHECK(bench.modem.dials() == 1);
  CHECK(bench.screen.empty());
}

TEST_CASE("D alone and DL dial the last number again") {
  for (const char* again : {"ATD\r", "ATDL\r", "A/"}) {
    CAPTURE(again);
    Bench bench;
    bench.ask("ATE0DT5551234\r");
    bench.heard(Tone::Busy);
    bench.ask(again);
    CHECK(std::get<DialDigits>(bench.last()).digits == "5551234");
    CHECK(bench.modem.dials() == 2);
  }
}

TEST_CASE("a semicolon keeps the line and command state; the number goes on in the next ATD") {
  Bench bench;
  CHECK(bench.ask("ATE0DT0,555;\r") == "ATE0DT0,555;\r" + kOk);
  CHECK(bench.last() == LineAction{SeizeLine{}});
  bench.ask("ATD1234\r");
  CHECK(std::get<DialDigits>(bench.last()).digits == "05551234");
}

TEST_CASE("any octet from the computer abandons the call, but not what belongs to the line") {
  Bench bench;
  bench.type("ATE0DT1\r");
  bench.wait(60ms);
  bench.type("\n");
  CHECK(std::holds_alternative<DialDigits>(bench.last()));
  bench.wait(1s);
  CHECK(bench.ask("AT\r") == kNoCarrier);
  CHECK(bench.last() == LineAction{ReleaseLine{}});
  CHECK(bench.ask("AT\r") == kOk);
}

TEST_CASE("without carrier the call ends after S7: NO CARRIER, or NO ANSWER when @ was dialled") {
  for (const auto& [number, result] : {std::pair{"1", "NO CARRIER"}, {"1@", "NO ANSWER"}}) {
    Bench bench;
    bench.ask(std::string("ATE0S7=10DT") + number + "\r");
    bench.heard(Tone::Ringback);
    bench.screen.clear();
    bench.wait(10s);
    CHECK(bench.screen == "");
    bench.wait(1s);
    CHECK(bench.screen == "\r\n" + std::string(result) + "\r\n");
    CHECK(bench.last() == LineAction{ReleaseLine{}});
  }
}

TEST_CASE("some modems say NO ANSWER whenever it rang in vain") {
  Bench bench({.reports_no_answer = true});
  bench.ask("ATE0DT1\r");
  bench.heard(Tone::Ringback);
  bench.wait(60s);
  CHECK(bench.screen == "\r\nNO ANSWER\r\n");
}

TEST_CASE("X says which tones are heard: what is not heard ends with S7") {
  struct Case {
    const char* x;
    bool dialtone, busy;
  };
  for (const Case& c : {Case{"X0", false, false}, Case{"X1", false, false}, Case{"X2", true, false},
                        Case{"X3", false, true}, Case{"X4", true, true}}) {
    CAPTURE(c.x);
    const auto heard = [&](Tone tone) {
      Bench bench;
      bench.ask(std::string("ATE0") + c.x + "DT1\r");
      return bench.heard(tone);
    };
    CHECK(heard(Tone::NoDialtone) == (c.dialtone ? "\r\nNO DIALTONE\r\n" : ""));
    CHECK(heard(Tone::Busy) == (c.busy ? "\r\nBUSY\r\n" : ""));
    CHECK(heard(Tone::Reorder) == (c.busy ? "\r\nBUSY\r\n" : ""));
    CHECK(heard(Tone::Voice) == (c.busy ? "\r\nVOICE\r\n" : ""));
  }
}

TEST_CASE("W waits for the dial tone whatever X says, and the words are the vendor's") {
  Bench bench({.no_dialtone_text = "NO DIAL TONE"});
  bench.ask("ATE0X1DTW1\r");
  CHECK(bench.heard(Tone::NoDialtone) == "\r\nNO DIAL TONE\r\n");
}

TEST_CASE(
    "CONNECT tells the rate, except at X0; the suffix is the vendor's; numbers depend on it") {
  const auto connect = [](const char* settings, uint32_t rate_bps) {
    Bench bench({.connect_suffix = "/ARQ"});
    bench.ask(std::string("ATE0") + settings + "DT1\r");
    return bench.carrier(rate_bps);
  };
  CHECK(connect("X4", 28800) == "\r\nCONNECT 28800/ARQ\r\n");
  CHECK(connect("X0", 28800) == "\r\nCONNECT\r\n");
  CHECK(connect("V0", 2400) == "10\r");
  CHECK(connect("V0", 28800) == "64\r");
  CHECK(connect("V0", 12345) == "1\r");
  CHECK(connect("V0X0", 2400) == "1\r");
}

TEST_CASE("+++ between two silences leads to online command state; O leads back, H ends the call") {
  Bench bench;
  bench.go_online();
  bench.wait(1s);
  bench.data("+++");
  CHECK(bench.modem.online());
  bench.wait(1s);
  CHECK(bench.screen == kOk);
  CHECK_FALSE(bench.modem.online());
  CHECK(bench.modem.has_carrier());
  CHECK(bench.ask("ATDT2\r") == kError);
  CHECK(bench.ask("ATO\r") == "\r\nCONNECT 28800\r\n");
  CHECK(bench.modem.online());
  bench.wait(2s);
  bench.data("+");
  bench.data("++");
  bench.wait(2s);
  CHECK(bench.ask("ATH\r") == kOk);
  CHECK(bench.last() == LineAction{ReleaseLine{}});
  CHECK_FALSE(bench.modem.has_carrier());
  CHECK(bench.ask("ATO\r") == kNoCarrier);
}

TEST_CASE("+++ is data when octets touch it, when it is cut by a pause, or when S2 is above 127") {
  const auto stays_online = [](const char* settings, auto&& send) {
    Bench bench;
    bench.ask(std::string(settings) + "\r");
    bench.go_online();
    bench.wait(2s);
    send(bench);
    bench.wait(5s);
    return bench.modem.online();
  };
  const auto plain = [](Bench& bench) { bench.data("+++"); };
  CHECK_FALSE(stays_online("AT", plain));
  CHECK(stays_online("ATS2=128", plain));
  CHECK(stays_online("ATS2=45", plain));
  CHECK(stays_online("AT", [](Bench& b) { b.data("a+++"); }));
  CHECK(stays_online("AT", [](Bench& b) { b.data("++++"); }));
  CHECK(stays_online("AT", [](Bench& b) { b.data("a"), b.wait(999ms), b.data("+++"); }));
  CHECK(stays_online("AT", [](Bench& b) { b.data("+++"), b.wait(999ms), b.data("a"); }));
  CHECK(stays_online("AT", [](Bench& b) { b.data("++"), b.wait(1s), b.data("+"); }));
  const auto short_guard = [](Bench& b) { b.data("a"), b.wait(200ms), b.data("+++"); };
  CHECK_FALSE(stays_online("ATS12=10", short_guard));
  CHECK(stays_online("ATS12=50", short_guard));
}

TEST_CASE("S0 answers at that ring, counting anew for each caller; ATA answers when told") {
  Bench bench;
  bench.ask("ATE0S0=2\r");
  CHECK(bench.ring() == "\r\nRING\r\n");
  bench.modem.on_ring_stopped();
  CHECK(bench.ring() == "\r\nRING\r\n");
  CHECK(bench.line.empty());
  bench.ring();
  CHECK(bench.last() == LineAction{AnswerLine{}});
  CHECK(bench.carrier() == "\r\nCONNECT 28800\r\n");
  Bytes out;
  bench.modem.on_carrier_lost(out);
  bench.line.clear();
  bench.ring();
  CHECK(bench.line.empty());

  Bench manual;
  manual.ask("ATE0\r");
  manual.ring();
  CHECK(manual.ask("ATS1?\r") == "\r\n001\r\n" + kOk);
  CHECK(manual.line.empty());
  manual.ask("ATA\r");
  CHECK(manual.last() == LineAction{AnswerLine{}});
  manual.wait(60s);
  CHECK(manual.screen == kNoCarrier);
}

TEST_CASE("DTR falling hangs up with &D2, holds the call with &D1, means nothing with &D0") {
  const auto drop = [](const char* setting) {
    Bench bench;
    bench.ask(std::string("AT") + setting + "\r");
    bench.go_online();
    const std::string said = bench.dtr(false);
    const bool released = std::ranges::count(bench.line, LineAction{ReleaseLine{}}) == 1;
    return std::tuple(said, released, bench.modem.online());
  };
  CHECK(drop("&D2") == std::tuple(kNoCarrier, true, false));
  CHECK(drop("&D1") == std::tuple(kOk, false, false));
  CHECK(drop("&D0") == std::tuple("", false, true));
}

TEST_CASE("&D3 is &D2 and the factory settings") {
  Bench bench;
  bench.ask("ATE0&D3S7=60\r");
  bench.dtr(false);
  CHECK(bench.ask("ATS7?\r") == "ATS7?\r\r\n050\r\n" + kOk);
}

TEST_CASE(
    "DTR falling abandons a call that is being dialled, says nothing in command state, and "
    "forbids automatic answers") {
  Bench bench;
  bench.ask("ATE0S0=1DT1\r");
  CHECK(bench.dtr(false) == kNoCarrier);
  CHECK(bench.last() == LineAction{ReleaseLine{}});
  CHECK(bench.dtr(true) == "");
  bench.line.clear();
  CHECK(bench.dtr(false) == "");
  bench.ring();
  CHECK(bench.line.empty());
  bench.dtr(true);
  bench.ring();
  CHECK(bench.last() == LineAction{AnswerLine{}});
}

TEST_CASE("a line that is being thought about when DTR falls is not carried out") {
  Bench bench;
  bench.type("ATDT1\r");
  bench.dtr(false);
  bench.wait(1s);
  CHECK(bench.line.empty());
  CHECK(bench.modem.dials() == 0);
}

TEST_CASE("&C0 shows carrier always, &C1 when there is one") {
  Bench bench;
  CHECK_FALSE(bench.modem.dcd());
  bench.ask("AT&C0\r");
  CHECK(bench.modem.dcd());
  bench.ask("AT&C1\r");
  bench.go_online();
  CHECK(bench.modem.dcd());
  Bytes out;
  bench.modem.on_carrier_lost(out);
  CHECK(as_text(out) == kNoCarrier);
  CHECK_FALSE(bench.modem.dcd());
}

TEST_CASE("H1 takes the line, H0 gives it back; nothing is told twice") {
  Bench bench;
  bench.ask("ATH1H1\r");
  CHECK(bench.line == std::vector<LineAction>{SeizeLine{}});
  bench.ask("ATH\r");
  CHECK(bench.last() == LineAction{ReleaseLine{}});
  bench.ask("ATH1H0H1H0H1H0H1H0H1DT1\r");
  CHECK(std::holds_alternative<DialDigits>(bench.last()));
}

TEST_CASE("after so many failed calls a number is BLACKLISTED; tried again too soon, DELAYED") {
  Bench bench({.habits = {.blacklist_after = 2}});
  bench.ask("ATE0\r");
  for (int i = 0; i < 2; ++i) {
    bench.ask("ATDT1\r");
    CHECK(bench.heard(Tone::Busy) == "\r\nBUSY\r\n");
  }
  CHECK(bench.ask("ATDT1\r") == "\r\nBLACKLISTED\r\n");
  CHECK(bench.ask("ATDT2\r") == "");
  bench.heard(Tone::Busy);
  bench.wait(2h);
  CHECK(bench.ask("ATDT1\r") == "");

  Bench slow({.habits = {.redial_delay = 60s}});
  slow.ask("ATE0DT1\r");
  slow.heard(Tone::Busy);
  CHECK(slow.ask("ATDT1\r") == "\r\nDELAYED\r\n");
  slow.wait(60s);
  CHECK(slow.ask("ATDT1\r") == "");
}

TEST_CASE("a power cycle brings the factory settings and an idle line") {
  Bench bench;
  bench.ask("ATS7=60\r");
  bench.go_online();
  bench.modem.power_cycle();
  CHECK_FALSE(bench.modem.has_carrier());
  CHECK(bench.ask("ATS7?\r") == "ATS7?\r\r\n050\r\n" + kOk);
}

TEST_CASE("whatever is typed, it answers the next AT line once it is given the chance") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Rng rng(seed);
    Bench bench;
    constexpr std::string_view kAlphabet = "ATDEHSOZIQV&\\%=?+;/0129\r\r\r\b L";
    for (int i = 0; i < 60; ++i) {
      std::string text;
      for (uint64_t n = 1 + rng.below(8); n > 0; --n)
        text += kAlphabet[rng.below(kAlphabet.size())];
      if (!bench.modem.online()) bench.type(text);
      bench.wait(rng.up_to(300ms));
    }
    bench.wait(300s);
    bench.type("\r");
    bench.wait(300s);
    CAPTURE(seed);
    CHECK(bench.ask("AT&FE0Q0V1\r").ends_with(kOk));
  }
}
