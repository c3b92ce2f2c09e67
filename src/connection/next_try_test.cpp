// SPDX-License-Identifier: Apache-2.0
// Which number and line is next, and when: walks, holds, limits, hours, budgets, demand.
#include <doctest/doctest.h>

#include "connection/supervisor.h"

using namespace redial;
using namespace redial::connection;
using phonebook::Entry;
using phonebook::to_window;

namespace {

constexpr Instant kStart = Instant(24h);  // a Monday, 00:00 local
constexpr Calendar kCalendar{kStart, WallTime{Duration(96h).count()}};
Instant at(Duration after) { return kStart + after; }

template <class T>
const T* find(const Supervisor::Actions& actions) {
  for (const SupervisorAction& action : actions) {
    if (const T* found = std::get_if<T>(&action)) return found;
  }
  return nullptr;
}

Entry with_numbers(size_t count) {
  Entry entry;
  entry.numbers.resize(count);
  return entry;
}

/// One link whose calls end as the test says; time moves from one to the next.
struct Bench {
  Entry entry;
  Supervisor supervisor;
  Instant now = at(0s);
  std::optional<PlaceCall> placed;
  std::optional<NextTry> next;
  std::optional<Resting> resting;
  std::optional<Learned> learned;
  bool armed = false;

  explicit Bench(Entry from, uint64_t seed = 1)
      : entry(std::move(from)), supervisor(entry, 2min, Rng(seed)) {
    supervisor.set_calendar(kCalendar);
  }
  void take(const Supervisor::Actions& actions) {
    if (const auto* found = find<PlaceCall>(actions)) placed = *found;
    if (const auto* found = find<NextTry>(actions)) next = *found;
    if (const auto* found = find<Resting>(actions)) resting = *found;
    if (const auto* found = find<Learned>(actions)) learned = *found;
    if (find<Armed>(actions)) armed = true;
  }
  void dial() { take(supervisor.want_up(now)); }
  /// The call now placed ends so; the pause passes. Returns the pause.
  Duration fails(CauseCode code, Phase phase = Phase::Dialing, bool spare_lines = false) {
    take(supervisor.on_phase(phase, now));
    next.reset();
    take(supervisor.on_cause({code, ""}, now, spare_lines));
    take(supervisor.on_released(now));
    return pass();
  }
  Duration pass() {
    const auto due = supervisor.deadline();
    if (!due || !next) return Duration::max();
    if (supervisor.phase() != Phase::Waiting) return 0s;  // dialled at once
    const Instant before = std::exchange(now, std::max(now, *due));
    take(supervisor.on_deadline(now));
    return now - before;
  }
  void connects() {
    for (const Phase phase : {Phase::Dialing, Phase::Establishing, Phase::Up}) {
      take(supervisor.on_phase(phase, now));
    }
    REQUIRE(supervisor.phase() == Phase::Up);
  }
};

// ---- alternate numbers ---------------------------------------------------------------------

TEST_CASE("TryNextAlternateOnFail: all numbers are dialled within one try, then the pause runs") {
  Bench bench(with_numbers(3));
  bench.dial();
  for (uint16_t number = 1; number < 3; ++number) {
    CHECK(bench.fails(CauseCode::Busy) == Schedule::kNextNumberPause);
    CHECK(bench.next->reason == PauseReason::NextNumber);
    CHECK(bench.placed->number_index == number);
    CHECK(bench.placed->attempt == 1);
  }
  bench.fails(CauseCode::Busy);
  CHECK(bench.next->reason == PauseReason::BackOff);
  CHECK(bench.placed->number_index == 0);
  CHECK(bench.placed->attempt == 2);
}

TEST_CASE("TryNextAlternateOnFail=0: only the first number is dialled") {
  Entry entry = with_numbers(3);
  entry.try_next_alternate = false;
  Bench bench(entry);
  bench.dial();
  bench.fails(CauseCode::Blacklisted);
  CHECK(bench.next->reason == PauseReason::NumberHold);
  CHECK(bench.placed->number_index == 0);
}

TEST_CASE("RedialAttempts counts tries, not numbers") {
  Entry entry = with_numbers(4);
  entry.redial.attempts = 1;
  entry.redial.give_up = true;
  Bench bench(entry);
  bench.dial();
  int calls = 1;
  for (; !bench.resting; ++calls) bench.fails(CauseCode::NoAnswer);
  CHECK(calls - 1 == 8);
}

TEST_CASE("where somebody was reached, another number is no luckier") {
  for (const auto& [code, phase] : {std::pair{CauseCode::PppNoResponse, Phase::Establishing},
                                    std::pair{CauseCode::AuthRejected, Phase::Authenticating},
                                    std::pair{CauseCode::ModemSilent, Phase::Preparing}}) {
    Bench bench(with_numbers(2));
    bench.dial();
    bench.fails(code, phase);
    CHECK(bench.next->reason != PauseReason::NextNumber);
    CHECK(bench.placed->number_index == 0);
  }
}

TEST_CASE("LastSelectedPhone is dialled first, then the others in their order") {
  Entry entry = with_numbers(4);
  entry.first_number = 2;
  Bench bench(entry);
  bench.dial();
  std::string walk = std::to_string(bench.placed->number_index);
  for (int i = 0; i < 4; ++i) {
    bench.fails(CauseCode::Busy);
    walk += std::to_string(bench.placed->number_index);
  }
  CHECK(walk == "20132");
}

TEST_CASE("PromoteAlternates: the number that connected is the first from then on, and is told") {
  Entry entry = with_numbers(3);
  entry.promote_alternates = true;
  Bench bench(entry);
  bench.dial();
  bench.fails(CauseCode::Busy);
  bench.fails(CauseCode::Busy);
  bench.connects();
  CHECK(bench.learned == Learned{2});
  bench.now += 10min;
  bench.fails(CauseCode::CarrierLost, Phase::Up);
  CHECK(bench.placed->number_index == 2);
  bench.fails(CauseCode::Busy);
  CHECK(bench.placed->number_index == 0);
}

TEST_CASE("without PromoteAlternates the next try begins at the top again") {
  Bench bench(with_numbers(2));
  bench.dial();
  bench.fails(CauseCode::Busy);
  bench.connects();
  CHECK(!bench.learned);
  bench.now += 10min;
  bench.fails(CauseCode::CarrierLost, Phase::Up);
  CHECK(bench.placed->number_index == 0);
}

// ---- holds and limits ----------------------------------------------------------------------

TEST_CASE("a refused number is held 1 h, doubling to 6 h") {
  Bench bench(with_numbers(1));
  bench.dial();
  for (const Duration hold : {Duration(1h), Duration(2h), Duration(4h), Duration(6h)}) {
    CHECK(bench.fails(CauseCode::Delayed) == hold);
    CHECK(bench.next->reason == PauseReason::NumberHold);
  }
}

TEST_CASE("a blacklisted number is left out; the others go on as if it were not there") {
  Bench bench(with_numbers(3));
  bench.dial();
  bench.fails(CauseCode::Busy);
  bench.fails(CauseCode::Blacklisted);
  const Instant refused = bench.now;
  for (int i = 0; i < 8 && bench.now < refused + 50min; ++i) {
    CHECK(bench.placed->number_index != 1);
    bench.fails(CauseCode::Busy);
  }
}

TEST_CASE(
    "a number that cannot be dialled rests alone; when all are such, the entry awaits an edit") {
  Bench bench(with_numbers(2));
  bench.dial();
  bench.fails(CauseCode::BadNumber);
  CHECK(bench.placed->number_index == 1);
  bench.fails(CauseCode::Busy);
  CHECK(bench.placed->number_index == 1);
  bench.fails(CauseCode::BadNumber);
  CHECK(bench.resting == Resting{Action::AwaitEdit});
}

TEST_CASE("hold.busy keeps the number, hold.peer and hold.no_dial_tone the whole link") {
  Entry entry = with_numbers(2);
  entry.hold.busy = 20min;
  entry.hold.peer = 7min;
  entry.hold.no_dial_tone = 9min;
  Bench bench(entry);
  bench.dial();
  bench.fails(CauseCode::Busy);
  CHECK(bench.placed->number_index == 1);
  CHECK(bench.fails(CauseCode::PppNoResponse, Phase::Establishing) == 7min);
  CHECK(bench.next->reason == PauseReason::CauseHold);
  CHECK(bench.placed->number_index == 1);
  CHECK(bench.fails(CauseCode::NoDialTone) == 9min);
}

TEST_CASE("a hold for a cause is no hold for the death of a good link") {
  Entry entry = with_numbers(1);
  entry.hold.peer = 1h;
  Bench bench(entry);
  bench.dial();
  bench.connects();
  bench.now += 10min;
  CHECK(bench.fails(CauseCode::PeerTerminated, Phase::Up) <= 1s);
}

TEST_CASE("attempts_per_hour: the limit is announced, and another number is dialled meanwhile") {
  Entry entry = with_numbers(1);
  entry.redial.pause = 1s;
  entry.redial.attempts_per_hour = 5;
  Bench bench(entry);
  bench.dial();
  for (int i = 0; i < 4; ++i) CHECK(bench.fails(CauseCode::NoAnswer) == 1s);
  CHECK(bench.fails(CauseCode::NoAnswer) > 59min);
  CHECK(bench.next->reason == PauseReason::HourLimit);
}

TEST_CASE("property: never more failed attempts of a number in an hour than the limit") {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Rng dice(seed);
    Entry entry = with_numbers(1 + dice.below(4));
    entry.redial.attempts_per_hour = static_cast<uint32_t>(1 + dice.below(15));
    entry.redial.pause = 100ms + dice.up_to(3min);
    entry.redial.good_call = 1s;
    Bench bench(entry, seed);
    bench.dial();
    std::vector<std::vector<Instant>> failed(entry.numbers.size());
    for (int call = 0; call < 300; ++call) {
      constexpr CauseCode kCodes[] = {CauseCode::Busy, CauseCode::NoAnswer, CauseCode::Delayed,
                                      CauseCode::PppTimeout, CauseCode::CarrierLost};
      const uint16_t number = bench.placed->number_index;
      bench.now += dice.up_to(60s);
      if (dice.below(8) == 0) {
        bench.connects();
        bench.now += dice.up_to(2min);
        bench.fails(CauseCode::CarrierLost, Phase::Up);
        continue;
      }
      auto& times = failed[number];
      times.push_back(bench.now);
      const size_t limit = *entry.redial.attempts_per_hour;
      if (times.size() > limit) REQUIRE(times.back() - times[times.size() - 1 - limit] >= 1h);
      bench.fails(kCodes[dice.below(5)]);
      REQUIRE(!bench.resting);
    }
  }
}

