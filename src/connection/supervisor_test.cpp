// SPDX-License-Identifier: Apache-2.0
#include "connection/supervisor.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::connection;

namespace {

constexpr Instant kStart = Instant(1h);
Instant at(Duration after) { return kStart + after; }

std::string line(const SupervisorAction& action) {
  using std::to_string;
  return match(
      action,
      [](const PlaceCall& a) {
        return (a.next_line ? "next line, place call " : "place call ") + to_string(a.number_index);
      },
      [](const TearDown&) { return std::string("tear down"); },
      [](const ForceRelease&) { return std::string("force release"); },
      [](const NeedPrerequisite&) { return std::string("need prerequisite"); },
      [](const Armed&) { return std::string("armed"); },
      [](const Learned& a) { return "learned " + to_string(a.number_index); },
      [](const LinkCalling& a) { return "calling, attempt " + to_string(a.attempt); },
      [](const LinkProgress& a) { return "progress " + std::string(name(a.phase)); },
      [](const LinkConnected&) { return std::string("connected"); },
      [](const LinkEnded& a) {
        return "ended " + std::string(name(a.cause.code)) + " in " + std::string(name(a.phase)) +
               (a.was_up ? " after " + to_text(*a.was_up) : "") + ": " +
               std::string(name(a.action));
      },
      [](const NextTry& a) {
        return "next " + std::string(text(a.reason)) + ", attempt " + to_string(a.attempt);
      },
      [](const Resting& a) { return "resting: " + std::string(name(a.because)); });
}
std::string transcript(const Supervisor::Actions& actions) {
  std::string out;
  for (const SupervisorAction& action : actions) out += (out.empty() ? "" : " | ") + line(action);
  return out;
}

/// What is not looked at in this test.
void untold(const Supervisor::Actions&) {}

struct Bench {
  phonebook::Entry entry;
  Supervisor supervisor;

  explicit Bench(phonebook::Entry from = {}, uint64_t seed = 1)
      : entry(std::move(from)), supervisor(entry, 2min, Rng(seed)) {}

