// SPDX-License-Identifier: Apache-2.0
// `redial terminal LINE`: the user's terminal on a line, to speak to a modem by hand.
#pragma once

#include <string>

#include "cli/workspace.h"

namespace redial::cli {

/// 0 after Ctrl-]; else the kind of the error.
int terminal(const Sources& sources, const std::string& line);

}  // namespace redial::cli
