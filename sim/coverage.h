// SPDX-License-Identifier: Apache-2.0
// Which cause ended a call in which phase, and how often: a cell that was never hit is a claim that
// nobody has tested. A cell that cannot be hit says why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/cause.h"
#include "sim/tally.h"

namespace redial::sim {

/// So often at least, in the standard run.
constexpr uint64_t kCellWanted = 100;

/// A cause in a phase.
struct Cell {
  enum class Kind : uint8_t {
    Possible,
    Impossible,  // whatever the world does
    NotRun,      // possible, and no site of the simulator's brings it yet
  };
  Kind kind = Kind::Possible;
  std::string_view why;  // of the other two
};
Cell cell_of(CauseCode cause, Phase phase);

struct Coverage {
  unsigned possible = 0, enough = 0, some = 0;  // cells; hit kCellWanted times; hit at all
  std::string table;  // a row a cause, a column a phase; '-': impossible, '?': not run
  std::vector<std::string> lacking;    // possible, and hit less often
  std::vector<std::string> surprises;  // hit, and said to be impossible
};
Coverage coverage_of(const Tally& tally);
/// The table, what is lacking, and why cells are not there.
std::string to_text(const Coverage& coverage);

}  // namespace redial::sim
