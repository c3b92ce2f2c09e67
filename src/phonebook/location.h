// SPDX-License-Identifier: Apache-2.0
// Where one dials from, as a person declares it in redial.toml: [[location]] and [calling_card].
// What the codes and rules do is told in docs/dialing.md; telephony/dialing_rules.h does it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phonebook/lines.h"
#include "phonebook/toml_values.h"

namespace redial::phonebook {

/// How the numbers of one area are dialled; the first rule that fits counts.
struct AreaRule {
  std::string area_code;
  std::vector<std::string> prefixes;  // of the number in its area; empty: all
  bool except = false;                // all but those with the prefixes
  std::string dial;                   // "G", "FG", "1FG"
  bool operator==(const AreaRule&) const = default;
};

struct Location {
  std::string name;
  uint32_t country_code = 0;  // 1 to 999
  std::string area_code;
  std::string outside_local;                         // "9,"
  std::optional<std::string> outside_long_distance;  // none: as outside_local
  std::string long_distance_carrier, international_carrier;
  std::string cancel_call_waiting;                  // "*70,"
  std::string local, long_distance, international;  // rules; empty: the country's
  std::vector<AreaRule> area_rules;
  std::optional<DialBy> dial;     // none: as the line says
  bool blind = false;             // its dial tone is one that modems do not know
  std::string calling_card;       // empty: none
  uint32_t line = 0, column = 0;  // where it is declared
  bool operator==(const Location&) const = default;
};

/// Its number and PIN are in the credentials file, never here.
struct CallingCard {
  std::string name;
  std::string local, long_distance, international;  // rules; empty: such calls without the card
  bool operator==(const CallingCard&) const = default;
};

/// One that has an error and is left out: who asks for it is told why.
struct LostLocation {
  std::string name;   // empty: it has none that can be read
  uint32_t line = 0;  // where it is declared
  std::string text;   // the first error, with file, line and column
};

struct Locations {
  std::vector<Location> good;  // in the file's order
  std::vector<LostLocation> lost;
};

constexpr size_t kLocationsMax = 1000;
constexpr size_t kAreaRulesMax = 256, kPrefixesMax = 1000;
constexpr size_t kDialCodeMax = 40, kDialRuleMax = 100;  // octets
constexpr size_t kAreaCodeMax = 10;                      // digits; RAS_MaxAreaCode

// As redial.toml has them; what has an error is left out.
Locations toml_locations(const TomlNode& node, TomlComplaints& to);
std::vector<CallingCard> toml_calling_cards(const TomlNode& node, TomlComplaints& to);

/// Without regard to case; null: there is none of that name.
const Location* find_location(const std::vector<Location>& locations, std::string_view name);
const CallingCard* find_card(const std::vector<CallingCard>& cards, std::string_view name);

}  // namespace redial::phonebook
