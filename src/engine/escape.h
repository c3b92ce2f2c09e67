// SPDX-License-Identifier: Apache-2.0
// Octets as one line of printable text, and back: \\ \r \n \xHH, and \{HH*N} for a long run of one
// octet. A person reads the words of a modem as they were.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace redial::engine {

/// Appends.
void escape(ByteView octets, std::string& to);
std::string escaped(ByteView octets);
/// Nullopt: not written so, or more than `octets_max`.
std::optional<Bytes> unescaped(std::string_view text, size_t octets_max);

}  // namespace redial::engine
