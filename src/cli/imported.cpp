// SPDX-License-Identifier: Apache-2.0
#include "cli/imported.h"

#include <algorithm>
#include <filesystem>

#include "io/files.h"
#include "migrate/native.h"

namespace redial::cli {

Imported load_imported(const std::string& folder) {
  Imported out;
  std::error_code failed;
  std::vector<std::string> names;
  const std::string where = folder + std::string(migrate::kImportedFolder);
  for (const auto& each : std::filesystem::directory_iterator(where, failed)) {
    names.push_back(each.path().filename().string());
  }
  std::ranges::sort(names);  // so that lines and entries come in the same order everywhere
  for (const std::string& name : names) {
    const std::string path = where + "/" + name;
    if (name.ends_with(migrate::kCredentialsEnd)) {
      out.credentials.push_back(path);
    } else if (name.ends_with(".toml")) {
      auto octets = io::read_file(path, phonebook::kPhonebookOctetsMax + 1);
      if (octets) {
        out.books.push_back({.name = path, .octets = *std::move(octets), .imported = true});
      } else {
        out.unreadable.push_back(std::move(octets).error());
      }
    }
  }
  return out;
}

}  // namespace redial::cli
