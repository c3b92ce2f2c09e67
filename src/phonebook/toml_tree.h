// SPDX-License-Identifier: Apache-2.0
// A TOML 1.0 document as a plain tree in file order, each value with its line and column. The
// parser (toml++) stays behind this header.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redial::phonebook {

struct TomlNode {
  enum class Kind : uint8_t { Text, Integer, Float, Flag, Date, Array, Table };

  Kind kind = Kind::Table;
  std::string key;  // in its table; empty in an array
  uint32_t line = 0, column = 0;
  std::string text;                // Text
  int64_t integer = 0;             // Integer
  bool flag = false;               // Flag
  std::vector<TomlNode> children;  // Array, Table; a table's in file order

  const TomlNode* child(std::string_view name) const;
};

struct TomlProblem {
  uint32_t line = 1, column = 1;
  std::string text;  // what the parser says; may quote single characters of the file
};

struct TomlDocument {
  TomlNode root;
  std::optional<TomlProblem> problem;  // set: root is empty
};

TomlDocument parse_toml(std::string_view octets);

/// "text", "table": as messages name it.
std::string_view name(TomlNode::Kind kind);
/// A basic string with its quotes: any UTF-8 text survives.
std::string toml_quoted(std::string_view text);

}  // namespace redial::phonebook
