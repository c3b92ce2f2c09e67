// SPDX-License-Identifier: Apache-2.0
#include "phonebook/location.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

using Kind = TomlNode::Kind;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kDialled = "0123456789ABCD*#,W@$!TP";  // in codes and rules

bool only(std::string_view text, std::string_view allowed) {
  return text.find_first_not_of(allowed) == std::string_view::npos;
}

/// Digits and modifiers, as they are dialled; blanks and hyphens are dropped, letters made large.
std::string dial_code(const TomlNode& node, TomlComplaints& to) {
  const auto text = toml_text(node, kDialCodeMax, to);
  if (!text) return {};
  std::string code;
  for (char c : *text) {
    if ('a' <= c && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c != ' ' && c != '-') code += c;
  }
  if (only(code, kDialled)) return code;
  to.error(node,
           fmt::format("{} is to be what is dialled: digits, * and #, \",\" for a pause, W for a "
                       "dial tone, not \"{}\"; its table is left out; write {} = \"9,\"",
                       node.key, shown(*text), node.key));
  return {};
}

std::string digits_of(const TomlNode& node, size_t most, TomlComplaints& to) {
  const auto text = toml_text(node, most, to);
  if (text && only(*text, kDigits)) return *text;
  if (text) {
    to.error(node,
             fmt::format("{} is to be digits, not \"{}\"; its table is left out; leave blanks and "
                         "prefixes out",
                         node.key.empty() ? "this" : node.key, shown(*text)));
  }
  return {};
}

/// A rule in TAPI's letters. `letters`: those that stand for something; `needed`: must occur.
std::string rule_of(const TomlNode& node, std::string_view letters, std::string_view needed,
                    TomlComplaints& to) {
  const auto text = toml_text(node, kDialRuleMax, to);
  if (!text) return {};
  std::string rule = *text;
  std::erase(rule, ' ');
  const size_t odd = rule.find_first_not_of(std::string(kDialled) + std::string(letters));
  if (odd != std::string::npos) {
    const std::string_view why =
        rule[odd] == '?' ? "nobody is there to be asked" : "it means nothing in a rule";
    to.error(node,
             fmt::format("{}: \"{}\" cannot be dialled: {}; its table is left out; write digits, "
                         "modifiers and {}, as in \"1FG\"",
                         node.key, shown(rule.substr(odd, 1)), why, letters));
    return {};
  }
  for (const char letter : needed) {
    if (rule.empty() || rule.find(letter) != std::string::npos) continue;
    to.error(node,
             fmt::format("{} = \"{}\" would not dial the {}, which is {}; its table is left out; "
                         "write it as in \"011EFG\"",
                         node.key, shown(rule), letter == 'E' ? "country code" : "number", letter));
    return {};
  }
  return rule;
}

constexpr std::string_view kOwnLetters = "EFGNSLM", kCardLetters = "EFGHKNSLM";

std::vector<std::string> prefixes_of(const TomlNode& node, TomlComplaints& to) {
  constexpr size_t kPrefixMax = 15;
  std::vector<std::string> prefixes;
  if (node.kind != Kind::Array || node.children.empty() || node.children.size() > kPrefixesMax) {
    to.error(node, fmt::format("{} is to be an array of 1 to {} texts of digits; the location is "
                               "left out; write {} = [\"555\"]",
                               node.key, kPrefixesMax, node.key));
    return prefixes;
  }
  for (const TomlNode& element : node.children) {
    prefixes.push_back(digits_of(element, kPrefixMax, to));
    if (prefixes.back().empty() && element.text.empty() && element.kind == Kind::Text) {
      to.error(element,
               "a prefix without digits fits every number; the location is left out; "
               "remove it");
    }
  }
  return prefixes;
}

