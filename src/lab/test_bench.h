// SPDX-License-Identifier: Apache-2.0
// An exchange with two modems, and somebody who types at both.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "lab/exchange.h"

namespace redial::lab::test {

/// Two modems, echo off; the second one answers at the first ring.
struct Bench {
  Exchange exchange{7};
  Instant now{};
  ModemId home, office;

  Bench()
      : home(exchange.add_modem({.number = "5551111"}, now)),
        office(exchange.add_modem({.number = "5552222"}, now)) {
    ask("ATE0");
    ask("ATE0S0=1", 100ms, office);
  }
  std::string wait(Duration time, ModemId which) {
    const Instant until = now + time;
    Bytes heard;
    exchange.drain(which, heard, now);
    while (exchange.deadline() && *exchange.deadline() <= until) {
      now = std::max(now, *exchange.deadline());
      exchange.on_deadline(now);
      exchange.drain(which, heard, now);
    }
    now = until;
    return std::string(as_text(heard));
  }
  void type(std::string_view text, ModemId which) {
    exchange.on_dte_octets(which, as_bytes(text), now);
  }
  /// Types a line; what the modem said by then, without line ends.
  std::string ask(std::string_view text, Duration time, ModemId which) {
    wait(0s, which);
    type(std::string(text) + "\r", which);
    std::string said = wait(time, which);
    std::erase_if(said, [](char c) { return c == '\r' || c == '\n'; });
    return said;
  }
  std::string ask(std::string_view text, Duration time = 100ms) { return ask(text, time, home); }
  void call() {
    REQUIRE(ask("ATDT5552222", 10s) == "CONNECT 28800");
    wait(0s, office);
  }
  void give(Habits habits) { exchange.set_habits(home, habits, now); }
  bool dcd() const { return exchange.signals(home).dcd; }
};

}  // namespace redial::lab::test
