// SPDX-License-Identifier: Apache-2.0
// What kind of sites a simulation has: the phonebook as a person would have written it, read by the
// product's own reader.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/plan.h"
#include "phonebook/entry.h"
#include "phonebook/lines.h"

namespace redial::sim {

/// What a far end wants to be told in words before it speaks PPP.
enum class TextLogin : uint8_t {
  None,
  Server,  // name and password
  Pad,     // an address, of an X.25 pad; then the same
};

/// One kind of entry, and the lines it may use.
struct Site {
  phonebook::Entry entry;
  std::vector<engine::BoundLine> lines;  // their ids: places in the profile's list of lines
  engine::DialPlan plan;                 // without its lines and its numbers
  connection::LineTraits traits;
  std::optional<uint32_t> first;  // so many sites before it stands the one that it needs
  TextLogin text = TextLogin::None;
  bool digits = false;     // its modem answers in numbers, whatever it is told
  bool both_ways = false;  // its far end calls, too, on the same lines
};

/// A phonebook and its lines. Links take the entries in turn; each round of them has lines of its
/// own, so that entries which share a line, or need one another, are neighbours.
struct Profile {
  std::string name;
  std::vector<Site> sites;
  size_t lines = 0;       // declared
  uint32_t rare_ppm = 0;  // so many of a million faults are drawn from rare.h
};

/// "default": the product's defaults on modems with and without circuits. "billed": echo every 30
/// s. "sites": an entry for all else that an entry can ask for.
Result<Profile> profile_named(std::string_view name);

}  // namespace redial::sim
