// SPDX-License-Identifier: Apache-2.0
#include "sim/table.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <ranges>

using namespace redial;
using namespace redial::sim;

namespace {

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

const Comparison& compared() {
  static const Comparison comparison = [] {
    auto result = compare(7, 3);
    REQUIRE(result.has_value());
    return *std::move(result);
  }();
  return comparison;
}

}  // namespace

TEST_CASE("never is longer than anything: one of many is the worst, most of them the median") {
  CHECK(spread_of({3s, 1s, 2s}) == Spread{2s, 3s});
  CHECK(spread_of({3s, std::nullopt, 1s}) == Spread{3s, std::nullopt});
  CHECK(spread_of({std::nullopt, std::nullopt, 1s}) == Spread{std::nullopt, std::nullopt});
  CHECK(spread_of({}) == Spread{0s, 0s});
}

TEST_CASE("durations take as many digits as they deserve") {
  CHECK(short_text(40ms) == "0.0s");
  CHECK(short_text(260ms) == "0.3s");
  CHECK(short_text(9949ms) == "9.9s");
  CHECK(short_text(9950ms) == "10s");
  CHECK(short_text(99s) == "99s");
  CHECK(short_text(130s) == "2m10");
  CHECK(short_text(30min) == "30m");
  CHECK(short_text(2h + 5min) == "2h05");
}

TEST_CASE("faults of a row are of its kind, well apart, and drawn: same seed, same faults") {
  const auto schedule = spaced(FaultKind::PeerKilled, 20, 7);
  REQUIRE(schedule.size() == 20);
  for (size_t i = 0; i < schedule.size(); ++i) {
    CHECK(schedule[i].kind == FaultKind::PeerKilled);
    CHECK(schedule[i].aim == Phase::Waiting);  // all strike a link that is up
    CHECK(schedule[i].lasts >= rule_of(FaultKind::PeerKilled).shortest);
    CHECK(schedule[i].lasts <= rule_of(FaultKind::PeerKilled).longest);
    if (i > 0) CHECK(schedule[i].at - schedule[i - 1].at > kStrikesApart - 10min);
  }
  CHECK(schedule == spaced(FaultKind::PeerKilled, 20, 7));
  CHECK(schedule != spaced(FaultKind::PeerKilled, 20, 8));
}

TEST_CASE("every fault of the table is noticed by us and restored, and no promise is broken") {
  CHECK(compared().violations == 0);
  CHECK(compared().rows.size() == 12);
  for (const Row& row : compared().rows) {
    CAPTURE(row.name);
    CHECK(row.times[0].noticed.worst <= Duration(20s));
    CHECK(row.times[0].restored.worst.has_value());
  }
  CHECK(compared().costs.set_up > 1s);
  CHECK(compared().costs.busy > 1s);
  CHECK(compared().costs.no_answer > 30s);
}

TEST_CASE("the table has two lines for each fault, and fits a terminal of 100 columns") {
  const std::string text = to_text(compared());
  size_t lines = 0;
  for (size_t begin = 0; begin <= text.size(); ++lines) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    CHECK(end - begin <= 100);
    begin = end + 1;
  }
  CHECK(lines == 2 + 2 * compared().rows.size() + 2 + 1);  // the last one is empty
  for (size_t i = 0; i < kDiallers; ++i) CHECK(has(text, dialler_name(i)));
  for (const Row& row : compared().rows) CHECK(has(text, row.name));
  CHECK(has(text, "never"));
}

TEST_CASE("the picture stands alone, has every name, and is the same each time") {
  const std::string svg = to_svg(compared());
  CHECK(svg.starts_with("<svg xmlns="));
  CHECK(svg.ends_with("</svg>\n"));
  for (const char* name : {"Redial", "pppd", "wvdial", "NetworkManager"}) CHECK(has(svg, name));
  for (const Row& row : compared().rows) CHECK(has(svg, row.name));
  CHECK(!has(svg, "href"));
  CHECK(!has(svg, "nan"));
  CHECK(svg == to_svg(compared()));
}
