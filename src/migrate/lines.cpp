// SPDX-License-Identifier: Apache-2.0
#include "migrate/lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/inf_lexer.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::trim;

namespace {

constexpr Duration kSecondsMost = 24h * 3650;

void complain(Reading& reading, phonebook::Diagnostic::Severity severity, const std::string& file,
              uint32_t line, uint32_t column, std::string text) {
  phonebook::report(reading.diagnostics, {.severity = severity,
                                          .line = line,
                                          .column = column,
                                          .entry = {},
                                          .text = std::move(text),
                                          .file = file});
}

uint32_t column_of(std::string_view line, std::string_view part) {
  return static_cast<uint32_t>(part.data() - line.data()) + 1;
}

}  // namespace

std::string_view name(Source source) {
  switch (source) {
    case Source::Wvdial: return "wvdial";
    case Source::Pppd: return "pppd";
    case Source::NetworkManager: return "NetworkManager";
    case Source::OpenWrt: return "OpenWrt";
    case Source::Ras: return "RAS";
  }
  return "";
}

bool is_counted(std::string_view path) {
  return path.starts_with("/dev/ttyUSB") || path.starts_with("/dev/ttyACM");
}

std::vector<IniLine> ini_lines(std::string_view octets) {
  std::vector<IniLine> out;
  if (octets.starts_with("\xef\xbb\xbf")) octets.remove_prefix(3);
  modem::inf::Lines lines(octets);
  std::string_view section;
  while (const auto line = lines.next()) {
    const std::string_view text = trim(line->text);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    IniLine made{.line = line->at.line, .column = column_of(line->text, text), .section = section};
    const size_t equals = text.find('=');
    if (text.front() == '[' && text.find(']') != std::string_view::npos) {
      made.form = IniLine::Form::Section;
      section = made.section = made.value = trim(text.substr(1, text.find(']') - 1));
    } else if (equals != std::string_view::npos && equals > 0) {
      made.form = IniLine::Form::Setting;
      made.key = trim(text.substr(0, equals));
      made.value = trim(text.substr(equals + 1));
      made.column = column_of(line->text, made.value);
    } else {
      made.value = text;
    }
    out.push_back(made);
  }
  return out;
}

void refuse(Reading& reading, const std::string& file, uint32_t line, uint32_t column,
            std::string text) {
  complain(reading, phonebook::Diagnostic::Severity::Error, file, line, column, std::move(text));
}

void warn(Reading& reading, const std::string& file, uint32_t line, uint32_t column,
          std::string text) {
  complain(reading, phonebook::Diagnostic::Severity::Warning, file, line, column, std::move(text));
}

bool readable(const SourceFile& file, Reading& reading) {
  if (file.octets.size() > kSourceOctetsMax) {
    refuse(reading, file.path, 0, 0,
           fmt::format("{} octets, {} is the limit; nothing of it is read; split the file",
                       file.octets.size(), kSourceOctetsMax));
    return false;
  }
  modem::inf::Lines lines(file.octets);
  while (const auto line = lines.next()) {
    const size_t nul = line->text.find('\0');
    if (nul != std::string_view::npos) {
      refuse(reading, file.path, line->at.line, static_cast<uint32_t>(nul + 1),
             "a NUL octet, so this is no text file; nothing of it is read; name the right file, "
             "or save it as text");
      return false;
    }
    if (line->text.size() > kSourceLineMax) {
      refuse(reading, file.path, line->at.line, 1,
             fmt::format("the line has {} octets, {} is the limit; nothing of the file is read; "
                         "shorten the line",
                         line->text.size(), kSourceLineMax));
      return false;
    }
  }
  return true;
}

std::optional<bool> to_flag(std::string_view text) {
  for (const std::string_view yes : {"yes", "on", "true", "1"}) {
    if (phonebook::same_word(text, yes)) return true;
  }
  for (const std::string_view no : {"no", "off", "false", "0"}) {
    if (phonebook::same_word(text, no)) return false;
  }
  return std::nullopt;
}

std::optional<Duration> to_seconds(std::string_view text) {
  const auto number = phonebook::to_integer(trim(text));
  if (!number || *number < 0 || *number > kSecondsMost / 1s) return std::nullopt;
  return std::chrono::seconds(*number);
}

Duration clamped(Duration wanted, Duration least, Duration most) {
  return std::clamp(wanted, least, most);
}

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view folder_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string plain_key(std::string_view key) {
  std::string out;
  for (const char c : trim(key)) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && (out.empty() || out.back() == ' ')) continue;
    out += blank ? ' ' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

bool names_secret(std::string_view key) {
  const std::string plain = plain_key(key);
  if (plain.ends_with("-flags")) return false;
  for (const std::string_view part : {"passw", "pwd", "psk", "wep-key", "secret", "pincode"}) {
    if (plain.find(part) != std::string::npos) return true;
  }
  return false;
}

std::string clean(std::string_view text) {
  return phonebook::without_control_characters(phonebook::replace_invalid_utf8(text));
}

}  // namespace redial::migrate
