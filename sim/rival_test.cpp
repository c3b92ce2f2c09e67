// SPDX-License-Identifier: Apache-2.0
#include "sim/rival.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::sim;

namespace {

constexpr Costs kCosts{.set_up = 4s, .busy = 3s, .no_answer = 50s};
constexpr Duration kDay = 24h;
constexpr Instant kUp = Instant(1h);

Fault fault(FaultKind kind, Duration lasts = 0s, Duration after_up = 1h + 10s) {
  return {.at = kUp + after_up, .kind = kind, .link = 0, .lasts = lasts, .dice = 0};
}

Outcome outcome_of(RivalKind kind, const Fault& strike) {
  const auto rival = make_rival(kind);
  const auto trouble = trouble_of(strike, kUp);
  REQUIRE(trouble.has_value());
  return meet(*rival, *trouble, kCosts, kDay);
}

}  // namespace

TEST_CASE("a fault that the table does not have is no trouble, rather than a wrong row") {
  CHECK(!trouble_of(fault(FaultKind::Noise, 1min), kUp));
}

TEST_CASE("pppd: a lost carrier is known at once, and dialled after the hold-off of 30 s") {
  const Outcome outcome = outcome_of(RivalKind::Pppd, fault(FaultKind::CarrierLost));
  CHECK(outcome.noticed == 0s);
  CHECK(outcome.restored == 30s + kCosts.set_up);
  CHECK(outcome.attempts == 1);
}

TEST_CASE("pppd: the tenth attempt in a row that fails is the last") {
  // Attempts of 3 s, each after 30 s: the tenth begins after 327 s.
  CHECK(outcome_of(RivalKind::Pppd, fault(FaultKind::Busy, 327s)).restored == 331s);
  const Outcome given_up = outcome_of(RivalKind::Pppd, fault(FaultKind::Busy, 328s));
  CHECK(given_up.noticed == 0s);
  CHECK(!given_up.restored);
  CHECK(given_up.attempts == 10);
}

TEST_CASE("pppd: a link that comes up sets the count of failures back") {
  const auto pppd = make_rival(RivalKind::Pppd);
  for (int i = 0; i < 9; ++i) CHECK(pppd->next_try(Why::Busy, 0s) == 30s);
  pppd->on_up();
  for (int i = 0; i < 9; ++i) CHECK(pppd->next_try(Why::Busy, 0s) == 30s);
  CHECK(!pppd->next_try(Why::Busy, 0s));
}

TEST_CASE("pppd: chat waits 45 s for an answer, not as long as the modem") {
  const auto pppd = make_rival(RivalKind::Pppd);
  CHECK(pppd->attempt(Why::NoAnswer, kCosts) == 45s);
  CHECK(pppd->attempt(Why::NoAnswer, {.no_answer = 20s}) == 20s);
}

TEST_CASE(
    "pppd without echoes notices a half-open line when the line shows it, a hung modem never") {
  const Outcome open = outcome_of(RivalKind::Pppd, fault(FaultKind::HalfOpenTowards, 40min));
  CHECK(open.noticed == 40min);
  CHECK(open.restored == 40min + 30s + kCosts.set_up);
  CHECK(!outcome_of(RivalKind::Pppd, fault(FaultKind::WedgedReset)).noticed);
}

TEST_CASE("pppd with echoes every 30 s: given up with the one that would be the fifth unanswered") {
  // Struck 10 s after an echo: the next four are lost, 20, 50, 80 and 110 s later.
  const Outcome outcome = outcome_of(RivalKind::PppdEcho, fault(FaultKind::WedgedReset));
  CHECK(outcome.noticed == 140s);
  CHECK(outcome.restored == 140s + 6s + 30s + kCosts.set_up);
  // At the instant of an echo, that one is lost already.
  CHECK(outcome_of(RivalKind::PppdEcho, fault(FaultKind::WedgedReset, 0s, 1h)).noticed == 120s);
  // What shows itself earlier is noticed earlier.
  CHECK(outcome_of(RivalKind::PppdEcho, fault(FaultKind::LostInWords, 1min)).noticed == 1min);
}

