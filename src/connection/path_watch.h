// SPDX-License-Identifier: Apache-2.0
// Is there anything beyond the peer? Rounds of probes into the silence of the path, on request; and
// on every link that is used, when data go out and nothing comes back (failures.md F2, #22). What a
// probe looks like is the owner's; this says when, and when the path is dead.
#pragma once

#include <cstdint>
#include <variant>

#include "core/outbox.h"
#include "phonebook/entry.h"

namespace redial::connection {

/// Send one probe to every target.
struct ProbeRound {
  bool operator==(const ProbeRound&) const = default;
};
struct PathGone {
  bool stalled;  // data went out and nothing came back; else the requested probes failed
  uint8_t rounds;
  Duration silence;
  bool operator==(const PathGone&) const = default;
};
/// The same, where the peer never proved that it answers at all: told, not acted upon.
struct PathDoubtful {
  Duration silence;
  bool operator==(const PathDoubtful&) const = default;
};
using PathAction = std::variant<ProbeRound, PathGone, PathDoubtful>;

class PathWatch {
 public:
  /// A round is given up after this long; three times an answer from a satellite.
  static constexpr Duration kAnswerWithin = 5s;
  /// Fewer packets than these are no evidence of a stall.
  static constexpr uint32_t kStallPackets = 3;

  /// `requested`: the entry names targets. `settings` outlives it.
  PathWatch(const phonebook::WatchSettings& settings, bool requested, Instant now)
      : settings_(&settings), requested_(requested), last_life_(now) {}

  bool on_sent(Instant now);      // a packet of the user's went out; true: due() may be nearer now
  void on_received(Instant now);  // one came, from wherever
  void on_answer(Instant now);    // to a probe
  Outbox<PathAction, 1> on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// How soon a path that dies is noticed by the requested probes, or by the stall.
  static Duration bound(const phonebook::WatchSettings& settings, bool requested);

 private:
  Instant first_round_at() const;

  const phonebook::WatchSettings* settings_;
  bool requested_;
  bool two_way_ = false;  // something of the user's has come back in this session
  bool proven_ = false;   // a probe was answered
  bool asked_ = false;    // the one round that finds out whether probes are answered
  bool doubted_ = false;  // told once
  uint8_t rounds_ = 0;    // unanswered so far
  uint32_t sent_ = 0;     // packets since the last one received
  Instant last_life_;
  Instant sent_since_ = kNever;  // of these packets the first
  Instant round_at_ = kNever;    // when the round under way was sent
};

static_assert(Machine<PathWatch>);

}  // namespace redial::connection
