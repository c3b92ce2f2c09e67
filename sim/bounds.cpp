// SPDX-License-Identifier: Apache-2.0
#include "sim/bounds.h"

#include <algorithm>

#include "connection/path_watch.h"
#include "connection/supervisor.h"

namespace redial::sim {

using connection::Failure;
using connection::PauseReason;
using enum FaultKind;

namespace {

/// Faults that leave a lost carrier with fewer signs than the line has.
constexpr FaultSet kDeafening = bit(HalfOpenTowards) | bit(HalfOpenAway) | bit(WedgedReset) |
                                bit(WedgedReopen) | bit(WedgedPower) | bit(LostSilently) |
                                bit(PeerKilled) | bit(WrongNumber) | bit(CommandState) |
                                bit(Loopback);
// So long what a user has sent before may be under way on a line that is full. A service gives a
// modem less ahead (docs/redial.md); the simulator has no queue of its own.
constexpr Duration kQueued = 5s;
constexpr FaultSet kGarbled = kManners | bit(Noise) | bit(BurstLoss) | bit(Scrambled);

}  // namespace

Bounds::Bounds(const Profile& profile) : profile_(&profile) {
  for (const Site& each : profile.sites) {
    rows_.push_back(connection::detection(each.entry, each.plan.session, each.traits));
  }
}

Duration Bounds::printed(uint32_t link, Failure failure) const {
  return connection::noticed_within(rows_[link % rows_.size()], failure).value_or(0s);
}

Duration Bounds::agreed(uint32_t link) const {
  const Site& where = site(link);
  const Duration negotiation = printed(link, Failure::NotConverging);
  const Duration once = connection::before_ppp_bound(where.entry, where.traits) + negotiation;
  if (!where.plan.session.callback) return once;
  return once + connection::tear_down_bound(where.plan.session, where.traits) +
         where.traits.initialise_within + connection::kCallbackWithin + negotiation;
}

Duration Bounds::dead_peer(uint32_t link, const Situation& now) const {
  const Duration promised = printed(link, Failure::PeerDies);
  // A peer that negotiates anew when it dies has the bound of a negotiation.
  const Duration anew = now.anew ? printed(link, Failure::PeerRenegotiates) : 0s;
  if (!now.slow && !now.busy) return std::max(promised, anew);
  const Duration round_trip = now.slow ? ppp::kRoundTripLongest : kQueued;
  const Duration slow = site(link).plan.session.keepalive.bound(round_trip) + 1s;
  return std::max({promised, anew, slow});
}

Duration Bounds::lost_carrier(const Fault& fault, const Situation& now) const {
  const uint32_t link = fault.link;
  const connection::LineTraits& traits = site(link).traits;
  if (now.active & kDeafening) return dead_peer(link, now);
  const Duration promised = printed(link, Failure::ModemHangsUp);
  const Duration in_words = traits.notice_within + connection::kWakeSlack;
  const bool no_words =
      (now.active & (bit(NumericCodes) | bit(WrongEcho) | bit(OtherWords))) != 0 || now.no_words ||
      site(link).digits;
  const bool no_dcd =
      fault.kind == LostInWords || (now.active & (bit(StrappedDcd) | bit(LostInWords))) != 0;
  if (!no_dcd && traits.carrier_detect) return promised;
  return no_words ? dead_peer(link, now) : std::max(promised, in_words);
}

Duration Bounds::noticed(const Fault& fault, const Situation& now) const {
  return on_quiet_line(fault, now) + (now.busy || now.slow ? kQueued : 0s);
}

Duration Bounds::on_quiet_line(const Fault& fault, const Situation& now) const {
  const FaultRule& rule = rule_of(fault.kind);
  const Site& where = site(fault.link);
  const Duration dead = dead_peer(fault.link, now);
  const Duration far_end = dead + connection::tear_down_bound(where.plan.session, where.traits);
  // What we have answered last comes back, and is taken for the peer's word.
  if (fault.kind == Loopback) return dead + 1s;
  if (fault.kind == HalfOpenAway) return std::max(dead, far_end) + 1s;
  if (fault.kind == MassOutage || fault.kind == CarrierLost || fault.kind == LostInWords) {
    return lost_carrier(fault, now);
  }
  if (fault.kind == LostSilently) {
    const bool dcd = where.traits.carrier_detect &&
                     !(now.active & (kDeafening | bit(StrappedDcd) | bit(LostInWords)));
    return dcd ? printed(fault.link, Failure::ModemHangsUp) : dead;
  }
  if (fault.kind == PeerTerminates) {
    if (now.active & (kDeafening | kSlow | kGarbled)) return far_end + dead;
    return printed(fault.link, rule.failure) + kSlack;  // its way over the line
  }
  // Each new address has a path of its own, which is watched from its beginning.
  const Duration new_address = now.anew ? Duration(2min) : 0s;
  const Duration damaged =
      now.lossy ? connection::PathWatch::later_if_damaged(where.entry.watch) : 0s;
  if (fault.kind == PathCut) {
    return printed(fault.link, rule.failure) + new_address + damaged + kSlack;
  }
  if (rule.failure == Failure::DeviceVanishes) return connection::kWakeSlack;
  return dead;
}

Duration longest_pause(PauseReason reason, const phonebook::RedialSettings& redial) {
  switch (reason) {
    case PauseReason::None: return 0s;
    case PauseReason::LinkFailure:
    case PauseReason::SessionRenewed: return connection::Schedule::kRestorePause;
    case PauseReason::BackOff:
    case PauseReason::Flapping: return redial.longest_pause;
    case PauseReason::PhonebookPause: return redial.pause.value_or(0s);
    case PauseReason::AttemptsUsedUp: return redial.unreachable_longest;
    case PauseReason::AuthHold: return redial.auth_hold_longest;
    case PauseReason::NumberHold: return 6h;
    case PauseReason::HourLimit: return 1h;
    case PauseReason::NextNumber: return connection::Schedule::kNextNumberPause;
    case PauseReason::NextLine: return 0s;
    case PauseReason::CauseHold:
    case PauseReason::Hours: return 168h;
    case PauseReason::Budget: return 25h;
  }
  return 0s;
}

bool is_limit(CauseCode cause, const phonebook::Entry& entry) {
  if (cause == CauseCode::SessionLimit) return entry.session_limit.has_value();
  if (cause == CauseCode::IdleTimeout) return entry.idle_disconnect.has_value();
  if (cause == CauseCode::OutsideWindow) return !entry.windows.empty();
  return cause == CauseCode::BudgetSpent && entry.budget.any();
}

bool has_limits(const phonebook::Entry& entry) {
  return entry.session_limit || entry.idle_disconnect || !entry.windows.empty() ||
         entry.budget.any();
}

}  // namespace redial::sim
