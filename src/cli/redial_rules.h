// SPDX-License-Identifier: Apache-2.0
// An entry's redial settings in words, as `redial explain` prints them: what happens next, and
// when.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "phonebook/entry.h"

namespace redial::cli {

struct Rule {
  std::string_view name;
  std::string text;
};

/// Every rule that bears on this entry; those of settings that are not set are left out.
/// `modem`: one of its lines has one.
std::vector<Rule> redial_rules(const phonebook::Entry& entry, bool modem, size_t lines);

}  // namespace redial::cli
