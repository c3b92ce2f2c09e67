// SPDX-License-Identifier: Apache-2.0
// A modem's key in the registry, wherever it was found: written by a setup file's AddReg lines, or
// exported into a .reg file. unimodem_key.cpp makes a description of it.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "core/bytes.h"
#include "modem/inf.h"
#include "modem/inf_lexer.h"

namespace redial::modem {

/// What is wrong with values that may come from several files. The same is said once, however many
/// modems share the line.
class Findings {
 public:
  struct At {
    uint32_t file = 0;  // as `file` has numbered it
    inf::Place place;
  };
  uint32_t file(std::string_view name);
  void warning(At at, std::string text);
  void error(At at, std::string text);
  size_t errors() const { return errors_; }
  std::vector<Diagnostic> take();  // by file and place

 private:
  void add(Diagnostic::Severity severity, At at, std::string text);
  std::vector<std::string> names_;
  std::vector<inf::Complaints> said_;
  std::set<std::tuple<uint32_t, uint32_t, uint32_t, std::string>> once_;
  size_t errors_ = 0;
};

struct KeyValue {
  std::string subkey, name;
  bool binary = false;
  std::string text;  // of a string
  Bytes data;        // of anything else
  Findings::At at;   // of the name or, for a setup file, of the line
  Findings::At data_at;
};

/// Values by subkey and name, without regard to case; a later one takes an earlier one's place.
class ModemKey {
 public:
  void set(const KeyValue& value);
  void remove(std::string_view subkey, std::string_view name);
  const KeyValue* find(std::string_view subkey, std::string_view name) const;
  /// In order of first appearance.
  std::vector<const KeyValue*> all(std::string_view subkey) const;
  bool empty() const { return values_.empty(); }

 private:
  static std::string index_of(std::string_view subkey, std::string_view name);
  std::vector<KeyValue> values_;
  std::unordered_map<std::string, size_t> index_;
};

/// The description that the values make. `at` is where the modem is named, for what is missing.
/// nullopt: no modem could be run by it, and that has been said.
std::optional<ModemDescription> describe(const ModemKey& key, std::string name, std::string source,
                                         Findings::At at, Findings& findings);

}  // namespace redial::modem
