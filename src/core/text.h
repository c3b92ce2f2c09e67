// SPDX-License-Identifier: Apache-2.0
// Words and character sets as the files of other programs write them: UTF-8, UTF-16 and the "ANSI"
// of western Windows become UTF-8; what goes to a terminal is made harmless.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redial::chars {

/// Of ASCII letters; anything else stays.
constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string lower(std::string_view text);
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
/// Surrogates without their other half, and an odd last octet, become U+FFFD.
std::string from_utf16(std::string_view octets, bool big_endian);

enum class Encoding : uint8_t { Utf8, Utf16Le, Utf16Be, Windows1252 };
struct Decoded {
  std::string text;  // UTF-8, without a byte order mark
  Encoding encoding = Encoding::Utf8;
};
/// A text file of whatever program: by its byte order mark; without one UTF-16 when every other of
/// the first octets is NUL, else UTF-8 when it is well-formed, else Windows-1252.
Decoded decode(std::string_view octets);

/// C0, DEL, and C1 as UTF-8 writes it (a terminal may take U+009B for the start of a sequence).
bool has_control_characters(std::string_view text);
/// Each of them as "?".
std::string without_control_characters(std::string_view text);
/// Text with what cannot be seen written as <cr>, <lf> or <hXX>; well-formed UTF-8 stays. More than
/// `octets_max` end in "...".
std::string readable(std::string_view text, size_t octets_max = std::string_view::npos);
/// A name out of an 8-bit file that does not say its code page: as UTF-8 when it is that, else as
/// Windows-1252.
std::string name_text(std::string_view octets);
/// For messages: at most 60 octets, nothing unprintable, always well-formed UTF-8.
std::string shown(std::string_view text);

}  // namespace redial::chars
