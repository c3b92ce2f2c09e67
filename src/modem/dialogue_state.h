// SPDX-License-Identifier: Apache-2.0
// The states of the AT dialogue (V.250), each with what is true in it and its deadline. Two rest:
// Resting, because nothing is wanted of the modem, and Awaiting, because a ring may come or not.
#pragma once

#include <cstdint>
#include <variant>

#include "core/time.h"

namespace redial::modem::state {

enum class Goal : uint8_t { Dial, Listen, Answer };
enum class Part : uint8_t { Reset, Init, Goal };  // of a sequence, in this order; Reset on demand

/// What our next command must reckon with.
enum class Condition : uint8_t {
  Command,  // command state
  Told,     // command state, by words among the data: the peer may have said them
  Unknown,  // the modem fell silent
  Calling,  // may still be dialling or answering: any octet ends that
  Data,     // data state: only the escape gets through
};

struct Resting {
  Condition condition;
};

/// Shaking a modem awake that did not answer; by time alone, whatever it says.
struct Rousing {
  Goal goal;
  Part next;     // Reset or Init
  uint8_t step;  // of kRouse
  Instant until;
};

struct Draining {
  Goal goal;
  Part next;                // Reset or Init
  Instant quiet_at, until;  // nothing heard until then; noise or not
};

struct Commanding {
  Goal goal;
  Part part;
  uint16_t at;   // which command of the part
  uint8_t sent;  // how often
  Instant until;
};

struct Awaiting {
  uint16_t at;  // the listen command whose responses count
};

/// No deadline here: carrier watch and PPP have theirs.
struct InData {};

enum class Stage : uint8_t { DtrLow, Abort, Guard, Escape, Command, Doubt };

struct HangingUp {
  Stage stage;
  Condition condition;
  bool escaped;        // "+++" has been sent
  uint8_t sent;        // how often this command
  uint16_t at;         // which hang-up command
  Instant until;       // of this stage
  Instant bound;       // of the whole
  Instant escapes_at;  // Stage::Escape: before it the modem may still be in data state
};

using Any = std::variant<Resting, Rousing, Draining, Commanding, Awaiting, InData, HangingUp>;

}  // namespace redial::modem::state
