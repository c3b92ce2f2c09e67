// SPDX-License-Identifier: Apache-2.0
// Events as people and as machines read them: subject, fact, consequence, remedy.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "engine/effects.h"

namespace redial::cli {

/// One line without the entry's name; empty: nothing a person needs to be told.
std::string event_text(const engine::Event& event, Instant now);

/// One object: at (seconds), entry, event, and what the event carries; causes with RAS number.
nlohmann::json event_json(Duration at, const std::string& entry, const engine::Event& event,
                          Instant now);

/// "10.64.0.10" of an address in host byte order.
std::string address_text(uint32_t address);

}  // namespace redial::cli
