// SPDX-License-Identifier: Apache-2.0
// Finds the files of predecessors at the paths that were named: a file, a folder, or a root with an
// etc of its own.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "migrate/sources.h"

namespace redial::cli {

/// NotFound: nothing there that any reader knows, with what was looked at.
Result<std::vector<migrate::SourceSet>> find_sources(const std::vector<std::string>& paths);

}  // namespace redial::cli
