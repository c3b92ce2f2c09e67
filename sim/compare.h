// SPDX-License-Identifier: Apache-2.0
// The same faults for everybody: one link, one fault at a time, ourselves measured in the simulator
// and the others by the models of their rules.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/profile.h"
#include "sim/rival.h"

namespace redial::sim {

/// The middle and the worst of many; nullopt: never.
struct Spread {
  std::optional<Duration> median, worst;
  bool operator==(const Spread&) const = default;
};
/// Never is longer than anything. Of none: 0.
Spread spread_of(std::vector<std::optional<Duration>> samples);

struct Times {
  Spread noticed, restored;
};

/// What has not happened so long after a strike is called never.
constexpr Duration kHorizon = 24h;

constexpr size_t kDiallers = 1 + kRivals;  // ourselves first
std::string_view dialler_name(size_t dialler);

struct Row {
  std::string_view name;
  std::array<Times, kDiallers> times;
};

struct Comparison {
  uint64_t seed = 0;
  uint32_t strikes = 0;  // of each row
  Costs costs;
  std::vector<Row> rows;
  uint64_t violations = 0;  // of our own promises, while we were measured
};

/// Faults of one kind, `kStrikesApart` apart, with the durations and dice of make_schedule().
constexpr Duration kStrikesApart = 6h;
std::vector<Fault> spaced(FaultKind kind, uint32_t strikes, uint64_t seed);

/// Our defaults on a modem with its circuits wired, beside the others. An error: no such profile.
Result<Comparison> compare(uint64_t seed, uint32_t strikes);

}  // namespace redial::sim