// ---- lines ---------------------------------------------------------------------------------

TEST_CASE("a missing device gives way to the next line within the same try, at once") {
  Bench bench(with_numbers(2));
  bench.dial();
  CHECK(bench.fails(CauseCode::DeviceMissing, Phase::Opening, true) == 0s);
  CHECK(bench.placed == PlaceCall{1, 0, true});
  bench.fails(CauseCode::DeviceMissing, Phase::Opening, false);
  CHECK(bench.next->reason == PauseReason::BackOff);
  CHECK(bench.placed == PlaceCall{2, 0, false});
}

// ---- sessions, hours, budgets --------------------------------------------------------------

TEST_CASE("attempts_per_hour counts by number: the next line does not dial one that is used up") {
  Entry entry = with_numbers(1);
  entry.redial.attempts_per_hour = 3;
  Bench bench(entry);
  bench.dial();
  for (int failed = 1; failed < 3; ++failed) {
    bench.fails(CauseCode::NoDialTone, Phase::Dialing, true);
    CHECK(bench.next->reason == PauseReason::NextLine);
  }
  CHECK(bench.fails(CauseCode::NoDialTone, Phase::Dialing, true) == 1h);
  CHECK(bench.next->reason == PauseReason::HourLimit);
}

TEST_CASE("session_limit ends the call and rests; with session_redial a fresh call follows") {
  for (const bool redial : {false, true}) {
    Entry entry = with_numbers(1);
    entry.session_limit = 2h;
    entry.session_redial = redial;
    Bench bench(entry);
    bench.dial();
    bench.connects();
    CHECK(bench.supervisor.deadline() == at(2h));
    bench.now = at(2h);
    const auto actions = bench.supervisor.on_deadline(bench.now);
    bench.take(actions);
    CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::SessionLimit);
    CHECK(bool(bench.resting) == !redial);
    if (redial) CHECK(bench.next->at - bench.now <= 1s);
  }
}

