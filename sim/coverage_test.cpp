// SPDX-License-Identifier: Apache-2.0
// No end of a call is left out: each cause in each phase has an action, and can be brought about or
// says why not.
#include "sim/coverage.h"

#include <doctest/doctest.h>

#include "connection/policy.h"
#include "sim/run.h"

using namespace redial;
using namespace redial::sim;

namespace {

template <class Do>
void for_each_cell(Do act) {
  for (size_t code = 0; code < kCauses; ++code) {
    for (size_t phase = 0; phase < kPhases; ++phase) {
      act(CauseCode{static_cast<uint8_t>(code)}, Phase(phase));
    }
  }
}

}  // namespace

TEST_CASE("every cause in every phase has an action that is told by name") {
  for_each_cell([](CauseCode cause, Phase phase) {
    CAPTURE(name(cause));
    CAPTURE(name(phase));
    CHECK_FALSE(connection::name(connection::action_for(cause, phase)).empty());
  });
}

TEST_CASE("every cause in every phase is possible, or says why it is not seen") {
  unsigned possible = 0;
  for_each_cell([&](CauseCode cause, Phase phase) {
    CAPTURE(name(cause));
    CAPTURE(name(phase));
    const Cell cell = cell_of(cause, phase);
    CHECK((cell.kind == Cell::Kind::Possible) == cell.why.empty());
    possible += cell.kind == Cell::Kind::Possible;
  });
  CHECK(possible > 100);
}

TEST_CASE("a run of all sites hits nothing that is said to be impossible, and breaks no rule") {
  const auto profile = profile_named("sites");
  REQUIRE(profile);
  Options options{.seed = 5, .links = 40, .lasts = 12h, .shard_links = 40};
  options.weather.kinds = *read_fault_set("all");
  options.weather.every = 15min;
  options.weather.swarm = false;
  const Report report = run(options, *profile);
  CHECK(report.violations == 0);
  CHECK(report.stuck == 0);
  const Coverage coverage = coverage_of(report.tally);
  CHECK(coverage.surprises == std::vector<std::string>{});
  CHECK(coverage.some > 60);
}
