// SPDX-License-Identifier: Apache-2.0
// The script of an entry that a file of another program's says: a Windows .scp, a chat script, a
// section of SWITCH.INF or PAD.INF. Read and compiled before anything is dialled.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "modem/script.h"

namespace redial::engine {

struct FoundScript : LinkScripts {  // null: none, or the entry's own steps
  std::vector<std::string> warnings;
};

/// Finds what `script` and `script_before` of the entry name: "login.scp" (a path of Windows: its
/// last part), "x.chat", "SWITCH.INF:Section"; "[Section]" or a bare name is looked for in
/// SWITCH.INF. An entry for an X.25 pad logs on to it first, with its section of PAD.INF. The entry
/// is marked as having them, and its script_within becomes the longest of their own bounds unless
/// it says one. Errors: a file is not there or wrong, with file, line and column.
Result<FoundScript> read_script(phonebook::Entry& entry, const ReadFile& read);

/// What the scripts in such a file, all of them, send as an answer to a question for a password,
/// and the PINs of SIMs in it.
std::vector<std::string> hidden_words(const std::string& file, const std::string& octets,
                                      const ReadFile& read);

}  // namespace redial::engine
