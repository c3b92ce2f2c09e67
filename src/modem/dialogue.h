// SPDX-License-Identifier: Apache-2.0
// The one AT dialogue engine (V.250): it runs the sequences of a description: drain until quiet,
// initialise, dial, listen, answer, hang up, verify. Every state has a deadline or is resting, and
// no octet of AT is ever sent into a data stream.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "modem/description.h"

namespace redial::modem {

constexpr size_t kCommandMax = 256;  // RAS error 700 beyond

struct Send { BoundedBytes<kCommandMax> octets; bool operator==(const Send&) const = default; };
struct SetDtr { bool on; bool operator==(const SetDtr&) const = default; };
struct Dialing { bool operator==(const Dialing&) const = default; };    // the number is on its way
struct Listening { bool operator==(const Listening&) const = default; };  // resting, a ring is welcome
struct Rang { bool operator==(const Rang&) const = default; };
/// Carrier: what follows is data.
struct Connected {
  uint32_t carrier_bps = 0, port_bps = 0;  // 0: not told
  bool error_control = false;
  std::string text;                        // "CONNECT 28800/ARQ"
  bool operator==(const Connected&) const = default;
};
struct Failed { Cause cause; bool operator==(const Failed&) const = default; };
/// Command state reached again (or the line given up after the bound): the line is free.
struct HungUp { bool verified; bool operator==(const HungUp&) const = default; };
struct Noted { std::string text; bool operator==(const Noted&) const = default; };  // for the log

using DialogueAction =
    std::variant<Send, SetDtr, Dialing, Listening, Rang, Connected, Failed, HungUp, Noted>;

class Dialogue {
 public:
  using Actions = Outbox<DialogueAction, 8>;
  struct Step {
    Actions actions;
    size_t consumed;  // Octets after these are data (only after Connected).
  };

  explicit Dialogue(std::shared_ptr<const CompiledDescription> description);

  Actions dial(std::string_view number, Instant now);  // drain, initialise, dial
  Actions listen(Instant now);                          // drain, initialise, listen
  Actions answer(Instant now);                          // after Rang, when the modem does not itself
  Actions hang_up(Instant now);                         // from any state; ends in HungUp, bounded
  Step on_octets(ByteView octets, Instant now);         // not in data state: see carrier_watch.h
  Actions on_carrier(bool present, Instant now);        // DCD, on lines that have it
  Actions on_deadline(Instant now);
  std::optional<Instant> deadline() const;
  bool in_data_state() const;

  /// The longest a hang-up may take; printed by `redial explain`.
  static constexpr Duration kHangUpBound = 12s;
};

}  // namespace redial::modem
