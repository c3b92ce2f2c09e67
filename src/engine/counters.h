// SPDX-License-Identifier: Apache-2.0
// What a link's frames have met on the way, per call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/hdlc.h"

namespace redial::engine {

struct DamagedFrames {
  uint32_t bad_fcs = 0;
  uint32_t aborted = 0;
  uint32_t too_short = 0, too_long = 0;
  uint32_t outside = 0;  // octets between frames
  bool told = false;     // that there are too many
};

struct FrameCounts {
  uint32_t in = 0, out = 0;  // good ones
  DamagedFrames damaged;
};

void count(DamagedFrames& damaged, wire::FrameError error);
/// Once per call, when so many frames are damaged that something is set wrongly.
std::optional<std::string> damage_warning(DamagedFrames& damaged, uint32_t good);

}  // namespace redial::engine
