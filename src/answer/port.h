// SPDX-License-Identifier: Apache-2.0
// One answering line: the port conditions of a RAS server (telephony.md 4). It listens, answers,
// serves one caller, hangs up and listens again; a port that does not get ready is tried again with
// growing pauses, because a dead port that nobody restarts is how servers decay (KB Q176209).
#pragma once

#include <optional>
#include <variant>

#include "core/cause.h"
#include "core/outbox.h"

namespace redial::answer {

// What the port wants done.
struct Listen {
  bool operator==(const Listen&) const = default;
};  // open the line, prepare, listen
struct AnswerCall {
  bool operator==(const AnswerCall&) const = default;
};
struct HangUp {
  bool operator==(const HangUp&) const = default;
};
struct CloseLine {
  bool operator==(const CloseLine&) const = default;
};  // the hang-up did not end
// What the world is told.
enum class Condition : uint8_t {
  Stopped,
  Initialising,
  Listening,
  Ringing,
  Authenticating,
  Authenticated,
  Disconnecting,
  NonOperational
};
struct ConditionChanged {
  Condition to;
  bool operator==(const ConditionChanged&) const = default;
};
struct CallerGone {
  Cause cause;
  bool operator==(const CallerGone&) const = default;
};

using PortAction =
    std::variant<Listen, AnswerCall, HangUp, CloseLine, ConditionChanged, CallerGone>;

class Port {
 public:
  using Actions = Outbox<PortAction, 4>;
  static constexpr Duration kInitialiseBound = 2min, kAnswerBound = 90s, kServeBound = 3min,
                            kReleaseBound = 30s, kRetryFirst = 5s, kRetryLongest = 5min;

  Actions start(Instant now);
  Actions stop(Instant now);
  Actions on_listening(Instant now);
  Actions on_ring(Instant now);
  Actions on_connected(Instant now);  // carrier; PPP begins
  Actions on_up(Instant now);
  Actions on_cause(Cause cause, Instant now);
  Actions on_released(Instant now);
  Actions on_deadline(Instant now);
  Instant due() const { return until_; }
  std::optional<Instant> deadline() const { return unless_never(until_); }
  Condition condition() const { return condition_; }

 private:
  Actions enter(Condition to, Instant until = kNever);

  Instant until_ = kNever;  // never while Stopped, Listening and Authenticated: these may last
  Condition condition_ = Condition::Stopped;
  uint8_t failures_ = 0;  // preparations in a row that failed
  bool wanted_ = false;
};

std::string_view name(Condition condition);
static_assert(Machine<Port>);

}  // namespace redial::answer
