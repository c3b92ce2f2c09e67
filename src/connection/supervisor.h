// SPDX-License-Identifier: Apache-2.0
// One link's supervisor: intent (up, down) apart from state. It places calls, judges every ending
// by the policy table, and schedules the next try. No state waits for ever: a call that does not
// get on is ended, a hang-up that does not end is forced, and only resting is allowed to last.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "connection/ledger.h"
#include "connection/memory.h"
#include "connection/schedule.h"
#include "connection/supervisor_action.h"
#include "core/outbox.h"
#include "phonebook/entry.h"

namespace redial::connection {

class Supervisor {
 public:
  using Actions = Outbox<SupervisorAction, 6>;

  /// `entry` outlives the supervisor. `attempt_bound`: the longest a call may take from PlaceCall
  /// to Up, all lower deadlines together; a watchdog, not a policy.
  Supervisor(const phonebook::Entry& entry, Duration attempt_bound, Rng rng);
  /// Another entry must be up before this one is dialled.
  void needs_prerequisite(bool up) { prerequisite_ = up ? Prerequisite::Up : Prerequisite::Down; }
  /// Others need this link: it has no idle time-out meanwhile.
  void keep_up(bool needed) { needed_ = needed; }
  /// The calendar there is when the link is made; later ones come by on_calendar.
  void set_calendar(const Calendar& calendar);

  Actions want_up(Instant now);
  /// Traffic's wish, or that of an entry which needs this one: counters, holds and limits stand.
  Actions ask_up(Instant now);
  /// Rest until traffic wants the link; after an idle time-out rest so again.
  Actions arm(Instant now);
  Actions on_demand_traffic(Instant now);
  Actions want_down(CauseCode why, Instant now);  // UserHangUp, ServiceStopping, IdleTimeout, ...
  Actions on_phase(Phase phase, Instant now);     // a call gets on; Up included
  /// The first evidence of an ending. `spare_lines`: the entry has lines after the one that failed.
  Actions on_cause(Cause cause, Instant now, bool spare_lines = false);
  Actions on_released(Instant now);  // the line is free again
  /// `octets` of the user's went either way: the idle clock begins anew, the budget shrinks. Echoes
  /// and negotiation are housekeeping and do not come here.
  void on_traffic(uint64_t octets, Instant now);
  Actions on_prerequisite(bool up, Instant now);
  Actions on_calendar(const Calendar& calendar, Instant now);
  /// The attempt now under way may take so much longer: a rung of the recovery ladder.
  void extend(Duration by);
  Actions on_line_wake(Instant now);  // a device came back, a line was freed
  Actions on_deadline(Instant now);
  /// What outlives the process. Put into a supervisor that nothing was asked of yet, it takes up
  /// the user's wish where it was left: dials, pauses out the rest of a pause or hold, or is armed.
  LinkMemory memory(Instant now) const;
  Actions restore(const LinkMemory& memory, Instant now);
  /// True, once, after a change of it that matters.
  bool take_remember(Instant now);
  Instant due() const {
    const bool lasts = std::holds_alternative<Established>(state_) && !limited_;
    return lasts ? kNever : state_due();
  }
  std::optional<Instant> deadline() const { return unless_never(due()); }

  Phase phase() const;
  bool wanted_up() const { return intent_up_; }
  bool resting() const { return std::holds_alternative<AtRest>(state_) && !on_demand_; }
  bool armed() const { return std::holds_alternative<AtRest>(state_) && on_demand_; }
  /// When the next call will be placed, if one is scheduled.
  std::optional<Instant> next_try() const;
  /// Which of the entry's numbers the next call takes.
  uint16_t number_index() const { return number_index_; }
  CauseCode last_cause() const { return last_cause_; }

  /// Beyond a hang-up's own bound, so that it only strikes when that bound was broken.
  static constexpr Duration kReleaseBound = 30s;

 private:
  struct AtRest {};  // resting: wanted down, or stopped and said so; or armed
  struct Pausing {
    Instant dial_at;
  };
  struct AwaitingPrerequisite {
    Instant give_up_at;
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
  };  // kNever: rest
  enum class Prerequisite : uint8_t { None, Down, Up };
  /// What the next call is within the try.
  enum class Step : uint8_t { NewTry, NextNumber, NextLine };

  Actions start(Verdict verdict, Instant now);
  Actions place_call(Instant now);
  void postpone(Ending& ending, Verdict verdict);
  void end_call(Cause cause, bool spare_lines, Instant now, Actions& out);
  void go_on(Instant dial_at, Instant now, Actions& out);
  bool idle_counts() const { return entry_->idle_disconnect && !needed_; }
  Instant state_due() const;
  Instant established_due() const;
  void end_established(Instant now, Actions& out);
  void settle(CauseCode code, Action action, std::optional<Duration> was_up, Instant now);
  Verdict judge(CauseCode code, Action action, std::optional<Duration> was_up, bool spare_lines,
                Instant now);
  Verdict when_a_number_is_free(Verdict verdict) const;
  Verdict when_allowed(Verdict verdict);
  std::optional<uint16_t> free_number(uint16_t from, Instant at) const;
  uint16_t number_at(uint16_t position) const;
  uint16_t walk_length() const;
  bool demand_lasts(Instant now) const;
  void keep_for_later(Instant now);
  Verdict after_cut(const LinkMemory& memory, Instant now);
  Ledger& ledger();

  const phonebook::Entry* entry_;
  Duration attempt_bound_;
  Rng rng_;
  Schedule schedule_;
  std::variant<AtRest, Pausing, AwaitingPrerequisite, Calling, Established, Ending> state_;
  std::unique_ptr<Ledger> ledger_;  // null: nothing to remember beyond the schedule
  uint16_t number_index_ = 0;
  uint16_t position_ = 0;  // how far the walk through the numbers has got in this try
  CauseCode last_cause_ = CauseCode::UserHangUp;
  PauseReason pause_reason_ = PauseReason::None;  // of the next try, while one is due
  Step step_ : 2 = Step::NewTry;
  Prerequisite prerequisite_ : 2 = Prerequisite::None;
  Wish wish_ : 2 = Wish::Down;  // the user's, which traffic and other entries do not change
  bool intent_up_ : 1 = false;
  bool on_demand_ : 1 = false;
  bool for_device_ : 1 = false;  // the pause ends when the device comes back
  bool dialled_ : 1 = false;     // this call's number went out
  bool needed_ : 1 = false;      // by another entry that is up or wants to be
  bool remember_ : 1 = false;    // memory() has changed
  bool limited_ : 1 = false;     // the entry may end a call that is up
};

static_assert(Machine<Supervisor>);
static_assert(sizeof(Supervisor) <= 96, "every link has one");

}  // namespace redial::connection
