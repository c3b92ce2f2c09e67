// SPDX-License-Identifier: Apache-2.0
// `redial lines`: the line devices of redial.toml, whether each is there, and whether it can be
// used.
#pragma once

#include <string>
#include <vector>

#include "cli/workspace.h"

namespace redial::cli {

enum class LineState : uint8_t {
  Free,
  Held,       // by another program
  Missing,    // no such device now
  Forbidden,  // not for this user
  Unusable,   // no line device, or without its description
  Untried,    // behind TCP: known when it is dialled
};

struct LineReport {
  phonebook::LineSpec spec;
  LineState state = LineState::Free;
  bool present = false;
  std::string problem;  // why it cannot be used; empty: it can, as far as looking at it tells
};

/// Looks at the device without opening it: opening would raise DTR under somebody's call.
LineReport look_at(const phonebook::LineSpec& line, const engine::ReadFile& read);

std::string lines_text(const std::vector<LineReport>& lines);
std::string lines_json(const std::vector<LineReport>& lines);

int lines(const Sources& sources, bool json);

}  // namespace redial::cli
