// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/toml_guard.h"

// The parser asserts what malformed files break ("[[[", "[1, }") before it reports it as the error
// it is; an assertion must not end the service, nor an assumption (NDEBUG) mislead the optimiser.
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

namespace redial::phonebook {
namespace {

/// Builds our tree from the parser's.
class Builder {
 public:
  explicit Builder(TomlGuard& guard) : guard_(guard) {}

  std::vector<TomlNode> children_of(const toml::table& table) {
    std::vector<TomlNode> children;
    for (const auto& [key, value] : table) {
      children.push_back(node_of(value));
      TomlNode& child = children.back();
      child.key = std::string(key.str());
      // A table of a header has the header's place; a value is best pointed at by its key.
      if (child.kind != TomlNode::Kind::Table && child.kind != TomlNode::Kind::Array) {
        set_place(child, key.source());
      }
    }
    std::ranges::stable_sort(children, [](const TomlNode& a, const TomlNode& b) {
      return a.line != b.line ? a.line < b.line : a.column < b.column;
    });
    return children;
  }

 private:
  void set_place(TomlNode& node, const toml::source_region& region) {
    node.line = static_cast<uint32_t>(region.begin.line);
    node.column = guard_.column_in_file(node.line, static_cast<uint32_t>(region.begin.column));
  }

  TomlNode node_of(const toml::node& from) {
    using Kind = TomlNode::Kind;
    TomlNode node;
    set_place(node, from.source());
    if (const auto* text = from.as_string()) {
      node.kind = Kind::Text;
      node.text = text->get();
    } else if (const auto* integer = from.as_integer()) {
      node.kind = Kind::Integer;
      node.integer = integer->get();
    } else if (const auto* flag = from.as_boolean()) {
      node.kind = Kind::Flag;
      node.flag = flag->get();
    } else if (const auto* array = from.as_array()) {
      node.kind = Kind::Array;
      for (const toml::node& element : *array) node.children.push_back(node_of(element));
    } else if (const auto* table = from.as_table()) {
      node.kind = Kind::Table;
      node.children = children_of(*table);
    } else {
      node.kind = from.is_floating_point() ? Kind::Float : Kind::Date;
    }
    return node;
  }

  TomlGuard& guard_;
};

}  // namespace

const TomlNode* TomlNode::child(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &TomlNode::key);
  return found == children.end() ? nullptr : &*found;
}

TomlDocument parse_toml(std::string_view octets) {
  TomlDocument document;
  TomlGuard guard(octets);
  document.problem = guard.problem();
  if (document.problem) return document;
  const toml::parse_result parsed = toml::parse(guard.ascii());
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    const auto line = std::max<uint32_t>(1, static_cast<uint32_t>(at.line));
    const auto column = std::max<uint32_t>(1, static_cast<uint32_t>(at.column));
    document.problem = TomlProblem{line, guard.column_in_file(line, column),
                                   std::string(parsed.error().description())};
    return document;
  }
  document.root.children = Builder(guard).children_of(parsed.table());
  return document;
}

std::string_view name(TomlNode::Kind kind) {
  switch (kind) {
    case TomlNode::Kind::Text: return "a text";
    case TomlNode::Kind::Integer: return "a number";
    case TomlNode::Kind::Float: return "a fraction";
    case TomlNode::Kind::Flag: return "true or false";
    case TomlNode::Kind::Date: return "a date";
    case TomlNode::Kind::Array: return "an array";
    case TomlNode::Kind::Table: return "a table";
  }
  return "a value";
}

std::string toml_quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto octet = static_cast<uint8_t>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (octet < 0x20 || octet == 0x7f) {
      out += fmt::format("\\u{:04X}", octet);
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace redial::phonebook
