// SPDX-License-Identifier: Apache-2.0
// A RAS directory as connections: what its phonebooks mean, each device bound to a line that is
// watched, whatever it was bound to (KB Q153376).
#pragma once

#include <span>
#include <vector>

#include "migrate/ras_directory.h"

namespace redial::migrate {

/// All files of one directory at once.
void read_ras(std::span<const SourceFile> files, Reading& reading);

/// What becomes of each key, for docs/migrating.md.
std::vector<Rule> ras_rules();

}  // namespace redial::migrate
