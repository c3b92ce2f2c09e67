// SPDX-License-Identifier: Apache-2.0
#include "connection/calendar.h"

#include <doctest/doctest.h>

#include <vector>

using namespace redial;
using namespace redial::connection;
using phonebook::TimeWindow;
using phonebook::to_window;

namespace {

/// The instant 0 is a Monday, 00:00 local: 1970-01-05.
constexpr Calendar kMonday{Instant{}, WallTime{Duration(96h).count()}};
Instant on(int day, Duration time) { return Instant{} + day * 24h + time; }

std::vector<TimeWindow> windows(std::initializer_list<std::string_view> texts) {
  std::vector<TimeWindow> out;
  for (const std::string_view text : texts) out.push_back(to_window(text).value());
  return out;
}

TEST_CASE("a window opens and closes at its minutes, on its days") {
  const auto work = windows({"Mon-Fri 08:00-18:00"});
  CHECK(!inside(work, kMonday, on(0, 8h) - 1us));
  CHECK(inside(work, kMonday, on(0, 8h)));
  CHECK(inside(work, kMonday, on(4, 18h) - 1us));
  CHECK(!inside(work, kMonday, on(4, 18h)));
  CHECK(!inside(work, kMonday, on(5, 12h)));
  CHECK(opens_at(work, kMonday, on(4, 18h)) == on(7, 8h));
  CHECK(opens_at(work, kMonday, on(1, 9h)) == on(1, 9h));
  CHECK(closes_at(work, kMonday, on(1, 9h)) == on(1, 18h));
}

TEST_CASE("a window over midnight belongs to the day on which it opens, Sunday's reaches Monday") {
  const auto night = windows({"Sun 22:00-06:00"});
  CHECK(inside(night, kMonday, on(0, 5h)));
  CHECK(!inside(night, kMonday, on(0, 6h)));
  CHECK(closes_at(night, kMonday, on(6, 23h)) == on(7, 6h));
}

TEST_CASE("windows that meet or overlap are one; a whole week never closes") {
  const auto both = windows({"Mon 08:00-12:00", "Mon 12:00-24:00", "Tue 00:00-03:00"});
  CHECK(closes_at(both, kMonday, on(0, 9h)) == on(1, 3h));
  CHECK(closes_at(windows({"Mon-Sun"}), kMonday, on(3, 1h)) == kNever);
  CHECK(inside({}, kMonday, on(3, 1h)));
}

TEST_CASE("midnight is the local one") {
  CHECK(kMonday.midnight_after(on(2, 13h)) == on(3, 0h));
  CHECK(kMonday.midnight_after(on(2, 0h)) == on(3, 0h));
  const Calendar east{Instant{}, WallTime{Duration(98h).count()}};
  CHECK(east.midnight_after(on(2, 13h)) == on(2, 22h));
}

TEST_CASE("the next opening is open, and lies within a week; the closing is shut") {
  const auto some = windows({"Tue,Sat 22:30-01:15", "Wed 07:00-07:01", "Sun 10:00-10:00"});
  for (Duration t = 0s; t < 14 * 24h; t += 7min) {
    const Instant open = opens_at(some, kMonday, Instant{} + t);
    REQUIRE(inside(some, kMonday, open));
    REQUIRE(open - (Instant{} + t) <= 7 * 24h);
    const Instant shut = closes_at(some, kMonday, open);
    REQUIRE(shut > open);
    REQUIRE(!inside(some, kMonday, shut));
  }
}

}  // namespace
