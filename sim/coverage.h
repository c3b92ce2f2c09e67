// SPDX-License-Identifier: Apache-2.0
// Which cause ended a call in which phase, and how often: a cell that was never hit is a claim that
// nobody has tested. A cell that cannot be hit says why.
#pragma once

#include <string>
#include <string_view>

#include "core/cause.h"
#include "sim/tally.h"

namespace redial::sim {

/// So often at least, in the standard run.
constexpr uint64_t kCellWanted = 100;

/// Why this cause cannot strike in this phase; empty: it can.
std::string_view impossible(CauseCode cause, Phase phase);

struct Coverage {
  unsigned possible = 0, enough = 0, some = 0;  // cells; hit kCellWanted times; hit at all
  std::string table;                            // a row a cause, a column a phase; '-': impossible
};
Coverage coverage_of(const Tally& tally);
std::string to_text(const Coverage& coverage);

}  // namespace redial::sim
