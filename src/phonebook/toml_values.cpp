// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/ip_address.h"
#include "phonebook/text.h"
#include "phonebook/toml_script.h"

namespace redial::phonebook {
namespace {

using Kind = TomlNode::Kind;

std::string or_word(const EntryKey& key) {
  return key.words.empty() ? std::string() : fmt::format(" or \"{}\"", key.words);
}

std::optional<Value> flag_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  if (node.kind == Kind::Flag) return Value(node.flag);
  to.error(node, fmt::format("{} is to be true or false{}, not {}; it is not set; write {} = true",
                             full_name(key), or_word(key), name(node.kind), key.name));
  return std::nullopt;
}

std::optional<Value> count_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  if (node.kind == Kind::Integer && node.integer >= key.least && node.integer <= key.most) {
    return Value(node.integer);
  }
  to.error(node, fmt::format("{} is to be a number from {} to {}{}, not {}; it is not set; write "
                             "{} = {}",
                             full_name(key), key.least, key.most, or_word(key),
                             node.kind == Kind::Integer ? fmt::format("{}", node.integer)
                                                        : std::string(name(node.kind)),
                             key.name, key.least));
  return std::nullopt;
}

std::optional<Value> time_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  const Duration least(key.least), most(key.most);
  std::string fault = "not " + std::string(name(node.kind));
  if (node.kind == Kind::Text) {
    const auto duration = to_duration(node.text);
    if (duration && *duration >= least && *duration <= most) return Value(*duration);
    fault = fmt::format("not \"{}\"", shown(node.text));
  }
  to.error(node,
           fmt::format("{} is to be a duration with its unit (ms, s, min, h) from {} to {}{}, "
                       "{}; it is not set; write {} = \"{}\"",
                       full_name(key), to_exact_text(least), to_exact_text(most), or_word(key),
                       fault, key.name, to_exact_text(least)));
  return std::nullopt;
}

std::optional<Value> address_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  const auto text = toml_text(node, 15, to);
  if (!text) return std::nullopt;
  if (text->empty() || is_ipv4(*text)) return Value(*text);
  to.error(node,
           fmt::format("{} is to be an address a.b.c.d, or \"\" for the server's, not \"{}\"; "
                       "it is not set; write {} = \"10.0.0.2\"",
                       full_name(key), shown(*text), key.name));
  return std::nullopt;
}

std::string list_of(const std::vector<std::string_view>& words) {
  std::string list;
  for (const std::string_view word : words) {
    list += fmt::format("{}\"{}\"", list.empty() ? "" : ", ", word);
  }
  return list;
}

bool known_word(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  const auto words = words_of(key);
  if (node.kind == Kind::Text && std::ranges::find(words, node.text) != words.end()) return true;
  to.error(node, fmt::format("{} knows {}, not {}; it is not set; write one of them",
                             full_name(key), list_of(words),
                             node.kind == Kind::Text ? fmt::format("\"{}\"", shown(node.text))
                                                     : std::string(name(node.kind))));
  return false;
}

/// An address with its length stays as it is written; the bits behind the length may be ours.
bool is_network(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  if (node.kind == Kind::Text && IpPrefix::parse(node.text)) return true;
  to.error(node, fmt::format("{} is to be of networks, \"10.0.0.0/8\" or \"2001:db8::/32\", not "
                             "{}; it is not set; correct it",
                             full_name(key),
                             node.kind == Kind::Text ? fmt::format("\"{}\"", shown(node.text))
                                                     : std::string(name(node.kind))));
  return false;
}

/// The array's elements, or the lone value as the only one; nullptr after a complaint.
std::optional<std::span<const TomlNode>> elements_of(const TomlNode& node, const EntryKey& key,
                                                     TomlComplaints& to) {
  if (node.kind != Kind::Array) {
    to.error(node, fmt::format("{} is to be an array, not {}; it is not set; write {} = [\"...\"]",
                               full_name(key), name(node.kind), key.name));
    return std::nullopt;
  }
  if (node.children.size() > static_cast<size_t>(key.most)) {
    to.error(node, fmt::format("{} has {} values, {} is the limit; it is not set; remove some",
                               full_name(key), node.children.size(), key.most));
    return std::nullopt;
  }
  return std::span<const TomlNode>(node.children);
}

std::optional<Value> texts_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  const auto elements = elements_of(node, key, to);
  if (!elements) return std::nullopt;
  std::vector<std::string> texts;
  for (const TomlNode& element : *elements) {
    if (key.kind == EntryKey::Kind::Words && !known_word(element, key, to)) return std::nullopt;
    if (key.kind == EntryKey::Kind::Networks && !is_network(element, key, to)) return std::nullopt;
    auto text = toml_text(element, kTextOctetsMax, to);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return Value(std::move(texts));
}

