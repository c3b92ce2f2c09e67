// SPDX-License-Identifier: Apache-2.0
// `redial explain ENTRY`: what is wanted, what watches it and how soon, what follows each cause,
// and when. Printed from the tables and bounds that the program itself goes by.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/workspace.h"
#include "telephony/dialing_rules.h"

namespace redial::cli {

/// What there is to explain; `lines` is empty when none is bound, and `unbound` says why.
struct Explained {
  phonebook::Entry entry;
  std::vector<engine::BoundLine> lines;
  std::string unbound;
  std::vector<std::string> refused;               // what the entry demands and cannot have
  std::vector<std::string> reduced;               // what is done, but less than asked
  std::vector<telephony::Translation> numbers{};  // the entry's, as they are dialled ...
  std::string from{};                             // ... from here; empty: no location is declared
  engine::LinkScripts scripts{};                  // where a file of another program's says it
};

std::string explanation(const Explained& what);
std::string explanation_json(const Explained& what);

/// One row of the policy table as people read it: equal cells in one.
struct PolicyRow {
  CauseCode cause;
  std::string idle, before_up, up, closing;  // names of actions
};
std::vector<PolicyRow> policy_rows();

/// Prints it. Unsupported when the entry is refused, after having said why; 0 otherwise.
/// `from`: a location in place of the entry's own.
int explain(const Sources& sources, const std::string& entry, const std::string& from, bool json);

}  // namespace redial::cli
