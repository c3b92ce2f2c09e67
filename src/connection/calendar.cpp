// SPDX-License-Identifier: Apache-2.0
#include "connection/calendar.h"

#include <algorithm>

namespace redial::connection {
namespace {

using phonebook::TimeWindow;

constexpr int64_t kDay = Duration(24h).count();
constexpr int64_t kWeek = 7 * kDay;
constexpr int64_t kMinute = Duration(1min).count();

int64_t modulo(int64_t value, int64_t by) { return (value % by + by) % by; }

/// Microseconds since Monday 00:00; 1970 began on a Thursday.
int64_t into_week(const Calendar& calendar, Instant now) {
  return modulo(calendar.local_at(now).us_since_1970 + 3 * kDay, kWeek);
}

/// Visits each opening of a window as (begin, length) within the week.
template <class Visit>
void for_each_opening(std::span<const TimeWindow> windows, Visit visit) {
  for (const TimeWindow& window : windows) {
    const int64_t from = window.from_min * kMinute, to = window.to_min * kMinute;
    const int64_t length = to > from ? to - from : to - from + kDay;
    for (int day = 0; day < 7; ++day) {
      if ((window.days >> day & 1) != 0) visit(day * kDay + from, length);
    }
  }
}

/// How long from `moment` on, which is in the week, an opening that covers it still lasts; 0: none
/// covers it.
int64_t left_at(std::span<const TimeWindow> windows, int64_t moment) {
  int64_t left = 0;
  for_each_opening(windows, [&](int64_t begin, int64_t length) {
    const int64_t passed = modulo(moment - begin, kWeek);
    if (passed < length) left = std::max(left, length - passed);
  });
  return left;
}

}  // namespace

int64_t Calendar::day(Instant now) const {
  const int64_t shown = local_at(now).us_since_1970;
  return (shown - modulo(shown, kDay)) / kDay;
}

Instant Calendar::midnight_after(Instant now) const {
  return now + Duration(kDay - modulo(local_at(now).us_since_1970, kDay));
}

bool inside(std::span<const TimeWindow> windows, const Calendar& calendar, Instant now) {
  return windows.empty() || left_at(windows, into_week(calendar, now)) > 0;
}

Instant opens_at(std::span<const TimeWindow> windows, const Calendar& calendar, Instant now) {
  if (inside(windows, calendar, now)) return now;
  const int64_t moment = into_week(calendar, now);
  int64_t wait = kWeek;
  for_each_opening(windows, [&](int64_t begin, int64_t) {
    wait = std::min(wait, modulo(begin - moment, kWeek));
  });
  return now + Duration(wait);
}

Instant closes_at(std::span<const TimeWindow> windows, const Calendar& calendar, Instant now) {
  if (windows.empty()) return kNever;
  const int64_t moment = into_week(calendar, now);
  int64_t open_for = 0;
  while (open_for < kWeek) {
    const int64_t more = left_at(windows, modulo(moment + open_for, kWeek));
    if (more == 0) return now + Duration(open_for);
    open_for += more;
  }
  return kNever;
}

}  // namespace redial::connection
