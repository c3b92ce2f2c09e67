// SPDX-License-Identifier: Apache-2.0
// One link's supervisor: intent (up, down) apart from state. It places calls, judges every ending
// by the policy table, and schedules the next try. No state waits for ever: a call that does not
// get on is ended, a hang-up that does not end is forced, and only resting is allowed to last.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "connection/schedule.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "phonebook/entry.h"

namespace redial::connection {

// What the supervisor wants done.
struct PlaceCall {
  uint32_t attempt;
  uint16_t number_index;
  bool operator==(const PlaceCall&) const = default;
};
struct TearDown {
  bool operator==(const TearDown&) const = default;
};  // hang up, politely
struct ForceRelease {
  bool operator==(const ForceRelease&) const = default;
};  // close the line now
// What the world is told.
struct LinkCalling {
  uint32_t attempt;
  bool operator==(const LinkCalling&) const = default;
};
struct LinkProgress {
  Phase phase;
  bool operator==(const LinkProgress&) const = default;
};
struct LinkConnected {
  bool operator==(const LinkConnected&) const = default;
};
struct LinkEnded {
  Cause cause;
  Phase phase;
  std::optional<Duration> was_up;
  Action action;
  bool operator==(const LinkEnded&) const = default;
};
struct NextTry {
  Instant at;
  PauseReason reason;
  uint32_t attempt;
  bool operator==(const NextTry&) const = default;
};
struct Resting {
  Action because;
  bool operator==(const Resting&) const = default;
};

using SupervisorAction = std::variant<PlaceCall, TearDown, ForceRelease, LinkCalling, LinkProgress,
                                      LinkConnected, LinkEnded, NextTry, Resting>;

class Supervisor {
 public:
  using Actions = Outbox<SupervisorAction, 6>;

  /// `entry` outlives the supervisor. `attempt_bound`: the longest a call may take from PlaceCall
  /// to Up, all lower deadlines together; a watchdog, not a policy.
  Supervisor(const phonebook::Entry& entry, Duration attempt_bound, Rng rng)
      : entry_(&entry), attempt_bound_(attempt_bound), rng_(rng) {}

  Actions want_up(Instant now);
  Actions want_down(CauseCode why, Instant now);  // UserHangUp, ServiceStopping, IdleTimeout, ...
  Actions on_phase(Phase phase, Instant now);     // a call gets on; Up included
  Actions on_cause(Cause cause, Instant now);     // the first evidence of an ending
  Actions on_released(Instant now);               // the line is free again
  /// A packet of the user's went either way: the idle clock begins anew. Echoes and negotiation are
  /// housekeeping and do not come here.
  void on_traffic(Instant now);
  Actions on_line_wake(Instant now);  // a device came back, a line was freed
  Actions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  Phase phase() const;
  bool wanted_up() const { return intent_up_; }
  bool resting() const { return std::holds_alternative<AtRest>(state_); }
  /// When the next call will be placed, if one is scheduled.
  std::optional<Instant> next_try() const;
  /// Which of the entry's numbers the next call takes.
  uint16_t number_index() const { return number_index_; }
  CauseCode last_cause() const { return last_cause_; }

  /// Beyond a hang-up's own bound, so that it only strikes when that bound was broken.
  static constexpr Duration kReleaseBound = 30s;

 private:
  struct AtRest {};  // resting: wanted down, or stopped and said so
  struct Pausing {
    Instant dial_at;
    bool for_device;
  };
  struct Calling {
    Instant give_up_at;
    Phase phase;
  };
  struct Established {
    Instant since, last_traffic;
  };
  struct Ending {
    Instant force_at, dial_at;
    bool for_device;
  };  // kNever: rest

  Actions place_call(Instant now);
  void end_call(Cause cause, Instant now, Actions& out);
  void go_on(Instant dial_at, bool for_device, Instant now, Actions& out);

  const phonebook::Entry* entry_;
  Duration attempt_bound_;
  Rng rng_;
  Schedule schedule_;
  std::variant<AtRest, Pausing, Calling, Established, Ending> state_;
  uint16_t number_index_ = 0;
  CauseCode last_cause_ = CauseCode::UserHangUp;
  bool intent_up_ = false;
};

static_assert(Machine<Supervisor>);
static_assert(sizeof(Supervisor) <= 96, "every link has one");

}  // namespace redial::connection