TEST_CASE("a window that closes ends the link, and the next one dials; no failure is counted") {
  Entry entry = with_numbers(1);
  entry.windows = {*to_window("08:00-18:00")};
  Bench bench(entry);
  bench.dial();
  CHECK(!bench.placed);
  CHECK(bench.next == NextTry{at(8h), PauseReason::Hours, 1});
  bench.pass();
  CHECK(bench.now == at(8h));
  bench.connects();
  CHECK(bench.supervisor.deadline() == at(18h));
  bench.now = at(18h);
  const auto actions = bench.supervisor.on_deadline(bench.now);
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::OutsideWindow);
  CHECK(bench.next == NextTry{at(32h), PauseReason::Hours, 1});
}

TEST_CASE("window_hangs_up = false: a call may go on, but none begins outside") {
  Entry entry = with_numbers(1);
  entry.windows = {*to_window("00:00-18:00")};
  entry.window_hangs_up = false;
  Bench bench(entry);
  bench.dial();
  bench.connects();
  CHECK(!bench.supervisor.deadline());
  bench.now = at(20h);
  CHECK(bench.fails(CauseCode::CarrierLost, Phase::Up) == 4h);
}

TEST_CASE("back-off inside a window ends where the window does") {
  Entry entry = with_numbers(1);
  entry.windows = {*to_window("Mon 00:00-00:01"), *to_window("Wed")};
  entry.redial.pause = 40s;
  Bench bench(entry);
  bench.dial();
  CHECK(bench.fails(CauseCode::Busy) == 40s);
  CHECK(bench.fails(CauseCode::Busy) == 48h - 40s);
  CHECK(bench.next->reason == PauseReason::Hours);
}