TEST_CASE("a modem that only a power cycle brings back is dialled in vain, by all of them") {
  for (size_t i = 0; i < kRivals; ++i) {
    CHECK(!outcome_of(static_cast<RivalKind>(i), fault(FaultKind::WedgedPower)).restored);
  }
}

TEST_CASE("wvdial: a hang-up is dialled again after 5 s; short calls double it, up to 10 min") {
  CHECK(outcome_of(RivalKind::Wvdial, fault(FaultKind::CarrierLost)).restored == 9s);
  const auto wvdial = make_rival(RivalKind::Wvdial);
  CHECK(wvdial->next_try(Why::HungUp, 44s) == 5s);
  CHECK(wvdial->next_try(Why::HungUp, 44s) == 10s);
  for (int i = 0; i < 10; ++i) (void)wvdial->next_try(Why::PeerTerminated, 44s);
  CHECK(wvdial->next_try(Why::HungUp, 44s) == 10min);
  CHECK(wvdial->next_try(Why::HungUp, 45s) == 5s);
}

TEST_CASE("wvdial: a busy or unanswered number is dialled for ever, as fast as it goes") {
  const Outcome outcome = outcome_of(RivalKind::Wvdial, fault(FaultKind::Busy, 30min));
  CHECK(outcome.restored >= 30min);
  CHECK(outcome.restored <= 30min + 10s + kCosts.set_up);
  CHECK(outcome.attempts > 200);
}

TEST_CASE("wvdial: lost echoes, a refusal, a failed negotiation or a missing device end it") {
  const auto wvdial = make_rival(RivalKind::Wvdial);
  for (const Why why : {Why::EchoLost, Why::Refused, Why::SilentPeer, Why::DeviceMissing}) {
    CHECK(!wvdial->next_try(why, 1h));
  }
  const Outcome open = outcome_of(RivalKind::Wvdial, fault(FaultKind::HalfOpenTowards, 40min));
  CHECK(open.noticed == 140s);
  CHECK(!open.restored);
  // A device that is back before it is tried has not been missed.
  CHECK(outcome_of(RivalKind::Wvdial, fault(FaultKind::Vanishes, 4s)).restored == 9s);
  CHECK(!outcome_of(RivalKind::Wvdial, fault(FaultKind::Vanishes, 6s)).restored);
}

TEST_CASE("NetworkManager: four tries, of which the death is one, then five minutes of none") {
  const auto manager = make_rival(RivalKind::NetworkManager);
  CHECK(manager->next_try(Why::HungUp, 1h) == 0s);
  CHECK(manager->next_try(Why::Busy, 0s) == 0s);
  CHECK(manager->next_try(Why::Busy, 0s) == 0s);
  CHECK(manager->next_try(Why::Busy, 0s) == 300s);
  for (int i = 0; i < 3; ++i) CHECK(manager->next_try(Why::Busy, 0s) == 0s);
  CHECK(manager->next_try(Why::Busy, 0s) == 300s);
  // Three attempts of 3 s, 300 s, then one that succeeds.
  CHECK(outcome_of(RivalKind::NetworkManager, fault(FaultKind::Busy, 30s)).restored ==
        309s + kCosts.set_up);
}

TEST_CASE("NetworkManager: success gives it all four tries again") {
  const auto manager = make_rival(RivalKind::NetworkManager);
  for (int i = 0; i < 3; ++i) (void)manager->next_try(Why::Busy, 0s);
  manager->on_up();
  CHECK(manager->next_try(Why::HungUp, 1h) == 0s);
}

TEST_CASE("NetworkManager: a device that is back is dialled once it has been probed") {
  const Outcome outcome = outcome_of(RivalKind::NetworkManager, fault(FaultKind::Vanishes, 20min));
  CHECK(outcome.noticed == 0s);
  CHECK(outcome.restored == 20min + 12s + kCosts.set_up);
  CHECK(outcome.attempts == 1);
}

TEST_CASE("what happens after the horizon has not happened") {
  const auto pppd = make_rival(RivalKind::Pppd);
  const auto trouble = trouble_of(fault(FaultKind::HalfOpenTowards, 3h), kUp);
  REQUIRE(trouble.has_value());
  CHECK(!meet(*pppd, *trouble, kCosts, 2h).noticed);
}
