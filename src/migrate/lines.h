// SPDX-License-Identifier: Apache-2.0
// What the readers have in common: INI lines with their places, values of every day, complaints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// A line of "[section]" and "key = value".
struct IniLine {
  enum class Form : uint8_t { Section, Setting, Odd };
  Form form = Form::Odd;
  uint32_t line = 0, column = 0;  // of the value; of the text where there is none
  std::string_view section;       // the one it stands in, without brackets
  std::string_view key, value;    // trimmed; of Odd the whole line is the value
};

/// Lines that are neither blank nor begin with "#" or ";". Views into `octets`.
std::vector<IniLine> ini_lines(std::string_view octets);

constexpr size_t kSourceLineMax = 8192;

/// An error of the source: nothing of it is imported.
void refuse(Reading& reading, const std::string& file, uint32_t line, uint32_t column,
            std::string text);
void warn(Reading& reading, const std::string& file, uint32_t line, uint32_t column,
          std::string text);

/// False after a complaint: the file is too large, has NUL octets, or a line beyond kSourceLineMax.
bool readable(const SourceFile& file, Reading& reading);

/// "yes", "on", "true", "1" and their opposites, in any case.
std::optional<bool> to_flag(std::string_view text);
/// A whole number of seconds from 0, at most ten years.
std::optional<Duration> to_seconds(std::string_view text);
/// Within what a key takes: "dial_within" and the like.
Duration clamped(Duration wanted, Duration least, Duration most);

/// The last part of a path: "ttyUSB0".
std::string_view base_name(std::string_view path);
/// All but the last part, without its slash; "" for a name alone.
std::string_view folder_name(std::string_view path);

/// The word or words of a key, in small letters, one blank between them: "dial prefix".
std::string plain_key(std::string_view key);
/// Whether a key of that name may hold what is not to be seen, known to us or not: "Password",
/// "psk", "UserPasswd"; not "password-flags".
bool names_secret(std::string_view key);

/// Only what a phonebook's text may hold: UTF-8 without control characters.
std::string clean(std::string_view text);

}  // namespace redial::migrate