TEST_CASE("a clock that is set moves the opening") {
  Entry entry = with_numbers(1);
  entry.windows = {*to_window("08:00-18:00")};
  Bench bench(entry);
  bench.dial();
  const Calendar later{at(1h), WallTime{Duration(96h + 7h).count()}};
  bench.take(bench.supervisor.on_calendar(later, at(1h)));
  CHECK(bench.next->at == at(2h));
  CHECK(bench.supervisor.deadline() == at(2h));
}

TEST_CASE("a clock that is set shortens a pause to what it was for, and says so") {
  Entry entry = with_numbers(1);
  entry.windows = {*to_window("08:00-18:00")};
  entry.redial.auth_hold = 15min;
  Bench bench(entry);
  bench.now = at(17h + 50min);
  bench.dial();
  bench.take(bench.supervisor.on_phase(Phase::Authenticating, bench.now));
  bench.take(bench.supervisor.on_cause({CauseCode::AuthRejected, ""}, bench.now));
  CHECK(bench.next == NextTry{at(32h), PauseReason::Hours, 1});
  // An hour back: the window is open for longer than the hold.
  const Calendar earlier{at(17h + 55min), WallTime{Duration(96h + 16h + 55min).count()}};
  bench.take(bench.supervisor.on_calendar(earlier, at(17h + 55min)));
  CHECK(bench.next->at == at(18h + 5min));
  CHECK(bench.next->reason == PauseReason::AuthHold);
}

TEST_CASE("budget.minutes: the call ends when they are used, and midnight gives new ones") {
  Entry entry = with_numbers(1);
  entry.budget.minutes = 90;
  Bench bench(entry);
  bench.now = at(10h);
  bench.dial();
  bench.connects();
  bench.now = at(11h);
  bench.fails(CauseCode::CarrierLost, Phase::Up);
  bench.now = at(12h);
  bench.connects();
  CHECK(bench.supervisor.deadline() == at(12h + 30min));
  bench.now = at(12h + 30min);
  const auto actions = bench.supervisor.on_deadline(bench.now);
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::BudgetSpent);
  CHECK(bench.next == NextTry{at(24h), PauseReason::Budget, 1});
  bench.take(bench.supervisor.on_released(bench.now));
  bench.pass();
  bench.connects();
  CHECK(bench.supervisor.deadline() == at(24h + 90min));
}

TEST_CASE("a call over midnight is billed to each day; the new day's minutes count from there") {
  Entry entry = with_numbers(1);
  entry.budget.minutes = 90;
  Bench bench(entry);
  bench.now = at(23h);
  bench.dial();
  bench.connects();
  CHECK(bench.supervisor.deadline() == at(24h));
  CHECK(!find<LinkEnded>(bench.supervisor.on_deadline(at(24h))));
  CHECK(bench.supervisor.deadline() == at(25h + 30min));
}

