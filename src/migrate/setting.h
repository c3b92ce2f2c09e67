// SPDX-License-Identifier: Apache-2.0
// One setting of somebody else's configuration, and what became of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace redial::migrate {

/// Where a setting of a source ends: in exactly one of these.
enum class Column : uint8_t {
  Kept,        // the same setting, the same value
  Translated,  // the same effect, said otherwise
  MadeSafer,   // what it did would leave a failure unnoticed or unredialled
  NotNeeded,   // what it did is always so here, or concerns something that is not used
  Dropped,     // its effect is lost
};
constexpr size_t kColumns = 5;

/// "kept", "translated", "made_safer", "not_needed", "dropped": as JSON names them.
std::string_view name(Column column);
/// As people read them: "made safer".
std::string_view title(Column column);

/// A setting's place in its Report.
enum class SettingId : uint32_t {};

struct Setting {
  std::string file;
  uint32_t line = 0, column = 0;  // from 1; column of the value
  std::string section;            // "[Dialer Defaults]"; empty where the format has none
  std::string key, value;         // a secret's value is never here: it reads "***"
  std::optional<Column> ended;    // nullopt: nobody has disposed of it yet
  std::string how;                // kept, translated: what it is now; else why
};

constexpr std::string_view kCovered = "***";

/// What usually becomes of an option of a predecessor: a row of docs/migrating.md.
struct Rule {
  std::string_view option;
  Column column = Column::Dropped;
  std::string_view text;  // as Setting::how
};

}  // namespace redial::migrate
