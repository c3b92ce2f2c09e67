// SPDX-License-Identifier: Apache-2.0
// When is the next try? Back-off, attempt budgets, holds and the flap guard of one link. The rules
// and their numbers: docs/redial.md; RedialAttempts and RedialSeconds: phonebook.md 4.2; the law
// for an exhausted budget: KB Q193834.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "connection/policy.h"
#include "core/rng.h"
#include "phonebook/entry.h"

namespace redial::connection {

/// Why the pause is as long as it is; announced with it.
enum class PauseReason : uint8_t {
  None,
  LinkFailure,     // a good link died: at once
  BackOff,         // failed attempt or short-lived link
  PhonebookPause,  // RedialSeconds
  Flapping,        // more than three deaths in ten minutes
  AttemptsUsedUp,  // RedialAttempts spent: KB Q193834
  AuthHold,
  NumberHold,  // every number that is left is refused, or held for its cause
  HourLimit,   // attempts_per_hour of every number that is left
  NextNumber,  // the same try goes on with the entry's next number
  NextLine,    // ... with the entry's next line
  CauseHold,   // hold.* of the entry
  SessionRenewed,
  Hours,   // outside its windows
  Budget,  // spent until midnight
};
std::string_view text(PauseReason reason);

/// Nullopt `at`: rest. `attempt` counts tries since the last good call, from 1.
struct Verdict {
  std::optional<Instant> at;
  PauseReason reason = PauseReason::None;
  uint32_t attempt = 0;
  bool operator==(const Verdict&) const = default;
};

struct LinkMemory;

class Schedule {
 public:
  static constexpr uint8_t kFlapDeaths = 3;         // more than these ...
  static constexpr Duration kFlapWindow = 10min;    // ... within this: flapping
  static constexpr Duration kRestorePause = 500ms;  // drawn between half and whole
  /// Between two calls of one try: an exchange must have noticed that the line is free.
  static constexpr Duration kNextNumberPause = 2s;

  /// A call has ended and the table said `action`. `was_up`: how long the link was established;
  /// nullopt: it never was.
  Verdict on_ended(Action action, std::optional<Duration> was_up,
                   const phonebook::RedialSettings& settings, Instant now, Rng& rng);
  /// The user asked afresh: counters and holds are forgotten.
  void reset() { *this = {}; }
  uint32_t attempts() const { return failures_; }
  void remember(LinkMemory& into, Instant now) const;
  void restore(const LinkMemory& memory, Instant now);

 private:
  Verdict after_failure(const phonebook::RedialSettings& settings, Instant now, Rng& rng);
  Verdict after_death(Duration was_up, const phonebook::RedialSettings& settings, Instant now,
                      Rng& rng);
  bool flaps(Instant now);

  std::array<Instant, kFlapDeaths> deaths_{};  // the latest, oldest first; epoch: none
  uint16_t failures_ = 0;                      // attempts in a row without a good call
  uint8_t flap_doublings_ = 0;
  uint8_t auth_holds_ = 0;
  uint8_t unreachable_ = 0;  // pauses of KB Q193834 so far
};

/// "pause, doubled n times, at most longest": never overflows.
Duration doubled(Duration pause, unsigned times, Duration longest);

}  // namespace redial::connection