TEST_CASE("budget.calls counts answered calls, budget.bytes ends a call") {
  Entry entry = with_numbers(1);
  entry.budget.calls = 2;
  entry.budget.bytes = 1000;
  Bench bench(entry);
  bench.dial();
  bench.fails(CauseCode::Busy);
  bench.connects();
  bench.supervisor.on_traffic(600, bench.now);
  bench.fails(CauseCode::PeerSilent, Phase::Up);
  bench.connects();
  bench.supervisor.on_traffic(399, bench.now);
  // A sixteenth more is used: that is remembered, and ends nothing.
  CHECK(bench.supervisor.deadline() <= bench.now);
  CHECK(bench.supervisor.on_deadline(bench.now).empty());
  CHECK(bench.supervisor.take_remember(bench.now));
  bench.supervisor.on_traffic(1, bench.now);
  CHECK(*bench.supervisor.deadline() <= bench.now);
  const auto actions = bench.supervisor.on_deadline(bench.now);
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::BudgetSpent);
  CHECK(bench.next->at == at(24h));
}

TEST_CASE("two calls are the budget: after the second the day is over") {
  Entry entry = with_numbers(1);
  entry.budget.calls = 2;
  Bench bench(entry);
  bench.dial();
  for (int call = 0; call < 2; ++call) {
    bench.connects();
    bench.now += 2min;
    bench.fails(CauseCode::CarrierLost, Phase::Up);
  }
  CHECK(bench.next == NextTry{at(24h), PauseReason::Budget, 1});
}

// ---- demand --------------------------------------------------------------------------------

Entry on_demand() {
  Entry entry = with_numbers(1);
  entry.dial = phonebook::DialMode::OnDemand;
  entry.idle_disconnect = 5min;
  entry.wait_within = 90s;
  return entry;
}

TEST_CASE("an on-demand link rests until traffic dials it, and is armed again when idle") {
  Bench bench(on_demand());
  bench.take(bench.supervisor.arm(bench.now));
  CHECK(bench.supervisor.armed());
  CHECK(!bench.supervisor.deadline());
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  CHECK(bench.placed);
  bench.connects();
  bench.armed = false;
  const auto actions = bench.supervisor.on_deadline(at(5min));
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::IdleTimeout);
  CHECK(bench.armed);
  CHECK(!bench.resting);
  bench.take(bench.supervisor.on_released(at(5min)));
  CHECK(bench.supervisor.armed());
}

TEST_CASE("while demand lasts failures follow policy; when nobody waits any more it is armed") {
  Bench bench(on_demand());
  bench.take(bench.supervisor.arm(bench.now));
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  bench.armed = false;
  while (!bench.armed) bench.fails(CauseCode::Busy);
  CHECK(bench.now >= at(90s));
  CHECK(bench.now <= at(90s + 80s));
  CHECK(bench.supervisor.armed());
  bench.placed.reset();
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  CHECK(bench.placed);
}

TEST_CASE("traffic during a pause does not shorten it") {
  Bench bench(on_demand());
  bench.take(bench.supervisor.arm(bench.now));
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  bench.take(bench.supervisor.on_phase(Phase::Authenticating, bench.now));
  bench.take(bench.supervisor.on_cause({CauseCode::AuthRejected, ""}, bench.now));
  bench.take(bench.supervisor.on_released(bench.now));
  bench.placed.reset();
  for (Duration t = 0s; t < 15min; t += 30s) {
    bench.take(bench.supervisor.on_demand_traffic(at(t)));
  }
  CHECK(!bench.placed);
  CHECK(bench.supervisor.deadline() == at(15min));
}

TEST_CASE("a user's hang-up disarms: traffic dials no more") {
  Bench bench(on_demand());
  bench.take(bench.supervisor.arm(bench.now));
  bench.take(bench.supervisor.want_down(CauseCode::UserHangUp, bench.now));
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  CHECK(!bench.placed);
  CHECK(bench.supervisor.resting());
}

