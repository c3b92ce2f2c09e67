// SPDX-License-Identifier: Apache-2.0
// Carries out migrate::next_step on a real directory: DIR is replaced by what `build` makes of it,
// and kept as DIR.old; or that comes back. Killed at any point, DIR is the old one or the new one.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "io/tree.h"
#include "migrate/replacement.h"

namespace redial::cli {

struct ReplaceOptions {
  std::string folder;  // its real name, as of directory_named()
  migrate::Goal goal = migrate::Goal::Replace;
  /// The new directory's files but for the mark, made of what is in the old one.
  std::function<Result<std::vector<io::TreeFile>>(const std::vector<io::TreeFile>& old)> build;
  io::Between between;       // tests end the process there
  bool can_exchange = true;  // false: as on a file system that cannot
};

struct Replaced {
  bool changed = false;           // false: it was so already
  std::vector<std::string> kept;  // changed by somebody, and set aside under these names
};

/// Errors: Refused when DIR.old is somebody's, NotFound when there is no DIR or nothing to bring
/// back; what `build` and the system say.
Result<Replaced> replace_directory(const ReplaceOptions& options);

/// The directory's real name, also when an interrupted run of ours has it under another just now.
Result<std::string> directory_named(const std::string& path);
std::string old_name(const std::string& folder);  // "/x/Ras.old"
/// Whether it was made by us and is complete.
bool is_renewed(const std::string& folder);

}  // namespace redial::cli
