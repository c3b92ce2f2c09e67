// SPDX-License-Identifier: Apache-2.0
// One section of MODEM.INF, from its lines to a ModemDescription (KB Q125975, Q102782, Q122318).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "modem/inf_lexer.h"

namespace redial::modem::inf {

/// The lines of one section, not yet understood; views into the file.
struct RawSection {
  std::string_view name;
  Place at;
  std::vector<Entry> entries;
  bool broken = false;  // a line of it could not be read at all
};

/// A section understood. With `alias` everything else is taken from the section of that name.
struct Section {
  ModemDescription modem;  // without the file's [Responses]
  std::string alias;
  Place at, alias_at;
  bool good = true;     // false: diagnosed as an error, not to be offered
  bool script = false;  // speaks to a host or a pad (SWITCH.INF, PAD.INF), not to a modem
};

Section read_section(const RawSection& raw, std::string_view file_name, Complaints& complaints);

/// [Responses]: for every section of the file.
std::vector<Response> read_responses(const RawSection& raw, Complaints& complaints);

}  // namespace redial::modem::inf
