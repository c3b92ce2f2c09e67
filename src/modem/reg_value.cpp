// SPDX-License-Identifier: Apache-2.0
#include "modem/reg_value.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::modem::reg {
namespace {

using chars::shown;

constexpr size_t kNameMax = 16'383;  // characters of a value's name, so says the registry
constexpr size_t kHexDigitsMax = 8;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = chars::lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

/// Takes up to eight hex digits; `count` says how many there were.
uint32_t take_hex(std::string_view& rest, size_t& count) {
  uint32_t number = 0;
  for (count = 0; count < kHexDigitsMax && !rest.empty() && hex_digit(rest.front()) >= 0; ++count) {
    number = number << 4 | static_cast<uint32_t>(hex_digit(rest.front()));
    rest.remove_prefix(1);
  }
  return number;
}

constexpr bool ends_line(char c) { return c == '\r' || c == '\n'; }

/// Strings in hex(1), hex(2) and hex(7), without the NULs at their ends.
std::string text_in(const Bytes& data, int generation) {
  const std::string_view octets = as_text(data);
  std::string text =
      generation == 5 ? chars::from_utf16(octets, false) : chars::from_windows_1252(octets);
  text.resize(text.find_last_not_of('\0') + 1);
  return text;
}

}  // namespace

std::optional<RegValue> ValueReader::read() {
  const std::string_view begin = rest_;
  RegValue made;
  made.at = source_.place(rest_);
  if (rest_.front() == '@') {
    rest_.remove_prefix(1);
  } else {
    auto name = quoted(false);
    if (!name || name->size() > kNameMax) {
      wrong(begin, "the value's name has no end", "add the '\"' after it");
      return std::nullopt;
    }
    made.name = *std::move(name);
  }
  blanks();
  if (!rest_.starts_with('=')) {
    wrong(rest_.empty() ? begin : rest_, "no '=' after the value's name", "write \"name\"=value");
    return std::nullopt;
  }
  rest_.remove_prefix(1);
  blanks();
  made.data_at = source_.place(rest_);
  if (!value(made)) return std::nullopt;
  finish_line();
  return made;
}

bool ValueReader::value(RegValue& into) {
  if (rest_.starts_with('-')) {
    rest_.remove_prefix(1);
    into.removed = true;
    return true;
  }
  if (rest_.starts_with('"')) {
    const std::string_view at = rest_;
    auto text = quoted(true);
    if (!text) return wrong(at, "the text has no end", "add the '\"' after it");
    into.text = *std::move(text);
    return true;
  }
  const std::string start = chars::lower(rest_.substr(0, 6));
  if (start == "dword:") return word(into);
  if (start.starts_with("hex")) return octets(into);
  return wrong(rest_, "what follows the '=' is neither a \"text\", nor dword:, nor hex:, nor -",
               "write one of them");
}

bool ValueReader::word(RegValue& into) {
  const std::string_view at = rest_;
  rest_.remove_prefix(6);
  blanks();
  size_t digits = 0;
  const uint32_t number = take_hex(rest_, digits);
  const bool longer = digits == kHexDigitsMax && !rest_.empty() && hex_digit(rest_.front()) >= 0;
  if (digits == 0 || longer)
    return wrong(at, "dword: is not followed by one to eight hex digits", "write dword:0000003c");
  into.type = RegType::Dword;
  for (int i = 0; i < 4; ++i) into.data.push_back(static_cast<uint8_t>(number >> (8 * i)));
  return true;
}

bool ValueReader::octets(RegValue& into) {
  const std::string_view at = rest_;
  rest_.remove_prefix(3);
  if (!type(into)) return wrong(at, "hex has no type and ':' after it", "write hex: or hex(2):");
  if (!octet_list(into.data)) return false;
  const bool text = into.type == RegType::String || into.type == RegType::ExpandString ||
                    into.type == RegType::Strings;
  if (text) {
    into.text = text_in(into.data, generation_);
    into.data = {};
  }
  return true;
}