std::optional<Value> windows_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  auto value = texts_of(node, key, to);
  if (!value) return std::nullopt;
  for (const std::string& text : std::get<std::vector<std::string>>(*value)) {
    if (to_window(text)) continue;
    to.error(node,
             fmt::format("{}: \"{}\" is no window; it is not set; write days and hours, as in "
                         "\"Mon-Fri 08:00-18:00\"",
                         full_name(key), shown(text)));
    return std::nullopt;
  }
  return value;
}

/// "5550100", or { number = "5550100", area_code = "425", country_code = 1, dialing_rules = true }.
std::optional<Number> number_of(const TomlNode& node, TomlComplaints& to) {
  Number number;
  if (node.kind != Kind::Table) {
    auto digits = toml_text(node, kNumberOctetsMax, to);
    if (!digits) return std::nullopt;
    number.digits = std::move(*digits);
    return number;
  }
  constexpr std::array<std::string_view, 5> kKnown = {"number", "area_code", "country_code",
                                                      "dialing_rules", "comment"};
  const size_t errors = to.errors();
  for (const TomlNode& child : node.children) {
    if (child.key == "number") {
      number.digits = toml_text(child, kNumberOctetsMax, to).value_or("");
    } else if (child.key == "area_code") {
      number.area_code = toml_text(child, kTextOctetsMax, to).value_or("");
    } else if (child.key == "country_code") {
      number.country_code = static_cast<uint32_t>(toml_count(child, 0, 9999, to).value_or(0));
    } else if (child.key == "dialing_rules") {
      number.use_dialing_rules = toml_flag(child, to).value_or(false);
    } else if (child.key == "comment") {
      number.comment = toml_text(child, kTextOctetsMax, to).value_or("");
    } else {
      to.unknown_key(child, kKnown);
    }
  }
  if (number.digits.empty() && to.errors() == errors) {
    to.error(node, "a number without digits; it is not set; write { number = \"5550100\" }");
  }
  return to.errors() == errors ? std::optional(number) : std::nullopt;
}

std::optional<Value> numbers_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  const auto elements = elements_of(node, key, to);
  if (!elements) return std::nullopt;
  std::vector<Number> numbers;
  for (const TomlNode& element : *elements) {
    auto number = number_of(element, to);
    if (!number) return std::nullopt;
    numbers.push_back(std::move(*number));
  }
  return Value(std::move(numbers));
}

std::optional<Value> text_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  auto text = toml_text(node, static_cast<size_t>(key.most), to);
  return text ? std::optional<Value>(std::move(*text)) : std::nullopt;
}

std::optional<Value> script_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  if (node.kind != Kind::Array) return text_of(node, key, to);
  auto steps = toml_script(node, to);
  return steps ? std::optional<Value>(std::move(*steps)) : std::nullopt;
}

std::optional<Value> choice_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  return known_word(node, key, to) ? std::optional<Value>(node.text) : std::nullopt;
}

std::optional<Value> value_of(const TomlNode& node, const EntryKey& key, TomlComplaints& to) {
  using K = EntryKey::Kind;
  const bool word = !key.words.empty() && node.kind == Kind::Text && node.text == key.words;
  switch (key.kind) {
    case K::Flag: return word ? Value(std::string()) : flag_of(node, key, to);
    case K::Count: return word ? Value(std::string()) : count_of(node, key, to);
    case K::Time: return word ? Value(std::string()) : time_of(node, key, to);
    case K::Text: return text_of(node, key, to);
    case K::Address: return address_of(node, key, to);
    case K::Choice: return choice_of(node, key, to);
    case K::Texts:
    case K::Networks:
    case K::Words: return texts_of(node, key, to);
    case K::Windows: return windows_of(node, key, to);
    case K::Numbers: return numbers_of(node, key, to);
    case K::Script: return script_of(node, key, to);
  }
  return std::nullopt;
}

bool is_table_name(std::string_view name) {
  return std::ranges::any_of(entry_keys(), [&](const EntryKey& k) { return k.table == name; });
}

std::vector<std::string_view> names_in(std::string_view table) {
  std::vector<std::string_view> names;
  for (const EntryKey& key : entry_keys()) {
    if (key.table == table) names.push_back(key.name);
    if (table.empty() && !key.table.empty() && std::ranges::find(names, key.table) == names.end()) {
      names.push_back(key.table);
    }
  }
  return names;
}

