// SPDX-License-Identifier: Apache-2.0
// Local wall-clock time as PURE code may know it: a mapping that the host gives and renews, since a
// clock may be set and summer ends. Windows and budgets are all it is for.
#pragma once

#include <span>

#include "core/time.h"
#include "phonebook/windows.h"

namespace redial::connection {

/// At the instant `at` the local clock showed `local`: microseconds since 1970-01-01 00:00 as if
/// local time were UTC.
struct Calendar {
  Instant at{};
  WallTime local{};
  bool operator==(const Calendar&) const = default;

  WallTime local_at(Instant now) const { return {local.us_since_1970 + (now - at).count()}; }
  /// The local day, since 1970-01-01.
  int64_t day(Instant now) const;
  /// The end of the local day.
  Instant midnight_after(Instant now) const;
};

/// Whether one of the windows is open. No windows at all: always.
bool inside(std::span<const phonebook::TimeWindow> windows, const Calendar& calendar, Instant now);
/// The first instant from `now` on at which one is open.
Instant opens_at(std::span<const phonebook::TimeWindow> windows, const Calendar& calendar,
                 Instant now);
/// When the last of those that follow upon each other ends; kNever: they cover the week. `now` is
/// inside.
Instant closes_at(std::span<const phonebook::TimeWindow> windows, const Calendar& calendar,
                  Instant now);

}  // namespace redial::connection
