// SPDX-License-Identifier: Apache-2.0
// Is there anything beyond the peer? Rounds of probes into the silence of the path, on request; and
// on every link that is used, when data go out and nothing comes back (failures.md F2, #22). What a
// probe looks like is the owner's; this says when, and when the path is dead. A line that loses
// frames, or takes long over them, is no dead path: probes are repeated until an answer could not
// have been missed, and a round in which frames arrive damaged decides nothing.
#pragma once

#include <cstdint>
#include <variant>

#include "core/outbox.h"
#include "phonebook/entry.h"

namespace redial::connection {

/// Send one probe to every target.
struct ProbeTargets {
  bool operator==(const ProbeTargets&) const = default;
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
using PathAction = std::variant<ProbeTargets, PathGone, PathDoubtful>;

class PathWatch {
 public:
  /// A round: so many probes, evenly spread over so long. With the three rounds of an entry that
  /// says nothing else a fifth of all frames lost ends no link (0.36^21 is one in two billion), nor
  /// does an answer that takes 10 s.
  static constexpr Duration kRound = 5s;
  static constexpr uint8_t kProbes = 7;
  /// Rounds that decide nothing: at most so many times those that decide.
  static constexpr uint8_t kDamagedTimes = 3;
  /// Fewer packets than these are no evidence of a stall.
  static constexpr uint32_t kStallPackets = 3;

  /// `requested`: the entry names targets. `settings` outlives it.
  PathWatch(const phonebook::WatchSettings& settings, bool requested, Instant now)
      : settings_(&settings), requested_(requested), last_life_(now) {}

  bool on_sent(Instant now);      // a packet of the user's went out; true: due() may be nearer now
  void on_received(Instant now);  // one came, from wherever
  void on_answer(Instant now);    // to a probe
  /// Something came that nobody could read: it may have been the answer.
  void on_damaged() { damaged_ = true; }
  Outbox<PathAction, 1> on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// How soon a path that dies is noticed by the requested probes, or by the stall; and how much
  /// later at most, where frames arrive damaged all the while.
  static Duration bound(const phonebook::WatchSettings& settings, bool requested);
  static Duration later_if_damaged(const phonebook::WatchSettings& settings);

 private:
  Instant first_round_at() const;
  PathAction begin_round(Instant now);

  const phonebook::WatchSettings* settings_;
  bool requested_;
  bool two_way_ = false;   // something of the user's has come back in this session
  bool proven_ = false;    // a probe was answered
  bool asked_ = false;     // the one round that finds out whether probes are answered
  bool doubted_ = false;   // told once
  bool damaged_ = false;   // in the round under way
  uint8_t rounds_ = 0;     // unanswered so far
  uint8_t probes_ = 0;     // of the round under way
  uint8_t undecided_ = 0;  // rounds in which frames were damaged
  uint32_t sent_ = 0;      // packets since the last one received
  Instant last_life_;
  Instant sent_since_ = kNever;  // of these packets the first
  Instant round_at_ = kNever;    // when the round under way began
};

static_assert(Machine<PathWatch>);

}  // namespace redial::connection