TEST_CASE("traffic that comes while an idle link is hung up dials as soon as the line is free") {
  Bench bench(on_demand());
  bench.take(bench.supervisor.arm(bench.now));
  bench.take(bench.supervisor.on_demand_traffic(bench.now));
  bench.connects();
  bench.take(bench.supervisor.on_deadline(at(5min)));
  bench.placed.reset();
  bench.take(bench.supervisor.on_demand_traffic(at(5min + 1s)));
  bench.take(bench.supervisor.on_released(at(5min + 2s)));
  CHECK(bench.placed);
}

// ---- another entry first -------------------------------------------------------------------

TEST_CASE("an entry waits for the one it needs, bounded, and dials when that is up") {
  Bench bench(with_numbers(1));
  bench.supervisor.needs_prerequisite(false);
  CHECK(find<NeedPrerequisite>(bench.supervisor.want_up(bench.now)));
  CHECK(bench.supervisor.deadline() == at(5min));
  bench.take(bench.supervisor.on_prerequisite(true, at(1min)));
  CHECK(bench.placed);
}

TEST_CASE("the one it needs does not come up: a failed attempt, with the usual back-off") {
  Bench bench(with_numbers(1));
  bench.supervisor.needs_prerequisite(false);
  bench.dial();
  const auto actions = bench.supervisor.on_deadline(at(5min));
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::PrerequisiteDown);
  CHECK(bench.next->reason == PauseReason::BackOff);
}

TEST_CASE("its death is the death of the link that needs it, which waits for it again") {
  Bench bench(with_numbers(1));
  bench.supervisor.needs_prerequisite(true);
  bench.dial();
  bench.connects();
  bench.now += 2min;
  const auto actions = bench.supervisor.on_prerequisite(false, bench.now);
  bench.take(actions);
  CHECK(find<LinkEnded>(actions)->cause.code == CauseCode::PrerequisiteDown);
  CHECK(bench.next->reason == PauseReason::LinkFailure);
  bench.take(bench.supervisor.on_released(bench.now));
  CHECK(find<NeedPrerequisite>(bench.supervisor.on_deadline(bench.next->at)));
}

// ---- all of it together --------------------------------------------------------------------

TEST_CASE(
    "property: whatever is configured and happens, a link has a deadline, rests or is armed") {
  for (uint64_t seed = 0; seed < 400; ++seed) {
    Rng dice(seed);
    Entry entry = with_numbers(dice.below(4));
    entry.promote_alternates = dice.below(2) == 0;
    if (dice.below(2) == 0) entry.windows = {*to_window("Mon-Fri 07:00-07:30"), *to_window("Sun")};
    if (dice.below(2) == 0) entry.budget = {.minutes = 10, .calls = 3, .bytes = 5000};
    if (dice.below(2) == 0) entry.session_limit = 20min;
    entry.session_redial = dice.below(2) == 0;
    if (dice.below(2) == 0) entry.idle_disconnect = 2min;
    if (dice.below(2) == 0) entry.redial.attempts = 2;
    entry.redial.give_up = dice.below(2) == 0;
    Bench bench(entry, seed);
    Supervisor& s = bench.supervisor;
    if (dice.below(3) == 0) s.needs_prerequisite(false);
    Instant now = at(0s);
    if (dice.below(2) == 0) bench.take(s.arm(now));
    bench.take(s.want_up(now));
    for (int step = 0; step < 300; ++step) {
      now += dice.up_to(40s);
      switch (dice.below(10)) {
        case 0: bench.take(s.on_phase(static_cast<Phase>(dice.below(8)), now)); break;
        case 1: bench.take(s.on_released(now)); break;
        case 2: bench.take(s.on_line_wake(now)); break;
        case 3: bench.take(s.on_deadline(now)); break;
        case 4: s.on_traffic(dice.below(1000), now); break;
        case 5: bench.take(s.on_demand_traffic(now)); break;
        case 6: bench.take(s.on_prerequisite(dice.below(2) == 0, now)); break;
        case 7: bench.take(s.want_up(now)); break;
        case 8: bench.take(s.on_deadline(now = std::max(now, s.deadline().value_or(now)))); break;
        default: {
          const auto code = static_cast<CauseCode>(dice.below(kCauses));
          bench.take(s.on_cause({code, ""}, now, dice.below(2) == 0));
        }
      }
      const bool rests = s.resting() || s.armed() || s.phase() == Phase::Up;
      REQUIRE((rests || s.deadline().has_value()));
    }
  }
}

}  // namespace
