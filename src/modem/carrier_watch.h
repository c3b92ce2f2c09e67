// SPDX-License-Identifier: Apache-2.0
// Notices in the data stream that the modem has left it: "NO CARRIER" (or "3<cr>") counts only
// outside a valid frame, and only when silence follows it (a page may quote it, a call may carry
// it).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/outbox.h"

namespace redial::modem {

struct CarrierGone {
  std::string evidence;
  bool operator==(const CarrierGone&) const = default;
};

class CarrierWatch {
 public:
  static constexpr Duration kSilence = 300ms;  // outside any frame
  static constexpr Duration kSilenceInsideFrame =
      1000ms;  // a frame was open: a stalled line looks alike

  /// Every chunk read in data state, and whether the decoder stands inside a frame after it.
  void on_octets(ByteView octets, bool inside_frame, Instant now);
  Outbox<CarrierGone, 1> on_deadline(Instant now);
  Instant due() const { return deadline_; }
  std::optional<Instant> deadline() const { return unless_never(due()); }
  void reset();

 private:
  void remember(ByteView octets);

  Instant deadline_ = kNever;    // never: nothing has been said
  std::array<char, 24> tail_{};  // the last octets: a notice, its line ends, half of another
  uint8_t size_ = 0;
  bool cut_ = false;    // there were octets before the tail
  bool digit_ = false;  // what was seen is the digit
};

static_assert(Machine<CarrierWatch>);
static_assert(sizeof(CarrierWatch) <= 40, "every link that is up has one");

}  // namespace redial::modem