AreaRule area_rule_of(const TomlNode& table, TomlComplaints& to) {
  constexpr std::array<std::string_view, 4> kKnown = {"area_code", "prefixes", "except", "dial"};
  constexpr std::string_view kExample = "{ area_code = \"206\", dial = \"FG\" }";
  AreaRule rule;
  if (table.kind != Kind::Table) {
    to.error(table, fmt::format("an area rule is to be a table; the location is left out; write "
                                "area_rules = [{}]",
                                kExample));
    return rule;
  }
  for (const TomlNode& key : table.children) {
    if (key.key == "area_code") {
      rule.area_code = digits_of(key, kAreaCodeMax, to);
    } else if (key.key == "prefixes" || key.key == "except") {
      rule.except = key.key == "except";
      rule.prefixes = prefixes_of(key, to);
    } else if (key.key == "dial") {
      rule.dial = rule_of(key, "FGNL", "G", to);
    } else {
      to.unknown_key(key, kKnown);
    }
  }
  if (table.child("prefixes") != nullptr && table.child("except") != nullptr) {
    to.error(table,
             "an area rule has prefixes or except, not both; the location is left out; "
             "write two rules");
  }
  if (table.child("area_code") == nullptr || table.child("dial") == nullptr) {
    to.error(table, fmt::format("an area rule needs area_code and dial; the location is left out; "
                                "write {}",
                                kExample));
  }
  return rule;
}

std::vector<AreaRule> area_rules_of(const TomlNode& node, TomlComplaints& to) {
  std::vector<AreaRule> rules;
  if (node.kind != Kind::Array || node.children.size() > kAreaRulesMax) {
    to.error(node, fmt::format("area_rules is to be an array of at most {} tables; the location is "
                               "left out; write area_rules = [{{ area_code = \"206\", dial = "
                               "\"FG\" }}]",
                               kAreaRulesMax));
    return rules;
  }
  for (const TomlNode& element : node.children) rules.push_back(area_rule_of(element, to));
  return rules;
}

void read_dial(const TomlNode& node, Location& location, TomlComplaints& to) {
  const auto by = toml_dial_by(node, to);
  if (by) location.dial = *by;
}

/// The plain texts of a location: name of the key, where it goes, and how it is read.
struct TextKey {
  std::string_view name;
  std::string Location::*member;
  enum class Form : uint8_t { Code, Digits, Local, Rule, Abroad } form;
};
constexpr TextKey kTextKeys[] = {
    {"area_code", &Location::area_code, TextKey::Form::Digits},
    {"outside_local", &Location::outside_local, TextKey::Form::Code},
    {"long_distance_carrier", &Location::long_distance_carrier, TextKey::Form::Code},
    {"international_carrier", &Location::international_carrier, TextKey::Form::Code},
    {"cancel_call_waiting", &Location::cancel_call_waiting, TextKey::Form::Code},
    {"local", &Location::local, TextKey::Form::Local},
    {"long_distance", &Location::long_distance, TextKey::Form::Rule},
    {"international", &Location::international, TextKey::Form::Abroad},
};

std::string text_for(const TextKey& key, const TomlNode& node, TomlComplaints& to) {
  switch (key.form) {
    case TextKey::Form::Code: return dial_code(node, to);
    case TextKey::Form::Digits: return digits_of(node, kAreaCodeMax, to);
    case TextKey::Form::Local: return rule_of(node, "FG", "G", to);
    case TextKey::Form::Rule: return rule_of(node, kOwnLetters, "G", to);
    case TextKey::Form::Abroad: return rule_of(node, kOwnLetters, "EG", to);
  }
  return {};
}

void read_location_key(const TomlNode& key, Location& location, TomlComplaints& to) {
  const auto plain = std::ranges::find(kTextKeys, std::string_view(key.key), &TextKey::name);
  if (plain != std::end(kTextKeys)) {
    location.*plain->member = text_for(*plain, key, to);
  } else if (key.key == "name") {
    location.name = toml_text(key, 64, to).value_or("");
  } else if (key.key == "country_code") {
    location.country_code = static_cast<uint32_t>(toml_count(key, 1, 999, to).value_or(0));
  } else if (key.key == "outside_long_distance") {
    location.outside_long_distance = dial_code(key, to);
  } else if (key.key == "area_rules") {
    location.area_rules = area_rules_of(key, to);
  } else if (key.key == "dial") {
    read_dial(key, location, to);
  } else if (key.key == "blind") {
    location.blind = toml_flag(key, to).value_or(false);
  } else if (key.key == "calling_card") {
    location.calling_card = toml_text(key, 64, to).value_or("");
  } else {
    std::vector<std::string_view> known = {"name",        "country_code", "outside_long_distance",
                                           "area_rules",  "dial",         "blind",
                                           "calling_card"};
    for (const TextKey& each : kTextKeys) known.push_back(each.name);
    to.unknown_key(key, known);
  }
}

