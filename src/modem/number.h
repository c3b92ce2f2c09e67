// SPDX-License-Identifier: Apache-2.0
// The number as a modem may be given it: TAPI's dialable string, V.250 §6.3.1. Nothing that is not
// a dial digit or modifier gets into a command.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/settings.h"

namespace redial::modem {

/// Drops formatting blanks; nullopt when nothing dialable is left, or when there is any character
/// that does not belong into a number. `;` (back to command state) only at the end.
std::optional<std::string> dialable(std::string_view number);

/// A dialable number for a modem of these abilities: what it cannot wait for becomes pauses that
/// are usually long enough, because a modem that does not know a modifier skips it or refuses.
std::string fit(std::string_view number, const DialAbilities& abilities);

/// What a modem takes of a number at once: V.250 §5.2 has command lines of 40 characters and more.
constexpr size_t kDialPartMax = 40;
/// A long number in parts, each but the last with the suffix that keeps the modem from waiting for
/// a carrier; one part, where there is none.
std::vector<std::string> dial_parts(std::string_view number, std::string_view suffix);

}  // namespace redial::modem
