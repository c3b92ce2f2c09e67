// SPDX-License-Identifier: Apache-2.0
#include "engine/counters.h"

#include <fmt/format.h>

namespace redial::engine {

void count(DamagedFrames& damaged, wire::FrameError error) {
  switch (error) {
    case wire::FrameError::BadFcs: ++damaged.bad_fcs; break;
    case wire::FrameError::Aborted: ++damaged.aborted; break;
    case wire::FrameError::TooShort: ++damaged.too_short; break;
    case wire::FrameError::Oversize: ++damaged.too_long; break;
  }
}

std::optional<std::string> damage_warning(DamagedFrames& damaged, uint32_t good) {
  constexpr uint32_t kLeast = 10;  // a burst of noise is no pattern
  constexpr uint32_t kOneIn = 10;  // a line with error control damages none
  const uint32_t all = damaged.bad_fcs + good;
  if (damaged.told || damaged.bad_fcs < kLeast || damaged.bad_fcs < all / kOneIn) return {};
  damaged.told = true;
  return fmt::format(
      "{} of {} frames came damaged (FCS): if the line is not that noisy, octets are being lost; "
      "check flow control at both ends and try a lower speed",
      damaged.bad_fcs, all);
}

}  // namespace redial::engine