void add_settings(const TomlNode& table, std::string_view table_name, TomlComplaints& to,
                  std::vector<Setting>& out) {
  for (const TomlNode& child : table.children) {
    if (table_name.empty() && is_table_name(child.key)) {
      if (child.kind == Kind::Table) {
        add_settings(child, child.key, to, out);
      } else {
        to.error(child,
                 fmt::format("{} is to be a table, not {}; it is not set; write {} = {{ ... }}",
                             child.key, name(child.kind), child.key));
      }
      continue;
    }
    const auto keys = entry_keys();
    const auto found = std::ranges::find_if(
        keys, [&](const EntryKey& k) { return k.table == table_name && k.name == child.key; });
    if (found == keys.end()) {
      if (!to.refused_password(child)) to.unknown_key(child, names_in(table_name));
    } else if (auto value = value_of(child, *found, to)) {
      out.push_back({.key = static_cast<size_t>(found - keys.begin()), .value = std::move(*value)});
    }
  }
}

}  // namespace

void TomlComplaints::add(Diagnostic::Severity severity, const TomlNode& at, std::string text) {
  report(to_, {.severity = severity,
               .line = at.line,
               .column = at.column,
               .entry = entry_,
               .text = std::move(text),
               .file = file_});
}

std::string TomlComplaints::first_error(size_t said) const {
  for (size_t i = said; i < to_.size(); ++i)
    if (to_[i].severity == Diagnostic::Severity::Error) return to_text(to_[i]);
  return {};
}

void TomlComplaints::error(const TomlNode& at, std::string text) {
  ++errors_;
  add(Diagnostic::Severity::Error, at, std::move(text));
}

void TomlComplaints::warn(const TomlNode& at, std::string text) {
  add(Diagnostic::Severity::Warning, at, std::move(text));
}

void TomlComplaints::unknown_key(const TomlNode& at, std::span<const std::string_view> known) {
  if (to_.size() > kDiagnosticsMax) return;  // nobody will read it, and looking for words costs
  const std::string_view near = nearest(at.key, known);
  warn(at, fmt::format("the key \"{}\" is not known here and has no effect; {}", shown(at.key),
                       near.empty() ? std::string("remove it, or see docs/configuration.md")
                                    : fmt::format("\"{}\" may be meant", near)));
}

bool TomlComplaints::refused_password(const TomlNode& at) {
  for (const std::string_view word : {"password", "secret", "pass", "passwd"}) {
    if (!same_word(at.key, word)) continue;
    error(at, fmt::format("\"{}\" is refused here, since others can read this file; move it to "
                          "credentials.toml (mode 0600) and change it at the server",
                          shown(at.key)));
    return true;
  }
  return false;
}

std::optional<std::string> toml_text(const TomlNode& node, size_t octets_max, TomlComplaints& to) {
  const std::string what = node.key.empty() ? std::string("this") : shown(node.key);
  if (node.kind != Kind::Text) {
    to.error(node, fmt::format("{} is to be a text in quotes, not {}; it is not set; write \"...\"",
                               what, name(node.kind)));
  } else if (node.text.size() > octets_max) {
    to.error(node, fmt::format("{} has {} octets, {} is the limit; it is not set; shorten it", what,
                               node.text.size(), octets_max));
  } else if (has_control_characters(node.text)) {
    to.error(node, fmt::format("{} has control characters; it is not set; remove them", what));
  } else {
    return node.text;
  }
  return std::nullopt;
}

std::optional<bool> toml_flag(const TomlNode& node, TomlComplaints& to) {
  if (node.kind == Kind::Flag) return node.flag;
  to.error(node, fmt::format("{} is to be true or false, not {}; it is not set; correct it",
                             shown(node.key), name(node.kind)));
  return std::nullopt;
}

std::optional<int64_t> toml_count(const TomlNode& node, int64_t least, int64_t most,
                                  TomlComplaints& to) {
  if (node.kind == Kind::Integer && node.integer >= least && node.integer <= most) {
    return node.integer;
  }
  to.error(node, fmt::format("{} is to be a number from {} to {}; it is not set; correct it",
                             shown(node.key), least, most));
  return std::nullopt;
}

std::optional<DialBy> toml_dial_by(const TomlNode& node, TomlComplaints& to) {
  if (node.kind == Kind::Text && node.text == "tone") return DialBy::Tone;
  if (node.kind == Kind::Text && node.text == "pulse") return DialBy::Pulse;
  to.error(node, fmt::format("{} knows \"tone\" and \"pulse\"; it is not set; write one of them",
                             shown(node.key)));
  return std::nullopt;
}

std::vector<Setting> toml_settings(const TomlNode& table, TomlComplaints& to) {
  std::vector<Setting> settings;
  add_settings(table, {}, to, settings);
  return settings;
}

}  // namespace redial::phonebook
