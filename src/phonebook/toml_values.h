// SPDX-License-Identifier: Apache-2.0
// TOML values to the settings of the key table, with complaints that name line, column and remedy.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "phonebook/entry_keys.h"
#include "phonebook/phonebook.h"
#include "phonebook/toml_tree.h"

namespace redial::phonebook {

/// Where complaints go: one file, one list.
class TomlComplaints {
 public:
  TomlComplaints(std::string_view file, std::vector<Diagnostic>& to) : file_(file), to_(to) {}

  void error(const TomlNode& at, std::string text);
  void warn(const TomlNode& at, std::string text);
  void unknown_key(const TomlNode& at, std::span<const std::string_view> known);
  /// A password that does not belong into this file; true if it was one.
  bool refused_password(const TomlNode& at);
  void set_entry(std::string name) { entry_ = std::move(name); }
  size_t errors() const { return errors_; }
  /// How many complaints the list has; and the first error of those behind so many, as text.
  size_t said() const { return to_.size(); }
  std::string first_error(size_t said) const;

 private:
  void add(Diagnostic::Severity severity, const TomlNode& at, std::string text);

  std::string file_;
  std::vector<Diagnostic>& to_;
  std::string entry_;  // about which entry; empty: the file
  size_t errors_ = 0;
};

// Plain values of the file's own tables; nullopt after a complaint.
std::optional<std::string> toml_text(const TomlNode& node, size_t octets_max, TomlComplaints& to);
std::optional<bool> toml_flag(const TomlNode& node, TomlComplaints& to);
std::optional<int64_t> toml_count(const TomlNode& node, int64_t least, int64_t most,
                                  TomlComplaints& to);

/// "tone" or "pulse".
std::optional<DialBy> toml_dial_by(const TomlNode& node, TomlComplaints& to);

/// Every key of an entry, overlay or [defaults] table.
std::vector<Setting> toml_settings(const TomlNode& table, TomlComplaints& to);

}  // namespace redial::phonebook