bool ValueReader::type(RegValue& into) {
  into.type = RegType::Binary;
  if (rest_.starts_with('(')) {
    rest_.remove_prefix(1);
    size_t digits = 0;
    into.type = static_cast<RegType>(take_hex(rest_, digits));
    if (digits == 0 || !rest_.starts_with(')')) return false;
    rest_.remove_prefix(1);
  }
  if (!rest_.starts_with(':')) return false;
  rest_.remove_prefix(1);
  return true;
}

/// Octets in hex, parted by commas; a backslash at a line's end goes on with the next line.
bool ValueReader::octet_list(Bytes& into) {
  bool new_line = false;
  bool owed = false;  // a comma or a backslash has promised one more
  for (;;) {
    blanks();
    const std::string_view at = rest_;
    if (rest_.starts_with('\\')) {
      rest_.remove_prefix(1);
      blanks();
      if (!at_line_end()) return broken(at, "text after the '\\'", "end the line with the '\\'");
      take_line(rest_);
      new_line = true;
      continue;
    }
    if (at_line_end() || rest_.starts_with(';')) {
      if (owed) return broken(at, "the list of octets ends with a comma", "complete the export");
      return true;
    }
    if (!into.empty() && !owed) {
      if (!rest_.starts_with(',')) return broken(at, "no ',' between octets", "write hex:0a,3c");
      rest_.remove_prefix(1);
      owed = true;
      continue;
    }
    size_t digits = 0;
    const uint32_t octet = take_hex(rest_, digits);
    if (digits == 0 && new_line) {
      // The next key or value: the list was cut off before it.
      source_.error(at,
                    "the list of octets ends with a '\\' and nothing follows; the value is left "
                    "out; complete the export");
      return false;
    }
    new_line = false;
    if (digits == 0 || digits > 2)
      return broken(at, "an octet that is not one or two hex digits", "write hex:0a,3c");
    if (into.size() >= kRegDataMax)
      return broken(at, fmt::format("more than {} octets", kRegDataMax), "leave it out");
    into.push_back(static_cast<uint8_t>(octet));
    owed = false;
  }
}

/// The lines on which the list goes on belong to the value that is left out.
bool ValueReader::broken(std::string_view at, std::string_view fact, std::string_view remedy) {
  std::string_view rest = rest_;
  while (chars::trim(take_line(rest)).ends_with('\\') && !rest.empty()) rest_ = rest;
  return wrong(at, fact, remedy);
}

/// A text in quotes: \\ and \" stand for the second of them, \r and \n for the ends of lines. An
/// export writes a line's end in a text as it is: it belongs to the text when the closing quote
/// that follows ends its line, else the quote was forgotten.
std::optional<std::string> ValueReader::quoted(bool over_lines) {
  std::string made;
  std::string_view rest = rest_.substr(1);
  bool over = false;
  while (!rest.empty() && made.size() <= kRegDataMax) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (c == '"') {
      const std::string_view after = chars::trim(rest.substr(0, rest.find_first_of("\r\n")));
      if (over && !after.empty()) return std::nullopt;
      rest_ = rest;
      return made;
    }
    if (ends_line(c)) {
      if (!over_lines) return std::nullopt;
      over = true;
    }
    if (c != '\\' || rest.empty() || ends_line(rest.front())) {
      made += c;
      continue;
    }
    const char escaped = rest.front();
    rest.remove_prefix(1);
    if (escaped == 'n' || escaped == 'r') {
      made += escaped == 'n' ? '\n' : '\r';
      continue;
    }
    // A hand that wrote "\N3" meant what it wrote.
    if (escaped != '\\' && escaped != '"') made += '\\';
    made += escaped;
  }
  return std::nullopt;
}

bool ValueReader::wrong(std::string_view at, std::string_view fact, std::string_view remedy) {
  source_.error(at, fmt::format("{}; the value is left out; {}", fact, remedy));
  take_line(rest_);
  return false;
}

void ValueReader::blanks() {
  while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
}

bool ValueReader::at_line_end() const { return rest_.empty() || ends_line(rest_.front()); }

void ValueReader::finish_line() {
  blanks();
  if (!at_line_end() && !rest_.starts_with(';'))
    source_.warning(rest_, "text after the value; it is ignored; begin a new line for it");
  take_line(rest_);
}

}  // namespace redial::modem::reg
