// SPDX-License-Identifier: Apache-2.0
// One call on one line, in TAPI's terms (telephony overview: lineMakeCall, lineAnswer, lineDrop): a
// modem line runs a dialogue, a direct line has its carrier at once. Watched from the first octet.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "modem/carrier_watch.h"
#include "modem/dialogue.h"
#include "telephony/tapi.h"

namespace redial::telephony {

struct CallStateChanged {
  CallState state = CallState::Idle;
  std::optional<DisconnectMode> mode;  // with Disconnected only
  bool operator==(const CallStateChanged&) const = default;
};
struct Offering {
  bool operator==(const Offering&) const = default;
};  // one per ring
/// What the line carries from here on is data.
struct CallConnected {
  uint32_t carrier_bps = 0;  // 0: not told
  std::string text;          // "CONNECT 28800/ARQ", "direct"
  bool operator==(const CallConnected&) const = default;
};
/// The call could not be made, or is gone; the line is free only after `drop` and Released.
struct CallFailed {
  Cause cause;
  bool operator==(const CallFailed&) const = default;
};
struct Released {
  bool verified;
  bool operator==(const Released&) const = default;
};

using CallAction = std::variant<modem::Send, modem::SetDtr, modem::Listening, CallStateChanged,
                                Offering, CallConnected, CallFailed, Released, modem::Noted>;

std::string describe(const CallAction& action);  // one line of a transcript

class Call {
 public:
  using Actions = Outbox<CallAction, 12>;
  struct Step {
    Actions actions;
    size_t consumed;  // Octets after these are data (only when connected).
  };

  /// A ring that is not followed by another within this time is over (Q176209).
  static constexpr Duration kRingGone = 8s;
  /// How long a direct line is left without DTR, so that the far end sees it.
  static constexpr Duration kDirectDtrLow = 500ms;

  /// `description`: how the modem of this line is spoken to; null for a direct line.
  explicit Call(std::shared_ptr<const modem::CompiledDescription> description);

  /// Only while idle or listening.
  Actions make_call(std::string_view number, Instant now,
                    modem::Preparation preparation = modem::Preparation::Initialise);
  /// Waits for callers: on a modem line for rings, on a direct line for the first octet.
  Actions listen(Instant now);
  Actions answer(Instant now);  // after Offering
  Actions drop(Instant now);    // from any state; ends in Released, bounded
  Step on_octets(ByteView octets, Instant now);
  /// Every chunk read while connected, and whether the decoder stands inside a frame after it.
  void on_data(ByteView chunk, bool inside_frame, Instant now);
  Actions on_carrier(bool present, Instant now);  // DCD, on lines that have it
  Actions on_deadline(Instant now);
  Instant due() const {
    const Instant own = std::min(watch_.due(), due_);
    return dialogue_ ? std::min(own, dialogue_->due()) : own;
  }
  std::optional<Instant> deadline() const { return unless_never(due()); }

  CallState state() const { return state_; }
  bool has_modem() const { return modem_ != nullptr; }
  bool connected() const { return state_ == CallState::Connected; }

  /// Back to how it began: its line has been closed.
  void reset();

 private:
  modem::Dialogue& dialogue();
  Actions translate(modem::Dialogue::Actions&& from, Instant now);
  void change(CallState state, Actions& out);
  void connect(uint32_t carrier_bps, std::string text, Actions& out);
  void fail(Cause cause, Actions& out);

  std::shared_ptr<const modem::CompiledDescription> modem_;  // null: a direct line
  std::unique_ptr<modem::Dialogue> dialogue_;  // none on a direct line, and none while connected
  [[no_unique_address]] modem::CarrierWatch watch_;  // armed by data only
  CallState state_ = CallState::Idle;
  bool listening_ = false;
  bool dropping_ = false;
  Instant due_ = kNever;  // Offering: the ring is over; dropping, direct: DTR up again
};

static_assert(Machine<Call>);
static_assert(sizeof(Call) <= 72, "every line has one");

}  // namespace redial::telephony
