// SPDX-License-Identifier: Apache-2.0
#include "phonebook/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <vector>

namespace redial::phonebook {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Octets of the well-formed sequence that `octets` begins with (Unicode table 3-7), 0 if none.
size_t utf8_length(std::string_view octets) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(octets[i]); };
  const auto tail = [&](size_t i, uint8_t least = 0x80, uint8_t most = 0xbf) {
    return i < octets.size() && at(i) >= least && at(i) <= most;
  };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return tail(1) ? 2 : 0;
  if (first < 0xf0) {
    const uint8_t least = first == 0xe0 ? 0xa0 : 0x80;  // no overlong forms
    const uint8_t most = first == 0xed ? 0x9f : 0xbf;   // no surrogates
    return tail(1, least, most) && tail(2) ? 3 : 0;
  }
  const uint8_t least = first == 0xf0 ? 0x90 : 0x80;
  const uint8_t most = first == 0xf4 ? 0x8f : 0xbf;  // nothing above U+10FFFF
  return tail(1, least, most) && tail(2) && tail(3) ? 4 : 0;
}

/// Octets of the control character that `text` begins with, 0 if it begins otherwise.
size_t control_length(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x20 || first == 0x7f) return 1;
  const bool c1 = first == 0xc2 && text.size() > 1 && static_cast<uint8_t>(text[1]) >= 0x80 &&
                  static_cast<uint8_t>(text[1]) < 0xa0;
  return c1 ? 2 : 0;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

// 0x80..0x9f of Windows-1252; the rest of the upper half is Latin-1.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

struct Unit {
  std::string_view name;
  Duration length;
};
constexpr std::array<Unit, 5> kUnits = {
    {{"h", 1h}, {"min", 1min}, {"s", 1s}, {"ms", 1ms}, {"us", std::chrono::microseconds(1)}}};

constexpr int kPartsMax = 4;    // "2 h 30 min" has two
constexpr int kDigitsMax = 18;  // of a number; what they cannot write in microseconds is not read
constexpr int64_t kBeyond = 1'000'000'000'000'000'000;  // microseconds

/// Takes "1.5 s" off the front of `text`.
std::optional<Duration> take_duration(std::string_view& text) {
  int64_t whole = 0, fraction = 0, scale = 1;
  size_t at = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (at == kDigitsMax) return std::nullopt;
    whole = whole * 10 + (text[at] - '0');
  }
  if (at == 0) return std::nullopt;
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at) {
      if (scale == 1'000'000) return std::nullopt;
      fraction = fraction * 10 + (text[at] - '0');
      scale *= 10;
    }
  }
  while (at < text.size() && is_blank(text[at])) ++at;
  size_t end = at;
  while (end < text.size() && text[end] >= 'a' && text[end] <= 'z') ++end;
  const std::string_view name = text.substr(at, end - at);
  const auto unit = std::ranges::find(kUnits, name, &Unit::name);
  if (unit == kUnits.end()) return std::nullopt;
  const int64_t micro = unit->length.count();
  static_assert(kBeyond <= std::numeric_limits<int64_t>::max() / kPartsMax);
  if (whole >= kBeyond / micro || micro * fraction % scale != 0) return std::nullopt;
  text = trim(text.substr(end));
  return Duration(whole * micro + micro * fraction / scale);
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

CodePoint first_code_point(std::string_view octets) {
  const size_t length = utf8_length(octets);
  const auto at = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(octets[i])); };
  if (length <= 1) return {length == 0 ? 0 : at(0), length};
  uint32_t code = at(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (at(i) & 0x3f);
  return {code, length};
}

bool is_utf8(std::string_view octets) {
  while (!octets.empty()) {
    const size_t length = utf8_length(octets);
    if (length == 0) return false;
    octets.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view octets) {
  std::string out;
  while (!octets.empty()) {
    const size_t length = utf8_length(octets);
    if (length == 0) {
      append_utf8(out, 0xfffd);
      octets.remove_prefix(1);
    } else {
      out.append(octets.substr(0, length));
      octets.remove_prefix(length);
    }
  }
  return out;
}

std::string from_windows_1252(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const auto octet = static_cast<uint8_t>(c);
    append_utf8(out, octet >= 0x80 && octet < 0xa0 ? kWindows1252[octet - 0x80u] : octet);
  }
  return out;
}

std::optional<int64_t> to_integer(std::string_view text) {
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

std::optional<Duration> to_duration(std::string_view text) {
  text = trim(text);
  if (text.empty()) return std::nullopt;
  Duration sum{};
  for (int part = 0; !text.empty(); ++part) {
    const auto taken = take_duration(text);
    if (!taken || part == kPartsMax) return std::nullopt;
    sum += *taken;
  }
  if (sum.count() >= kBeyond) return std::nullopt;
  return sum;
}

std::string to_exact_text(Duration duration) {
  for (const Unit& unit : kUnits) {
    if (duration % unit.length == Duration{}) {
      if (duration == Duration{}) return "0 s";
      return fmt::format("{} {}", duration / unit.length, unit.name);
    }
  }
  return "0 s";
}

bool is_ipv4(std::string_view text) {
  for (int part = 0; part < 4; ++part) {
    const size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos || dot == 0 || dot > 3) return false;
    const auto value = to_integer(text.substr(0, dot));
    if (!value || *value < 0 || *value > 255) return false;
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return text.empty();
}

bool has_control_characters(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (control_length(text.substr(i)) > 0) return true;
  }
  return false;
}

std::string without_control_characters(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t control = control_length(text);
    out += control > 0 ? '?' : text.front();
    text.remove_prefix(std::max<size_t>(control, 1));
  }
  return out;
}

std::string shown(std::string_view text) {
  constexpr size_t kOctetsMax = 60;
  constexpr std::string_view kMore = "...";
  const size_t room = text.size() > kOctetsMax ? kOctetsMax - kMore.size() : kOctetsMax;
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const bool printable = length > 0 && control_length(text) == 0;
    const std::string_view next = printable ? text.substr(0, length) : "?";
    if (out.size() + next.size() > room) return out.append(kMore);
    out += next;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > 64) return {};
  std::string_view best;
  size_t best_distance = std::max<size_t>(1, std::min<size_t>(3, word.size() / 2)) + 1;
  for (const std::string_view candidate : known) {
    const size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace redial::phonebook
