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

using chars::lower;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

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
    if (!value || text.front() == '-' || *value > 255) return false;  // nor is there a "-0"
    text.remove_prefix(part < 3 ? dot + 1 : dot);
  }
  return text.empty();
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
