// SPDX-License-Identifier: Apache-2.0
#include "phonebook/windows.h"

#include <fmt/format.h>

#include <array>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr uint8_t kDaily = 0x7f;
constexpr uint16_t kDayMin = 24 * 60;

std::optional<unsigned> day_of(std::string_view word) {
  for (unsigned day = 0; day < kDays.size(); ++day) {
    if (same_word(kDays[day], word)) return day;
  }
  return std::nullopt;
}

/// The part up to `mark`, which is taken off with it.
std::string_view take_until(std::string_view& text, char mark) {
  const size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// "Mon-Fri" or "Sun".
std::optional<uint8_t> range_of(std::string_view text) {
  const bool range = text.find('-') != std::string_view::npos;
  const auto first = day_of(take_until(text, '-'));
  const auto last = range ? day_of(text) : first;
  if (!first || !last) return std::nullopt;
  uint8_t days = 0;
  for (unsigned day = *first;; day = (day + 1) % 7) {
    days = static_cast<uint8_t>(days | 1u << day);
    if (day == *last) return days;
  }
}

std::optional<uint8_t> days_of(std::string_view text) {
  uint8_t days = 0;
  while (!text.empty()) {
    const auto some = range_of(take_until(text, ','));
    if (!some) return std::nullopt;
    days = static_cast<uint8_t>(days | *some);
  }
  return days;
}

/// "08:00", at most 24:00.
std::optional<uint16_t> minute_of(std::string_view text) {
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.size() <= 2 &&
           part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::string_view hour = take_until(text, ':');
  if (!digits(hour) || text.size() != 2 || !digits(text)) return std::nullopt;
  const int64_t minutes = to_integer(text).value_or(60);
  const int64_t whole = to_integer(hour).value_or(25) * 60 + minutes;
  if (minutes >= 60 || whole > kDayMin) return std::nullopt;
  return static_cast<uint16_t>(whole);
}

std::string days_text(uint8_t days) {
  std::string out;
  for (unsigned day = 0; day < 7; ++day) {
    if ((days >> day & 1) == 0) continue;
    unsigned last = day;
    while (last + 1 < 7 && (days >> (last + 1) & 1) != 0) ++last;
    if (!out.empty()) out += ',';
    out += kDays[day];
    if (last > day) out += fmt::format("-{}", kDays[last]);
    day = last;
  }
  return out;
}

}  // namespace

std::optional<TimeWindow> to_window(std::string_view text) {
  text = trim(text);
  TimeWindow window;
  const bool named = !text.empty() && (text[0] < '0' || text[0] > '9');
  if (named) {
    const auto days = days_of(take_until(text, ' '));
    if (!days || *days == 0) return std::nullopt;
    window.days = *days;
    text = trim(text);
    if (text.empty()) return window;
  }
  const auto from = minute_of(take_until(text, '-'));
  const auto to = minute_of(text);
  if (!from || !to || *from == kDayMin || *to == 0) return std::nullopt;
  window.from_min = *from;
  window.to_min = *to;
  return window;
}

std::string to_text(const TimeWindow& window) {
  const std::string hours =
      fmt::format("{:02}:{:02}-{:02}:{:02}", window.from_min / 60, window.from_min % 60,
                  window.to_min / 60, window.to_min % 60);
  return window.days == kDaily ? hours : days_text(window.days) + " " + hours;
}

}  // namespace redial::phonebook
