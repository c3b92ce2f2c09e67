// SPDX-License-Identifier: Apache-2.0
// Whole directories: read, written so that they are on disk, renamed, exchanged, removed. For
// replacing one that must never be half a one.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "io/descriptor.h"

namespace redial::io {

struct TreeFile {
  enum class Kind : uint8_t { File, Folder, Link };
  std::string path;  // relative; a folder comes before what is in it
  Kind kind = Kind::File;
  std::string octets;                 // of a link: where it leads
  unsigned mode = 0644;               // permissions alone
  uint32_t owner = ~0u, group = ~0u;  // ~0: whoever writes it
  int64_t modified_ns = 0;            // since the epoch; 0: now
};

struct TreeLimits {
  size_t files_max = 10'000;
  size_t octets_max = 256 << 20;  // all of them together
  size_t depth_max = 16;
};

/// Everything in it, sorted by path. BadFile: more than the limits, or something that is neither
/// file, folder nor link, or a name with control characters.
Result<std::vector<TreeFile>> read_tree(const std::string& folder, const TreeLimits& limits = {});

/// `between` is called after each thing that has been done; tests end the process there.
using Between = std::function<void()>;

/// Makes `folder` with these files, in this order, and waits until all of it is on disk.
Result<void> write_tree(const std::string& folder, const std::vector<TreeFile>& files,
                        unsigned mode, const Between& between = {});
/// Removes it; the file `first` goes before all others.
Result<void> remove_tree(const std::string& folder, const std::string& first,
                         const Between& between = {});

/// Renames, on disk when it returns; never over something.
Result<void> rename_folder(const std::string& from, const std::string& to);
/// Each gets the other's name, in one step. Unsupported: this file system cannot.
Result<void> exchange_folders(const std::string& a, const std::string& b);

/// Held until the descriptor closes, however the process ends. Busy: another process has it.
Result<Descriptor> lock_folder(const std::string& folder);
/// Without links, "." and ".."; NotFound, BadFile when it is no folder.
Result<std::string> real_folder(const std::string& path);

}  // namespace redial::io
