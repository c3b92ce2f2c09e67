// SPDX-License-Identifier: Apache-2.0
// Faults that are aimed: what chance alone would hardly ever let strike at that moment, or on that
// kind of link. A table, drawn from in profiles that ask for it.
#pragma once

#include <optional>

#include "sim/fault.h"
#include "sim/profile.h"

namespace redial::sim {

/// One of them, on a link whose entry it suits; nullopt: none that the run may have does.
std::optional<Fault> draw_rare(FaultSet kinds, const Profile& profile, uint32_t links, Instant at,
                               Rng& rng);

}  // namespace redial::sim