  void connect(Instant now) {
    untold(supervisor.want_up(now));
    reconnect(now);
  }
  void reconnect(Instant now) {
    for (const Phase phase : {Phase::Preparing, Phase::Dialing, Phase::Establishing,
                              Phase::Authenticating, Phase::Registering, Phase::Up}) {
      untold(supervisor.on_phase(phase, now));
    }
    REQUIRE(supervisor.phase() == Phase::Up);
  }
  std::string cause(CauseCode code, Instant now) {
    return transcript(supervisor.on_cause({code, "as seen"}, now));
  }
};

TEST_CASE("a wish dials, progress is told once, and Up is announced") {
  Bench bench;
  Supervisor& s = bench.supervisor;
  CHECK(s.resting());
  CHECK(transcript(s.want_up(at(0s))) == "calling, attempt 1 | place call 0");
  CHECK(transcript(s.on_phase(Phase::Preparing, at(1s))) == "progress Preparing");
  CHECK(transcript(s.on_phase(Phase::Preparing, at(1s))) == "");
  CHECK(transcript(s.on_phase(Phase::Dialing, at(2s))) == "progress Dialing");
  CHECK(transcript(s.on_phase(Phase::Establishing, at(9s))) == "progress Establishing");
  CHECK(transcript(s.on_phase(Phase::Up, at(10s))) == "progress Up | connected");
  CHECK(s.phase() == Phase::Up);
}

TEST_CASE("Q153376: an established link that dies is redialled, for every cause of failure") {
  for (size_t i = 0; i < kCauses; ++i) {
    const auto code = static_cast<CauseCode>(i);
    const Action action = action_for(code, Phase::Up);
    if (origin(code) == Origin::Policy && code != CauseCode::PrerequisiteDown) continue;
    if (action == Action::Stop || action == Action::AwaitEdit) continue;
    CAPTURE(name(code));
    Bench bench;
    bench.connect(at(0s));
    bench.cause(code, at(5min));
    untold(bench.supervisor.on_released(at(5min)));
    const auto due = bench.supervisor.deadline();
    REQUIRE(due.has_value());
    CHECK(*due <= at(5min) + (action == Action::Restore ? Duration(1s) : Duration(15min)));
    CHECK(transcript(bench.supervisor.on_deadline(*due)).ends_with("place call 0"));
  }
}

TEST_CASE("the death of a link: cause, next try, tear-down; then a pause and the next call") {
  Bench bench;
  bench.connect(at(0s));
  CHECK(bench.cause(CauseCode::CarrierLost, at(2min)) ==
        "ended CarrierLost in Up after 2 min: Restore | next link failure, attempt 1 | tear down");
  CHECK(bench.supervisor.phase() == Phase::Closing);
  CHECK(transcript(bench.supervisor.on_released(at(2min))) == "");
  CHECK(bench.supervisor.phase() == Phase::Waiting);
  const auto due = bench.supervisor.deadline();
  REQUIRE(due.has_value());
  CHECK(bench.supervisor.next_try() == due);
  CHECK(transcript(bench.supervisor.on_deadline(*due)) == "calling, attempt 1 | place call 0");
}

TEST_CASE("a hang-up that takes longer than the pause is followed by the call at once") {
  Bench bench;
  bench.connect(at(0s));
  bench.cause(CauseCode::CarrierLost, at(2min));
  CHECK(transcript(bench.supervisor.on_released(at(2min + 10s))) ==
        "calling, attempt 1 | place call 0");
}

TEST_CASE("only the first cause of an ending counts") {
  Bench bench;
  bench.connect(at(0s));
  bench.cause(CauseCode::CarrierLost, at(2min));
  CHECK(bench.cause(CauseCode::PeerTerminated, at(2min)) == "");
  CHECK(bench.supervisor.last_cause() == CauseCode::CarrierLost);
}

TEST_CASE("a hang-up that does not end is forced after its bound") {
  Bench bench;
  bench.connect(at(0s));
  bench.cause(CauseCode::CarrierLost, at(2min));
  CHECK(bench.supervisor.deadline() == at(2min + Supervisor::kReleaseBound));
  CHECK(transcript(bench.supervisor.on_deadline(at(2min + Supervisor::kReleaseBound))) ==
        "force release | calling, attempt 1 | place call 0");
}

TEST_CASE("a call that gets nowhere is ended by the watchdog, before and after carrier") {
  Bench bench;
  Supervisor& s = bench.supervisor;
  untold(s.want_up(at(0s)));
  CHECK(s.deadline() == at(2min));
  CHECK(transcript(s.on_deadline(at(2min - 1us))) == "");
  CHECK(transcript(s.on_deadline(at(2min))) ==
        "ended ModemSilent in Opening: Redial | next back-off, attempt 1 | tear down");
  Bench later;
  untold(later.supervisor.want_up(at(0s)));
  untold(later.supervisor.on_phase(Phase::Authenticating, at(1min)));
  CHECK(transcript(later.supervisor.on_deadline(at(2min)))
            .starts_with("ended PppNotConverging in Authenticating: Redial"));
}

TEST_CASE("Ctrl-C: torn down, announced, and then rest") {
  Bench bench;
  bench.connect(at(0s));
  CHECK(transcript(bench.supervisor.want_down(CauseCode::UserHangUp, at(2min))) ==
        "ended UserHangUp in Up after 2 min: Stop | resting: Stop | tear down");
  CHECK(transcript(bench.supervisor.on_released(at(2min))) == "");
  CHECK(bench.supervisor.resting());
  CHECK(!bench.supervisor.deadline());
}

TEST_CASE("a wish to be down during a pause needs no tear-down") {
  Bench bench;
  untold(bench.supervisor.want_up(at(0s)));
  bench.cause(CauseCode::Busy, at(10s));
  untold(bench.supervisor.on_released(at(10s)));
  CHECK(transcript(bench.supervisor.want_down(CauseCode::UserHangUp, at(11s))) ==
        "ended UserHangUp in Waiting: Stop | resting: Stop");
  CHECK(bench.supervisor.resting());
}

TEST_CASE("a wish to be down while hanging up cancels the redial that was planned") {
  Bench bench;
  bench.connect(at(0s));
  bench.cause(CauseCode::CarrierLost, at(2min));
  untold(bench.supervisor.want_down(CauseCode::UserHangUp, at(2min)));
  CHECK(transcript(bench.supervisor.on_released(at(2min + 20s))) == "");
  CHECK(bench.supervisor.resting());
}

TEST_CASE("a wish to be up while hanging up dials as soon as the line is free") {
  Bench bench;
  bench.connect(at(0s));
  untold(bench.supervisor.want_down(CauseCode::UserHangUp, at(2min)));
  untold(bench.supervisor.want_up(at(2min + 1s)));
  CHECK(transcript(bench.supervisor.on_released(at(2min + 2s))) ==
        "calling, attempt 1 | place call 0");
}

TEST_CASE("a wrong password is held and said so; a new wish overrides the hold") {
  Bench bench;
  untold(bench.supervisor.want_up(at(0s)));
  untold(bench.supervisor.on_phase(Phase::Authenticating, at(20s)));
  CHECK(bench.cause(CauseCode::AuthRejected, at(21s)) ==
        "ended AuthRejected in Authenticating: HoldAuth | next hold: a refused password is not "
        "tried again sooner, attempt 1 | tear down");
  untold(bench.supervisor.on_released(at(22s)));
  CHECK(bench.supervisor.deadline() == at(21s + 15min));
  CHECK(transcript(bench.supervisor.on_line_wake(at(1min))) == "");
  CHECK(transcript(bench.supervisor.want_up(at(2min))) == "calling, attempt 1 | place call 0");
}

TEST_CASE("a device that comes back is dialled at once; the return of another thing is no reason") {
  Bench bench;
  untold(bench.supervisor.want_up(at(0s)));
  bench.cause(CauseCode::DeviceMissing, at(0s));
  untold(bench.supervisor.on_released(at(0s)));
  CHECK(transcript(bench.supervisor.on_line_wake(at(1s))) == "calling, attempt 2 | place call 0");
  bench.cause(CauseCode::Busy, at(2s));
  untold(bench.supervisor.on_released(at(2s)));
  CHECK(transcript(bench.supervisor.on_line_wake(at(3s))) == "");
}

TEST_CASE("RedialOnLinkFailure=0: the stop is announced") {
  phonebook::Entry entry;
  entry.redial.on_link_failure = false;
  Bench bench(entry);
  bench.connect(at(0s));
  CHECK(bench.cause(CauseCode::CarrierLost, at(2min)) ==
        "ended CarrierLost in Up after 2 min: Restore | resting: Restore | tear down");
  untold(bench.supervisor.on_released(at(2min)));
  CHECK(bench.supervisor.resting());
}

TEST_CASE("a peer that renegotiates and then fails counts as the death of an established link") {
  Bench bench;
  bench.connect(at(0s));
  CHECK(transcript(bench.supervisor.on_phase(Phase::Establishing, at(2min))) ==
        "progress Establishing");
  CHECK(bench.cause(CauseCode::PppTimeout, at(3min))
            .starts_with("ended PppTimeout in Up after 3 min: Restore"));
}

TEST_CASE("whatever happens, a link that is wanted and not up has a deadline") {
  for (uint64_t seed = 0; seed < 500; ++seed) {
    Rng dice(seed);
    phonebook::Entry entry;
    entry.numbers.resize(1 + dice.below(3));
    Bench bench(entry, seed);
    Supervisor& s = bench.supervisor;
    Instant now = at(0s);
    untold(s.want_up(now));
    for (int step = 0; step < 300; ++step) {
      now += dice.up_to(40s);
      switch (dice.below(6)) {
        case 0: untold(s.on_phase(static_cast<Phase>(dice.below(8)), now)); break;
        case 1: untold(s.on_released(now)); break;
        case 2: untold(s.on_line_wake(now)); break;
        case 3: untold(s.on_deadline(now)); break;
        case 4: untold(s.on_deadline(s.deadline().value_or(now))); break;
        default: {
          // Anything that can befall a call, but for what rests by the table.
          const auto code = static_cast<CauseCode>(dice.below(kCauses));
          const Action action = action_for(code, s.phase());
          const bool rests =
              action == Action::Stop || action == Action::AwaitEdit || action == Action::Renew;
          if (!rests) bench.cause(code, now);
        }
      }
      REQUIRE(!s.resting());
      REQUIRE((s.phase() == Phase::Up || s.deadline().has_value()));
    }
  }
}

}  // namespace
