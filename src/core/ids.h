// SPDX-License-Identifier: Apache-2.0
// Strong identifiers: free, hashable, not mixable. Indices into an engine's flat tables.
#pragma once

#include <cstdint>

namespace redial {

enum class LinkId : uint32_t {};   // One wanted connection: an entry that is to be up.
enum class LineId : uint32_t {};   // One line device (TAPI): a modem, a port, a TCP line.

constexpr uint32_t index(LinkId id) { return static_cast<uint32_t>(id); }
constexpr uint32_t index(LineId id) { return static_cast<uint32_t>(id); }

}  // namespace redial
