// SPDX-License-Identifier: Apache-2.0
// The table of an entry's keys: name, unit, range, how to set and read it. Reading TOML, writing
// TOML, finding what a .pbk cannot hold and docs/configuration.md all follow this one table.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/time.h"
#include "phonebook/entry.h"

namespace redial::phonebook {

/// What one key is set to. A text where the key is a flag, count or time is the key's word
/// ("forever", "never", "back-off"), which means "no number".
using Value = std::variant<bool, int64_t, Duration, std::string, std::vector<std::string>,
                           std::vector<Number>, ScriptSteps>;

struct EntryKey {
  enum class Kind : uint8_t {
    Flag,
    Count,
    Time,
    Text,
    Address,
    Choice,
    Texts,
    Networks,
    Words,
    Windows,
    Numbers,
    Script
  };

  std::string_view table;  // "redial", "hold", "watch" ..., or "" for the entry itself
  std::string_view name;
  Kind kind;
  int64_t least, most;     // Count: the number; Time: microseconds; Text and lists: size in most
  std::string_view words;  // Choice, Words: all allowed, separated by spaces; else the one word
  void (*set)(Entry&, const Value&);
  std::optional<Value> (*get)(const Entry&);  // nullopt: as if the key were absent
};

std::span<const EntryKey> entry_keys();
/// "redial.pause".
std::string full_name(const EntryKey& key);
/// The words of a Choice or Words key, one by one.
std::vector<std::string_view> words_of(const EntryKey& key);
/// Whether the key is set otherwise than in a new entry.
bool differs(const EntryKey& key, const Entry& a, const Entry& b);

/// One key of the table and its value, checked against the table.
struct Setting {
  size_t key = 0;  // index into entry_keys()
  Value value;
};
void set_key(const Setting& setting, Entry& entry);

}  // namespace redial::phonebook
