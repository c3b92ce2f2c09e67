// SPDX-License-Identifier: Apache-2.0
// What `redial import` has put beside redial.toml, in the folder "imported": read after what people
// wrote, never by hand.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "phonebook/toml.h"

namespace redial::cli {

struct Imported {
  std::vector<phonebook::PhonebookFile> books;  // by name
  std::vector<std::string> credentials;         // paths
  std::vector<Error> unreadable;
};

/// `folder` is redial.toml's: empty, or ends in "/". Nothing there: nothing.
Imported load_imported(const std::string& folder);

}  // namespace redial::cli
