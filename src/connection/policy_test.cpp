// SPDX-License-Identifier: Apache-2.0
#include "connection/policy.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace redial;
using namespace redial::connection;

namespace {

template <class Visit>
void for_every_cell(Visit&& visit) {
  for (size_t cause = 0; cause < kCauses; ++cause) {
    for (size_t phase = 0; phase < kPhases; ++phase) {
      const auto code = static_cast<CauseCode>(cause);
      const auto at = static_cast<Phase>(phase);
      CAPTURE(name(code));
      CAPTURE(name(at));
      visit(code, at, action_for(code, at));
    }
  }
}

bool in_call(Phase phase) { return phase != Phase::Waiting && phase != Phase::Closing; }
bool wanted_end(CauseCode code) {
  return origin(code) == Origin::User || origin(code) == Origin::Policy;
}
bool rests(Action action) { return action == Action::Stop || action == Action::AwaitEdit; }

/// Trying the same words again may lock the account.
constexpr CauseCode kRefusals[] = {
    CauseCode::AuthRejected,    CauseCode::AuthExpired,    CauseCode::AuthDisabled,
    CauseCode::AuthHours,       CauseCode::AuthProtocol,   CauseCode::AuthNoPermission,
    CauseCode::ServerNotProven, CauseCode::AddressRefused, CauseCode::AuthPasswordChange,
};
bool refusal(CauseCode code) { return std::ranges::find(kRefusals, code) != std::end(kRefusals); }

TEST_CASE("every cell of the policy table is an action with a name and a text") {
  for_every_cell([](CauseCode, Phase, Action action) {
    REQUIRE(static_cast<size_t>(action) < kActions);
    CHECK(!name(action).empty());
    CHECK(!text(action).empty());
  });
}

TEST_CASE("actions are called by their names") {
  CHECK(name(Action::Redial) == "Redial");
  CHECK(name(Action::Stop) == "Stop");
  CHECK(name(Action::Renew) == "Renew");
  CHECK(name(Action::Await) == "Await");
  CHECK(name(Action::Keep) == "Keep");
  CHECK(text(Action::Keep) == "what was decided stands");
}

TEST_CASE("an established link that dies of any failure is restored, or held if it was refused") {
  for (size_t cause = 0; cause < kCauses; ++cause) {
    const auto code = static_cast<CauseCode>(cause);
    const bool wanted = wanted_end(code) && code != CauseCode::PrerequisiteDown;
    if (wanted || code == CauseCode::Unsupported) continue;
    CAPTURE(name(code));
    CHECK(action_for(code, Phase::Up) == (refusal(code) ? Action::HoldAuth : Action::Restore));
  }
}

TEST_CASE("only what the user wanted, and what no further try can change, ever rests") {
  for_every_cell([](CauseCode code, Phase, Action action) {
    if (!rests(action)) return;
    const bool excused = wanted_end(code) || code == CauseCode::ServiceStopping ||
                         code == CauseCode::Unsupported || code == CauseCode::BadNumber;
    CHECK(excused);
  });
}

TEST_CASE("a failed attempt is tried again, whatever it failed of") {
  for_every_cell([](CauseCode code, Phase phase, Action action) {
    if (!in_call(phase) || phase == Phase::Up || wanted_end(code)) return;
    if (code == CauseCode::Unsupported || code == CauseCode::BadNumber) return;
    if (code == CauseCode::ServiceStopping) return;
    const bool goes_on =
        action == Action::Redial || action == Action::HoldAuth || action == Action::HoldNumber;
    CHECK(goes_on);
  });
}

TEST_CASE("a refused password, account or address is held in every phase; nothing else is") {
  for_every_cell([](CauseCode code, Phase phase, Action action) {
    if (!in_call(phase)) return;
    CHECK((action == Action::HoldAuth) == refusal(code));
  });
}

TEST_CASE("a number that the modem or the network refuses is held, and only until carrier") {
  for_every_cell([](CauseCode code, Phase phase, Action action) {
    const bool refused = code == CauseCode::Delayed || code == CauseCode::Blacklisted;
    CHECK((action == Action::HoldNumber) == (refused && in_call(phase) && phase != Phase::Up));
  });
}

TEST_CASE("while no call is up, or one is ending already, only the user changes what was decided") {
  for_every_cell([](CauseCode code, Phase phase, Action action) {
    if (in_call(phase) || code == CauseCode::Unsupported) return;
    const bool users = code == CauseCode::UserHangUp || code == CauseCode::ServiceStopping;
    CHECK(action == (users ? Action::Stop : Action::Keep));
  });
}

TEST_CASE("a wish of the user is obeyed in every phase") {
  for (size_t phase = 0; phase < kPhases; ++phase) {
    CHECK(action_for(CauseCode::UserHangUp, static_cast<Phase>(phase)) == Action::Stop);
    CHECK(action_for(CauseCode::ServiceStopping, static_cast<Phase>(phase)) == Action::Stop);
  }
}

TEST_CASE(
    "hours and budgets are waited for, in every phase of a call; a session's limit only ends one") {
  for_every_cell([](CauseCode code, Phase phase, Action action) {
    const bool waits = code == CauseCode::BudgetSpent || code == CauseCode::OutsideWindow;
    CHECK((action == Action::Await) == (waits && in_call(phase)));
    CHECK((action == Action::Renew) == (code == CauseCode::SessionLimit && phase == Phase::Up));
  });
}

TEST_CASE("another number may be luckier before carrier, another line before the modem") {
  CHECK(luck_of(CauseCode::Busy, Phase::Dialing) == Luck::OtherNumber);
  CHECK(luck_of(CauseCode::Blacklisted, Phase::Dialing) == Luck::OtherNumber);
  CHECK(luck_of(CauseCode::NoCarrier, Phase::Establishing) == Luck::Nothing);
  CHECK(luck_of(CauseCode::DeviceMissing, Phase::Opening) == Luck::OtherLine);
  CHECK(luck_of(CauseCode::DeviceVanished, Phase::Dialing) == Luck::Nothing);
  CHECK(luck_of(CauseCode::AuthRejected, Phase::Authenticating) == Luck::Nothing);
}

TEST_CASE("Restore is the answer to the death of an established link and to nothing else") {
  for_every_cell([](CauseCode, Phase phase, Action action) {
    if (action == Action::Restore) CHECK(phase == Phase::Up);
    if (action == Action::Redial) CHECK(phase != Phase::Up);
  });
}

}  // namespace
