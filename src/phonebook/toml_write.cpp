// SPDX-License-Identifier: Apache-2.0
// Entries as native TOML: every key of the table that differs from a new entry's.
#include <fmt/format.h>

#include "core/outbox.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"
#include "phonebook/toml_script.h"
#include "phonebook/toml_tree.h"

namespace redial::phonebook {
namespace {

std::string text_of(const Number& number) {
  Number plain;
  plain.digits = number.digits;
  if (number == plain) return toml_quoted(number.digits);
  std::string out = "{ number = " + toml_quoted(number.digits);
  if (!number.area_code.empty()) out += ", area_code = " + toml_quoted(number.area_code);
  if (number.country_code != 0) out += fmt::format(", country_code = {}", number.country_code);
  if (number.use_dialing_rules) out += ", dialing_rules = true";
  if (!number.comment.empty()) out += ", comment = " + toml_quoted(number.comment);
  return out + " }";
}

/// On one line where it fits, else one element a line: no line grows without bound.
std::string list_of(const std::vector<std::string>& elements) {
  std::string on_one;
  for (const std::string& element : elements) on_one += (on_one.empty() ? "" : ", ") + element;
  if (on_one.size() <= 80) return "[" + on_one + "]";
  std::string out = "[\n";
  for (const std::string& element : elements) out += "  " + element + ",\n";
  return out + "]";
}

std::string text_of(const Value& value, const EntryKey& key) {
  using K = EntryKey::Kind;
  const bool by_number = key.kind == K::Flag || key.kind == K::Count || key.kind == K::Time;
  return match(
      value, [](bool on) { return std::string(on ? "true" : "false"); },
      [](int64_t number) { return fmt::format("{}", number); },
      [](Duration duration) { return toml_quoted(to_exact_text(duration)); },
      [&](const std::string& text) { return toml_quoted(by_number ? key.words : text); },
      [](const std::vector<std::string>& texts) {
        std::vector<std::string> elements;
        for (const std::string& text : texts) elements.push_back(toml_quoted(text));
        return list_of(elements);
      },
      [](const std::vector<Number>& numbers) {
        std::vector<std::string> elements;
        for (const Number& number : numbers) elements.push_back(text_of(number));
        return list_of(elements);
      },
      [](const ScriptSteps& steps) { return script_to_toml(steps); });
}

std::string text_of(const Entry& entry) {
  const Entry fresh;
  std::string out = fmt::format("[entry.{}]\n", toml_quoted(entry.name));
  std::string table;  // the inline table being written
  for (const EntryKey& key : entry_keys()) {
    // Without a number it takes the type to tell an entry from what is laid over one.
    const bool needed = key.name == "type" && entry.numbers.empty();
    const auto value = key.get(entry);
    if (!value || (!needed && value == key.get(fresh))) continue;
    if (key.table != table) {
      if (!table.empty()) out += " }\n";
      table = key.table;
      out += fmt::format("{} = {{ {} = {}", table, key.name, text_of(*value, key));
    } else if (!table.empty()) {
      out += fmt::format(", {} = {}", key.name, text_of(*value, key));
    } else {
      out += fmt::format("{} = {}\n", key.name, text_of(*value, key));
    }
  }
  if (!table.empty()) out += " }\n";
  return out;
}

}  // namespace

std::string write_toml(const std::vector<Entry>& entries) {
  std::string out;
  for (const Entry& entry : entries) out += (out.empty() ? "" : "\n") + text_of(entry);
  return out;
}

}  // namespace redial::phonebook
