// SPDX-License-Identifier: Apache-2.0
// What kind of sites a simulation has: the phonebook as a person would have written it, read by the
// product's own reader.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/plan.h"
#include "phonebook/entry.h"
#include "phonebook/lines.h"

namespace redial::sim {

/// One kind of line with one kind of entry on it.
struct Site {
  phonebook::Entry entry;
  engine::BoundLine line;
  engine::DialPlan plan;  // without its lines and its number
  connection::LineTraits traits;
};

struct Profile {
  std::string name;
  std::vector<Site> sites;  // links take them in turn
};

/// "default": the product's defaults on modems with and without circuits. "billed": echo every 30
/// s.
Result<Profile> profile_named(std::string_view name);

}  // namespace redial::sim
