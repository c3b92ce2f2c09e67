// SPDX-License-Identifier: Apache-2.0
// Words, numbers, durations and character sets as phonebooks and configuration files write them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/time.h"

namespace redial::phonebook {

/// Equal without regard to the case of ASCII letters.
bool same_word(std::string_view a, std::string_view b);
/// Without spaces and tabs at both ends.
std::string_view trim(std::string_view text);

struct CodePoint {
  uint32_t code = 0;
  size_t octets = 0;  // 0: what it begins with is not UTF-8
};
/// The first of a text that is not empty.
CodePoint first_code_point(std::string_view octets);
bool is_utf8(std::string_view octets);
/// Every octet that is not part of a well-formed sequence becomes U+FFFD.
std::string replace_invalid_utf8(std::string_view octets);
/// Windows-1252, the "ANSI" of western phonebooks; its five unused codes become C1 controls.
std::string from_windows_1252(std::string_view octets);

/// A whole decimal number with an optional minus sign.
std::optional<int64_t> to_integer(std::string_view text);
/// "60 s", "1.5 s", "2 h 30 min"; units us, ms, s, min, h. nullopt without a unit.
std::optional<Duration> to_duration(std::string_view text);
/// The shortest text that `to_duration` reads as the same duration.
std::string to_exact_text(Duration duration);
/// "a.b.c.d", each 0..255.
bool is_ipv4(std::string_view text);
/// C0, DEL, and C1 as UTF-8 writes it (a terminal may take U+009B for the start of a sequence).
bool has_control_characters(std::string_view text);
/// Each of them as "?".
std::string without_control_characters(std::string_view text);

/// For messages: at most 60 octets, nothing unprintable, always well-formed UTF-8.
std::string shown(std::string_view text);
/// The known word that a mistyped one most likely means; empty when none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace redial::phonebook
