// SPDX-License-Identifier: Apache-2.0
// The policy's own numbers, followed on one link from what is announced: counters that begin anew
// with a good call, pauses as long as they are said to be, holds of what was refused, the flap
// guard, and that a user's word is obeyed. Recomputed here, never read from inside the product.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "engine/effects.h"
#include "phonebook/entry.h"
#include "sim/broken.h"
#include "sim/fault.h"

namespace redial::sim {

class PolicyWatch {
 public:
  void on_fault(FaultKind kind, Instant now);
  std::optional<Broken> on_event(const engine::EventBody& body, const phonebook::Entry& entry,
                                 Instant now);
  /// Another entry needs it: it may be dialled though its user has hung up.
  void on_needed() { unwanted_ = false; }
  /// The device is there again; `limited`: its number has failed too often within the hour.
  std::optional<Broken> on_returned(bool limited, Instant now) const;

 private:
  using MaybeBroken = std::optional<Broken>;
  MaybeBroken on_calling(Instant now);
  MaybeBroken on_ended(const connection::LinkEnded& ended, const phonebook::Entry& entry,
                       Instant now);
  MaybeBroken on_next_try(const connection::NextTry& next, const phonebook::RedialSettings& redial,
                          Instant now);
  MaybeBroken on_back_off(Duration pause, Duration whole, uint8_t jitter);
  bool flaps(Instant now) const;
  /// A call has ended, the line is free again by now, and none has been placed since.
  bool pauses(Instant now) const;

  std::array<Instant, connection::Schedule::kFlapDeaths + 1> deaths_{};  // the latest, oldest first
  Instant password_held_{}, number_held_{};
  Instant dial_by_ = kNever;  // the user's word
  Instant ended_at_{};
  connection::PauseReason reason_ = connection::PauseReason::None;
  uint32_t failures_ = 0;  // since the last good call
  uint8_t undrawn_ = 0;    // pauses in a row without any chance in them
  bool counted_ = true;    // all of them
  bool waits_ = false;     // between an ending and the next call
  bool judged_ = true;     // the ending's pause has been looked at
  bool gone_ = false;      // it was the device that failed
  bool unwanted_ = false;  // hung up
};

}  // namespace redial::sim
