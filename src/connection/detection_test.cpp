// SPDX-License-Identifier: Apache-2.0
#include "connection/detection.h"

#include <doctest/doctest.h>

#include "ppp/keepalive.h"

using namespace redial;
using namespace redial::connection;
using phonebook::Entry;

namespace {

constexpr LineTraits kModem = {.open_within = 1s,
                               .command_within = 6s,
                               .initialise_within = 20s,
                               .notice_within = 1s,
                               .hang_up_within = 12s};

LineTraits strapped() {
  LineTraits line = kModem;
  line.carrier_detect = false;
  return line;
}
LineTraits cable() { return {.has_modem = false, .carrier_detect = false}; }

ppp::SessionConfig session_of(const Entry& entry) {
  ppp::SessionConfig session;
  session.keepalive = keepalive_of(entry.watch);
  return session;
}
Duration bound(const Entry& entry, const LineTraits& line, Failure failure) {
  const auto within = noticed_within(detection(entry, session_of(entry), line), failure);
  REQUIRE(within.has_value());
  return *within;
}

/// How long a peer that dies at 0 goes unnoticed when every wake comes `late`.
Duration measured(const ppp::KeepaliveConfig& config, Duration round_trip, Duration late) {
  ppp::Keepalive keepalive(config);
  Instant now(1h);
  keepalive.start(now);
  if (round_trip > 0s) {  // one answered probe tells the round trip
    now = *keepalive.deadline();
    static_cast<void>(keepalive.on_deadline(now));
    now += round_trip;
    keepalive.on_reply(0, now);
    keepalive.on_life(now);
  }
  const Instant died = now;
  for (;;) {
    now = keepalive.deadline().value() + late;
    for (const ppp::KeepaliveAction& action : keepalive.on_deadline(now)) {
      if (std::holds_alternative<ppp::PeerDead>(action)) return now - died;
    }
  }
}

TEST_CASE("a dropped call is noticed within 0.1 s by DCD, within about a second without") {
  const Entry entry;
  CHECK(bound(entry, kModem, Failure::ModemHangsUp) <= 100ms);
  CHECK(bound(entry, strapped(), Failure::ModemHangsUp) <= 1100ms);
}

TEST_CASE("a cable without circuits promises nothing about a carrier it has not") {
  const Entry entry;
  const auto rows = detection(entry, session_of(entry), cable());
  CHECK(!noticed_within(rows, Failure::ModemHangsUp));
  CHECK(!noticed_within(rows, Failure::ModemSilent));
  CHECK(!noticed_within(rows, Failure::NoCarrier));
  CHECK(noticed_within(rows, Failure::PeerDies) == 20s);
}

TEST_CASE("a dead peer is noticed within 20 s by default, and the promise is kept by Keepalive") {
  const Entry entry;
  CHECK(bound(entry, kModem, Failure::PeerDies) <= 20s);
  for (const Duration round_trip : {0ms, 50ms, 300ms, 700ms}) {
    for (const Duration late : {0ms, 1ms, 10ms}) {
      CAPTURE(to_text(round_trip));
      CHECK(measured(keepalive_of(entry.watch), round_trip, late) <= 20s);
    }
  }
}

TEST_CASE("a slow line prints a longer bound, and that is kept as well") {
  Entry entry;
  entry.watch.round_trip_max = 3s;
  CHECK(bound(entry, kModem, Failure::PeerDies) == 5s + 21 * Duration(3s) + kProbeSlack);
  for (const Duration round_trip : {Duration(0s), Duration(1s), Duration(3s)}) {
    CHECK(measured(keepalive_of(entry.watch), round_trip, 10ms) <=
          bound(entry, kModem, Failure::PeerDies));
  }
}

TEST_CASE("whatever an entry sets, probes are a round trip apart and as many as it says") {
  for (const Duration bound_wanted : {Duration(2s), Duration(10s), Duration(60s)}) {
    for (const Duration round_trip : {Duration(10ms), Duration(700ms), Duration(5s)}) {
      phonebook::WatchSettings watch;
      watch.dead_peer_bound = bound_wanted;
      watch.round_trip_max = round_trip;
      const ppp::KeepaliveConfig config = keepalive_of(watch);
      CHECK(config.spacing(0s) >= round_trip);
      CHECK(config.probes == watch.probes);
    }
  }
}

TEST_CASE("every failure but the established link's is bounded by the attempt's watchdog") {
  const Entry entry;
  const auto rows = detection(entry, session_of(entry), kModem);
  CHECK(rows.size() == kFailures);
  const Duration watchdog = *noticed_within(rows, Failure::AttemptStuck);
  for (const WatchedBy& row : rows) {
    CAPTURE(name(row.failure));
    CHECK(!row.by.empty());
    CHECK(row.bound > 0s);
    CHECK(row.bound <= watchdog);
  }
}

TEST_CASE("answered without PPP is noticed when the Configure-Requests are used up") {
  const Entry entry;
  CHECK(bound(entry, kModem, Failure::NoPpp) == entry.login_within + 30s + kWakeSlack);
  ppp::SessionConfig session = session_of(entry);
  session.restart.period = 500ms;
  session.restart.configure_max = 4;
  CHECK(noticed_within(detection(entry, session, kModem), Failure::NoPpp) ==
        entry.login_within + 2s + kWakeSlack);
}

TEST_CASE("scripts, greetings and the user's terminal before PPP have their bounds, and add up") {
  Entry entry;
  entry.login_within = 5s;
  connection::LineTraits line = kModem;
  CHECK(before_ppp_bound(entry, line) == 5s);
  entry.script_steps = {{}};
  entry.script_within = 1min;
  line.greeting_within = 20s;
  CHECK(before_ppp_bound(entry, line) == 85s);
  entry.terminal = true;
  CHECK(before_ppp_bound(entry, line) == 685s);
}

TEST_CASE("number to carrier is bounded by dial_within") {
  Entry entry;
  entry.dial_within = 90s;
  CHECK(bound(entry, kModem, Failure::NoCarrier) == 90s + kWakeSlack);
}

TEST_CASE("every cause of failure belongs to a failure that has a bound on a modem line") {
  const Entry entry;
  const auto rows = detection(entry, session_of(entry), kModem);
  for (size_t i = 0; i < kCauses; ++i) {
    const auto code = static_cast<CauseCode>(i);
    CAPTURE(name(code));
    const auto failure = failure_of(code, Phase::Up);
    const bool wanted = origin(code) == Origin::User || origin(code) == Origin::Policy ||
                        code == CauseCode::ServiceStopping || code == CauseCode::Unsupported;
    CHECK(failure.has_value() != wanted);
    if (failure) CHECK(noticed_within(rows, *failure).has_value());
  }
}

TEST_CASE("restored: the pause or the hang-up, whichever is longer, and one attempt") {
  const Entry entry;
  const ppp::SessionConfig session = session_of(entry);
  const Duration attempt = attempt_bound(entry, session, kModem);
  CHECK(attempt >= kModem.open_within + kModem.initialise_within + entry.dial_within);
  CHECK(restore_bound(entry, session, kModem, PauseReason::LinkFailure) ==
        tear_down_bound(session, kModem) + attempt + kWakeSlack);
  CHECK(restore_bound(entry, session, kModem, PauseReason::AuthHold) ==
        15min + attempt + kWakeSlack);
  LineTraits three = kModem;
  three.lines = 3;
  CHECK(restore_bound(entry, session, three, PauseReason::AuthHold) ==
        15min + kModem.open_within * 2 + attempt + kWakeSlack);
}

TEST_CASE("the longest first pause is what the schedule can draw, never less") {
  phonebook::RedialSettings settings;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Rng rng(seed);
    const Instant now(1h);
    const auto drawn = [&](Action action, std::optional<Duration> was_up) {
      return *Schedule().on_ended(action, was_up, settings, now, rng).at - now;
    };
    CHECK(drawn(Action::Redial, {}) <= first_pause(PauseReason::BackOff, settings));
    CHECK(drawn(Action::Restore, 5min) <= first_pause(PauseReason::LinkFailure, settings));
    CHECK(drawn(Action::HoldAuth, {}) == first_pause(PauseReason::AuthHold, settings));
  }
}

}  // namespace
