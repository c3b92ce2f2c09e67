// SPDX-License-Identifier: Apache-2.0
// The state file: what was learned and must outlive the process. Never a file that people write.
#pragma once

#include <string>

#include "core/result.h"
#include "phonebook/learned.h"

namespace redial::cli {

/// $XDG_STATE_HOME/redial/learned, ~/.local/state/redial/learned; empty: there is no home.
std::string learned_file();
/// Beside it: the journal of holds, budgets and wishes (engine/memory_codec.h).
std::string memory_file();
/// What it says; nothing where it cannot be read.
phonebook::Learned load_learned(const std::string& file);
/// This number connected. Read afresh and written whole, for others may have learned meanwhile;
/// the error says what is lost.
Result<void> keep_learned(const std::string& file, const std::string& entry,
                          const std::string& number);

}  // namespace redial::cli
