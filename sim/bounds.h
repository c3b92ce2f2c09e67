// SPDX-License-Identifier: Apache-2.0
// How long something may take: what `redial explain` prints for a failure of an entry on its lines,
// and what it comes to where faults have taken away the signs that the promise counts on.
#pragma once

#include <vector>

#include "connection/detection.h"
#include "sim/fault.h"
#include "sim/profile.h"

namespace redial::sim {

// Beyond a promise: the wheel's tick, and what is delivered in the step after.
constexpr Duration kSlack = 250ms;
// An effect of a fault that is over may still be felt so long: a peer that was left alone notices.
constexpr Duration kAftermath = 3min;

/// Faults under which a round trip may be far longer than the entry expects.
constexpr FaultSet kSlow = bit(FaultKind::Latency) | bit(FaultKind::SlowLine) |
                           bit(FaultKind::Retrain) | bit(FaultKind::LateAcks);
/// Faults of the far end's frames, under which what it says may not be understood.
constexpr FaultSet kManners =
    bit(FaultKind::NeverEchoes) | bit(FaultKind::EndlessNak) | bit(FaultKind::EndlessReject) |
    bit(FaultKind::LateAcks) | bit(FaultKind::WrongMagic) | bit(FaultKind::ChangesAddress) |
    bit(FaultKind::UnaskedChap) | bit(FaultKind::NoChapSuccess) | bit(FaultKind::Garbage) |
    bit(FaultKind::RejectsEverything) | bit(FaultKind::Renegotiates) |
    bit(FaultKind::DamagedFrames) | bit(FaultKind::TerminateIgnored) |
    bit(FaultKind::TerminatesAtOnce) | bit(FaultKind::Anew) | bit(FaultKind::FalseProof) |
    bit(FaultKind::RejectsLcp);

/// Faults that damage frames, or hold them up for long.
constexpr FaultSet kLosing = bit(FaultKind::Noise) | bit(FaultKind::BurstLoss) |
                             bit(FaultKind::Scrambled) | bit(FaultKind::DamagedFrames) |
                             bit(FaultKind::Garbage) | bit(FaultKind::AtInData);

/// What is known of a link when something strikes it.
struct Situation {
  FaultSet active = 0;
  bool slow = false;      // its round trip was measured while it was long, or may be long now
  bool anew = false;      // its peer may be negotiating anew
  bool no_words = false;  // its modem may be speaking unasked
  bool lossy = false;     // frames may be arriving damaged
  bool busy = false;      // data of the user's may be queueing on the line
};

class Bounds {
 public:
  explicit Bounds(const Profile& profile);

  /// How soon a link that such a fault has killed is to be called dead.
  Duration noticed(const Fault& fault, const Situation& now) const;
  /// From the carrier on: until a peer that says nothing is given up; until the link is up, or its
  /// negotiation has ended.
  Duration no_ppp(uint32_t link) const { return printed(link, connection::Failure::NoPpp); }
  Duration agreed(uint32_t link) const;

 private:
  const Site& site(uint32_t link) const { return profile_->sites[link % profile_->sites.size()]; }
  Duration printed(uint32_t link, connection::Failure failure) const;
  Duration on_quiet_line(const Fault& fault, const Situation& now) const;
  Duration dead_peer(uint32_t link, const Situation& now) const;
  Duration lost_carrier(const Fault& fault, const Situation& now) const;

  const Profile* profile_;
  std::vector<std::vector<connection::WatchedBy>> rows_;  // by site
};

/// The longest a pause of this reason may be, by the schedule's own rules.
Duration longest_pause(connection::PauseReason reason, const phonebook::RedialSettings& redial);

/// An end that the entry itself orders.
bool is_limit(CauseCode cause, const phonebook::Entry& entry);
/// It has such an end: it is not up for ever, though nothing is wrong.
bool has_limits(const phonebook::Entry& entry);

}  // namespace redial::sim
