// SPDX-License-Identifier: Apache-2.0
// Numbers, durations and mistyped words as phonebooks and configuration files write them; words and
// character sets are core's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/text.h"
#include "core/time.h"

namespace redial::phonebook {

using chars::CodePoint;
using chars::first_code_point;
using chars::from_windows_1252;
using chars::has_control_characters;
using chars::is_utf8;
using chars::replace_invalid_utf8;
using chars::same_word;
using chars::shown;
using chars::trim;
using chars::without_control_characters;

/// A whole decimal number with an optional minus sign.
std::optional<int64_t> to_integer(std::string_view text);
/// "60 s", "1.5 s", "2 h 30 min"; units us, ms, s, min, h. nullopt without a unit.
std::optional<Duration> to_duration(std::string_view text);
/// The shortest text that `to_duration` reads as the same duration.
std::string to_exact_text(Duration duration);
/// "a.b.c.d", each 0..255.
bool is_ipv4(std::string_view text);
/// The known word that a mistyped one most likely means; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace redial::phonebook
