// SPDX-License-Identifier: Apache-2.0
// The folder "imported" beside redial.toml, replaced as a whole: interrupted at any point, the
// files are the old ones or the new ones, and redial.toml is never rewritten.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "io/tree.h"

namespace redial::cli {

struct StoreOptions {
  std::string folder;        // redial.toml's; made when it is not there
  io::Between between;       // tests end the process there, or let it fail
  bool can_exchange = true;  // false: as on a file system that cannot
};

/// What is in "imported" of that folder, sorted, contents and permissions alone; nothing: none.
Result<std::vector<io::TreeFile>> files_imported(const std::string& folder);

class ImportStore {
 public:
  /// Holds the folder's lock as long as it lives, and clears away what an interrupted import left.
  static Result<ImportStore> open(StoreOptions options);

  /// What is in "imported" now.
  const std::vector<io::TreeFile>& files() const { return files_; }
  /// The folder will have these files and no others. True: something was changed.
  Result<bool> replace(const std::vector<io::TreeFile>& files);

 private:
  ImportStore(StoreOptions options, io::Descriptor lock)
      : options_(std::move(options)), lock_(std::move(lock)) {}

  std::string at(std::string_view name) const { return options_.folder + "/" + std::string(name); }
  Result<void> tidy();
  Result<bool> make_config();
  Result<void> swap_in();

  StoreOptions options_;
  io::Descriptor lock_;
  std::vector<io::TreeFile> files_;  // sorted by path, contents and permissions alone
};

}  // namespace redial::cli
