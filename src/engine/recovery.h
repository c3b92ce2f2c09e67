// SPDX-License-Identifier: Apache-2.0
// The recovery ladders of an engine's lines: kept only for lines that have failed, remembered
// across calls, and what stands between owning such a line and opening it (connection/ladder.h says
// why).
#pragma once

#include <map>
#include <vector>

#include "connection/ladder.h"
#include "connection/memory.h"
#include "core/ids.h"
#include "modem/dialogue_action.h"

namespace redial::engine {

/// What a line has for its recovery; the command itself is its host's.
struct LineRecovery {
  connection::LadderTraits traits;
  Duration command_within = 30s;  // the power-cycle command; then it is ended
  Duration ready_within = 10s;    // from its end to a modem that answers
};

/// How long a rung makes an attempt longer, at most.
Duration takes_longer(connection::Rung rung, const LineRecovery& recovery);

class Recoveries {
 public:
  /// Once for every line, in their order.
  void add_line(const LineRecovery& recovery) { lines_.push_back(recovery); }
  const LineRecovery& of(LineId line) const { return lines_[index(line)]; }

  /// The rung under which this line's next call is prepared; its budget is taken.
  connection::Rung begin(LineId line, Instant now);
  /// Every end of a call on the line, by whatever but its user.
  void on_ended(LineId line, CauseCode cause, Phase phase, Instant now);
  void on_good_call(LineId line);
  /// Whether the call now on the line is prepared by a power cycle.
  bool power_cycles(LineId line) const;
  /// A call on the line was cut off with the service that made it, and its modem may still be
  /// connected: the next call takes it out of any state first.
  void cut_off(LineId line) { at(line).cut_off = true; }
  bool was_cut_off(LineId line) const;
  void restore(LineId line, const connection::LineMemory& memory, Instant now);

  /// The line stays closed until then; kNever: no such wait.
  void keep_closed(LineId line, Instant until) { records_.at(line).open_at = until; }
  Instant open_at(LineId line) const;

  modem::Preparation preparation(LineId line) const;
  const connection::Ladder* ladder(LineId line) const;

 private:
  struct Record {
    connection::Ladder ladder;
    connection::Rung rung = connection::Rung::Redial;  // of the call now on the line
    Instant open_at = kNever;
    bool cut_off = false;
  };
  Record& at(LineId line);
  std::vector<LineRecovery> lines_;  // by line
  std::map<LineId, Record> records_;
};

}  // namespace redial::engine
