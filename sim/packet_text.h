// SPDX-License-Identifier: Apache-2.0
// PPP frames as a person would name them: "LCP Configure-Request 3, 1 5 7 8".
#pragma once

#include <string>

#include "core/bytes.h"

namespace redial::sim {

/// What was sent in one piece: each frame by its protocol, code, identifier and the types of its
/// options; joined by "; ". Never what is in them: a password may be. What is no frame is so many
/// octets.
std::string frames_text(ByteView octets);

/// An echo, or a packet of the users: what goes on in every call that is well.
bool is_routine(ByteView octets);

}  // namespace redial::sim