/// What the keys together lack; empty: nothing.
std::string lacking(const Location& location, const std::vector<Location>& others) {
  if (location.name.empty()) {
    return "a location without a name; it is left out; write name = \"office\"";
  }
  if (location.country_code == 0) {
    return fmt::format(
        "location {} has no country; it is left out; write country_code = 1, 44, "
        "49 ...",
        shown(location.name));
  }
  if (find_location(others, location.name) != nullptr) {
    return fmt::format("a second location named {}; it is left out; rename one",
                       shown(location.name));
  }
  return {};
}

void read_card(const TomlNode& table, CallingCard& card, TomlComplaints& to) {
  constexpr std::array<std::string_view, 3> kKnown = {"local", "long_distance", "international"};
  for (const TomlNode& key : table.children) {
    if (key.key == "local") {
      card.local = rule_of(key, kCardLetters, "", to);
    } else if (key.key == "long_distance") {
      card.long_distance = rule_of(key, kCardLetters, "", to);
    } else if (key.key == "international") {
      card.international = rule_of(key, kCardLetters, "", to);
    } else if (key.key == "number" || key.key == "pin") {
      to.error(key, fmt::format("the {} of a calling card is refused here, since others can read "
                                "this file; move it to credentials.toml (mode 0600), below the "
                                "same [calling_card] line",
                                key.key));
    } else if (!to.refused_password(key)) {
      to.unknown_key(key, kKnown);
    }
  }
}

}  // namespace

Locations toml_locations(const TomlNode& node, TomlComplaints& to) {
  Locations made;
  std::vector<Location>& locations = made.good;
  if (node.kind != Kind::Array || node.children.size() > kLocationsMax) {
    to.error(node, fmt::format("location is to be an array of at most {} tables; no location is "
                               "read; write [[location]]",
                               kLocationsMax));
    return made;
  }
  for (const TomlNode& table : node.children) {
    const size_t errors = to.errors(), said = to.said();
    if (table.kind != Kind::Table) {
      to.error(table, "a location is to be a table; it is left out; write [[location]]");
      continue;
    }
    Location location;
    location.line = table.line;
    location.column = table.column;
    for (const TomlNode& key : table.children) read_location_key(key, location, to);
    if (to.errors() == errors) {
      if (const std::string what = lacking(location, locations); !what.empty())
        to.error(table, what);
    }
    if (to.errors() == errors) {
      locations.push_back(std::move(location));
    } else {
      made.lost.push_back({std::move(location.name), table.line, to.first_error(said)});
    }
  }
  return made;
}

std::vector<CallingCard> toml_calling_cards(const TomlNode& node, TomlComplaints& to) {
  std::vector<CallingCard> cards;
  if (node.kind != Kind::Table || node.children.size() > kLocationsMax) {
    to.error(node, fmt::format("calling_card is to be at most {} tables; no card is read; write "
                               "[calling_card.\"work\"]",
                               kLocationsMax));
    return cards;
  }
  for (const TomlNode& table : node.children) {
    const size_t errors = to.errors();
    CallingCard card;
    card.name = table.key;
    if (const auto problem = name_problem(table.key)) {
      to.error(table, *problem + "; the card is left out; give it another name");
    } else if (table.kind == Kind::Table) {
      read_card(table, card, to);
    } else {
      to.error(table,
               "a calling card is to be a table; it is left out; write "
               "[calling_card.\"work\"]");
    }
    if (to.errors() == errors) cards.push_back(std::move(card));
  }
  return cards;
}

const Location* find_location(const std::vector<Location>& locations, std::string_view name) {
  const auto found = std::ranges::find_if(
      locations, [&](const Location& each) { return same_word(each.name, name); });
  return found == locations.end() ? nullptr : &*found;
}

const CallingCard* find_card(const std::vector<CallingCard>& cards, std::string_view name) {
  const auto found = std::ranges::find_if(
      cards, [&](const CallingCard& each) { return same_word(each.name, name); });
  return found == cards.end() ? nullptr : &*found;
}

}  // namespace redial::phonebook
