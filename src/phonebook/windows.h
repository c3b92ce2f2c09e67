// SPDX-License-Identifier: Apache-2.0
// The hours at which an entry may be up, as people write them: "Mon-Fri 08:00-18:00".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redial::phonebook {

/// Days on which it opens, and two times of day. One that ends no later than it begins goes on
/// into the next day.
struct TimeWindow {
  uint8_t days = 0x7f;  // bit 0: Monday
  uint16_t from_min = 0, to_min = 24 * 60;
  bool operator==(const TimeWindow&) const = default;
};

constexpr size_t kWindowsMax = 32;

/// "Mon-Fri 08:00-18:00", "Sat,Sun 22:00-06:00", "08:00-18:00" (daily), "Sun" (all day). A range of
/// days may go over the week's end: "Fri-Mon".
std::optional<TimeWindow> to_window(std::string_view text);
/// As `to_window` reads it.
std::string to_text(const TimeWindow& window);

}  // namespace redial::phonebook
