// SPDX-License-Identifier: Apache-2.0
// The account of an import: a reader registers each setting when it reads it and then disposes of
// it, once. Nothing can be lost on the way, because `seal` insists on it.
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "migrate/setting.h"

namespace redial::migrate {

class Report {
 public:
  /// Beyond it nothing is registered: `full` is then true and the import is refused.
  static constexpr size_t kSettingsMax = 200'000;

  SettingId add(Setting setting);
  bool full() const { return full_; }

  /// Disposes of a setting; a second time is a mistake of the reader's.
  void end(SettingId id, Column column, std::string how);
  /// For what applies to several connections: the first that uses it says what it became.
  void end_if_open(SettingId id, Column column, std::string how);
  /// What only the whole connection decides, in place of what the setting alone said.
  void amend(SettingId id, Column column, std::string how);
  bool open(SettingId id) const { return !at(id).ended.has_value(); }
  /// Insists that every setting has ended.
  void seal() const;

  const Setting& at(SettingId id) const { return settings_[static_cast<size_t>(id)]; }
  /// In the order in which they were read.
  std::span<const Setting> settings() const { return settings_; }
  /// How many ended in each column; their sum is settings().size() once sealed.
  std::array<size_t, kColumns> counts() const;

 private:
  std::vector<Setting> settings_;
  bool full_ = false;
};

}  // namespace redial::migrate
