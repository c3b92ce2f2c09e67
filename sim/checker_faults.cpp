// SPDX-License-Identifier: Apache-2.0
// What a fault changes in what may be expected of a link: until when a death has its reason, by
// when one must be noticed, which attempts may fail.
#include <algorithm>

#include "connection/path_watch.h"
#include "sim/checker.h"

namespace redial::sim {

using connection::Failure;
using enum FaultKind;

namespace {

/// Faults that keep no call from getting through.
constexpr FaultSet kBearable = bit(Latency) | bit(StrappedDcd) | bit(WrongEcho) |
                               bit(LostFirstCommand) | bit(SlowModem) | bit(FullDisk) |
                               bit(HelperHangs) | bit(ClockJump);
constexpr FaultSet kWedges =
    bit(WedgedInit) | bit(WedgedReset) | bit(WedgedReopen) | bit(WedgedPower);

/// A link that it has killed lives again when it is over, if nobody has noticed.
bool heals(FaultKind kind) {
  const Failure failure = rule_of(kind).failure;
  return failure == Failure::PeerDies || failure == Failure::PathDies;
}

}  // namespace

/// Digits have no beginning of a line after an echo that is garbled.
FaultSet Checker::bearable(uint32_t link) const {
  return site(link).digits ? kBearable & ~bit(WrongEcho) : kBearable;
}

/// From then on until now there was no fault that a call could have failed of.
bool Checker::nothing_wrong(uint32_t link, Instant since) const {
  const Watched& seen = links_[link];
  return (active_[link] & ~bearable(link)) == 0 && since > trouble_[link] + kAftermath &&
         !wedged_[link] && seen.broken_words == 0;
}

/// What is said now is heard, and understood; whoever has just said goodbye may say so.
bool Checker::is_clean(uint32_t link) const {
  const Watched& seen = links_[link];
  const bool sound = !seen.struck || seen.struck->by == PeerTerminates;
  return sound && (active_[link] & ~(kBearable & ~kSlow)) == 0 && !wedged_[link] &&
         seen.broken_words == 0;
}

bool Checker::hour_is_full(uint32_t link, Instant now) const {
  const auto limit = site(link).entry.redial.attempts_per_hour;
  const auto lately = [&](Instant at) { return at + 1h > now; };
  return limit && std::ranges::count_if(links_[link].failed, lately) >= *limit;
}

Duration Checker::bound_of(const Fault& fault, FaultSet active) const {
  const Watched& seen = links_[fault.link];
  const Instant now = world_.now();
  const bool slow = seen.slow_call || (active_[fault.link] & kSlow) || now < seen.slow_until;
  const bool anew = now < seen.anew_until;
  const bool no_words = seen.broken_words > 0;
  return bounds_.noticed(fault, {.active = active,
                                 .slow = slow,
                                 .anew = anew,
                                 .no_words = no_words,
                                 .lossy = now < seen.lossy_until,
                                 .busy = now < seen.busy_until});
}

/// Whether it kills this link when it is up: nobody looks beyond the peer unless asked to.
Harm Checker::harm_of(const Fault& fault) const {
  const phonebook::Entry& entry = site(fault.link).entry;
  if (fault.kind == MassOutage && !site(fault.link).traits.has_modem) return Harm::None;
  if (fault.kind != PathCut || !entry.watch.path.empty()) return rule_of(fault.kind).harm;
  return entry.dial == phonebook::DialMode::OnDemand ? Harm::MayEnd : Harm::None;
}

/// A line of 1,200 bit/s that is full and loses frames as well: what is left of the echoes' bound
/// when a frame has had its turn is time for three or four others, and all of them may be lost.
bool Checker::is_choked(FaultSet active) {
  return (active & bit(Saturated)) && (active & bit(SlowLine)) && (active & kLosing);
}

/// What it changes in what may be expected of the link from now on.
void Checker::note_fault(const Fault& fault, Instant now) {
  Watched& link = links_[fault.link];
  const FaultSet kind = bit(fault.kind);
  const auto lasts_until = [&](Instant& until) {
    until = std::max(until, now + fault.lasts + kAftermath);
  };
  // A machine that sleeps is struck when it wakes.
  if (!(kind & bearable(fault.link))) trouble_[fault.link] = std::max(now, asleep_until_);
  if (!(kind & (kBearable & ~kSlow)) && fault.kind != PeerTerminates) talk_[fault.link].on_fault();
  if (kind & kWedges) wedged_[fault.link] = true;
  policy_[fault.link].on_fault(fault.kind, now);
  if (kind & kSlow) {
    lasts_until(link.slow_until);
    link.slow_call = true;  // a peer that answers no more is not measured anew
  }
  if (kind & kManners) lasts_until(link.anew_until);
  if (kind & kLosing) {
    lasts_until(link.lossy_until);
    // Rounds of probes that decide nothing.
    if (link.struck && link.struck->by == PathCut) {
      link.struck->notice_by +=
          connection::PathWatch::later_if_damaged(site(fault.link).entry.watch);
    }
  }
  if (fault.kind == Saturated) lasts_until(link.busy_until);
  // A peer that speaks once more, or a line that has become slow: what is dead already may be
  // noticed as late as if it had died now.
  if (link.struck && (kind & (kManners | kSlow | bit(Saturated)))) {
    const Fault dead{.at = now, .kind = link.struck->by, .link = fault.link};
    link.struck->notice_by =
        std::max(link.struck->notice_by, now + bound_of(dead, active_[fault.link]));
  }
  if (fault.kind == NeverEchoes) link.mute_call = false;  // it has been answered until now
  if (fault.kind == Unsolicited) link.broken_words = 8;
}

/// Nothing is promised to a machine that sleeps.
void Checker::on_sleep(uint32_t at, Duration asleep, Instant now) {
  Watched& link = links_[at];
  asleep_until_ = now + asleep;
  trouble_[at] = asleep_until_;
  if (link.due != kNever) link.due += asleep;
  if (link.struck) link.struck->notice_by += asleep;
  link.explained_until += asleep;
  link.mute_until += asleep;
  talk_[at].on_sleep(asleep);
}

void Checker::on_fault(const Fault& fault, FaultSet active) {
  const Instant now = world_.now();
  Watched& link = links_[fault.link];
  ++tally_.faults[static_cast<size_t>(fault.kind)].struck;
  active_[fault.link] = active | (fault.lasts > 0s ? bit(fault.kind) : 0);
  note_fault(fault, now);
  if (harm_of(fault) != Harm::None || is_choked(active_[fault.link])) {
    const Duration bound = std::max(bound_of(fault, active), fault.lasts) + kAftermath;
    Instant& until = fault.kind == NeverEchoes ? link.mute_until : link.explained_until;
    until = std::max(until, std::max(now, asleep_until_) + bound);
  }
  if (fault.kind == HangUp || fault.kind == Edit) {
    link.wanted = false;  // until it is dialled
    link.armed = false;
  }
  if (fault.kind == Dial || fault.kind == HangUp || fault.kind == Edit) {
    link.failed.clear();
    link.held_until = {};
    link.next_try = {};
  }
  if (fault.kind == Restart) return on_restart(fault.link, now);
  if (fault.kind == Suspend) return on_sleep(fault.link, fault.lasts, now);
  if (harm_of(fault) != Harm::Ends || link.state != State::Up) return;
  const Instant by = (asleep_until_ > now ? asleep_until_ + kSlack : now) + bound_of(fault, active);
  if (link.struck) {
    link.struck->notice_by = std::max(link.struck->notice_by, by);
    link.struck->alone = false;
    return;
  }
  link.struck = Struck{now, by, fault.kind, true};
  link.down_since = now;
  link.down_by = fault.kind;
}

/// The process is gone; what it has promised, and has written down, stands.
void Checker::on_restart(uint32_t at, Instant now) {
  Watched& link = links_[at];
  Watched fresh{.due = link.wanted ? now + kSlack : kNever,
                .explained_until = std::max(link.explained_until, now + kAftermath),
                .slow_until = link.slow_until,
                .anew_until = link.anew_until,
                .lossy_until = link.lossy_until,
                .busy_until = link.busy_until,
                .mute_until = link.mute_until};
  fresh.broken_words = link.broken_words;
  fresh.demanded = link.demanded;
  fresh.wanted = link.wanted;
  if (!world_.forgot(at)) {
    fresh.held_until = link.held_until;
    fresh.failed = std::move(link.failed);
  }
  link = std::move(fresh);
}

void Checker::on_fault_over(const Fault& fault) {
  const bool choked = is_choked(active_[fault.link]);
  active_[fault.link] &= ~bit(fault.kind);
  if (!(bit(fault.kind) & bearable(fault.link))) {
    trouble_[fault.link] = std::max(world_.now(), asleep_until_);
  }
  Watched& link = links_[fault.link];
  if (choked || (rule_of(fault.kind).harm != Harm::None && fault.kind != NeverEchoes)) {
    link.explained_until = std::max(link.explained_until, world_.now() + kAftermath);
  }
  // It may have healed before anybody had to notice.
  if (link.struck && link.struck->by == fault.kind && link.struck->alone &&
      world_.now() < link.struck->notice_by && heals(fault.kind)) {
    link.struck.reset();
    link.down_since.reset();
  }
  if (fault.kind == HangUp) {
    link.wanted = true;
    // It is dialled once more, whatever its user has said meanwhile.
    link.failed.clear();
    link.held_until = {};
    link.next_try = {};
    policy_[fault.link].on_fault(Dial, std::max(world_.now(), asleep_until_));
  }
  if (fault.kind == Vanishes && !world_.asleep()) {
    const Instant now = world_.now();
    judge(fault.link, now, policy_[fault.link].on_returned(hour_is_full(fault.link, now), now));
  }
  if (fault.kind == Vanishes) link.next_try = {};  // a device that is back is tried at once
}

}  // namespace redial::sim
