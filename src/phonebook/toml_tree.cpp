// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_tree.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/phonebook.h"
#include "phonebook/text.h"

// The parser asserts what malformed files break ("[[[", "[1, }") before it reports it as the error it
// is; an assertion must not end the service, nor an assumption (NDEBUG) mislead the optimiser.
#undef NDEBUG
#define TOML_ASSERT(expr) static_cast<void>(0)
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_MAX_NESTED_VALUES 16
#include <toml++/toml.h>

namespace redial::phonebook {
namespace {

/// What the bounds need to know of a line.
struct Scan {
  size_t dots = 0;               // outside texts and comments
  bool several_lines = false;    // a text of several lines begins
  std::optional<size_t> strange; // where TOML allows no such character
};

Scan scan(std::string_view line) {
  Scan seen;
  char quote = 0;  // inside a text: what ends it
  bool comment = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool last = i + 1 == line.size();
    const bool control = has_control_characters({&c, 1}) && c != '\t' && !(c == '\r' && last);
    const bool foreign = static_cast<uint8_t>(c) >= 0x80 && quote == 0 && !comment;
    if ((control || foreign) && !seen.strange) seen.strange = i;
    if (comment) continue;
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = 0;
    } else if (c == '#') {
      comment = true;
    } else if (c == '"' || c == '\'') {
      if (line.substr(i).starts_with(c == '"' ? "\"\"\"" : "'''")) seen.several_lines = true;
      quote = c;
    } else if (c == '.') {
      ++seen.dots;
    }
  }
  return seen;
}

/// What the parser is spared. Dotted keys nest tables without any limit in it, and what nests deep is
/// freed by recursion; characters that TOML forbids outside texts lead it to places it calls
/// unreachable. No line of ours needs many dots, and no text several lines.
std::optional<TomlProblem> out_of_bounds(std::string_view octets) {
  constexpr size_t kDotsMax = 32;
  for (uint32_t number = 1; !octets.empty(); ++number) {
    const size_t newline = std::min(octets.find('\n'), octets.size());
    const std::string_view line = octets.substr(0, newline);
    octets.remove_prefix(std::min(newline + 1, octets.size()));
    if (line.size() > kLineOctetsMax) {
      return TomlProblem{number, 1, fmt::format("the line has {} octets, {} is the limit",
                                                line.size(), kLineOctetsMax)};
    }
    const Scan seen = scan(line);
    if (seen.strange) {
      return TomlProblem{number, static_cast<uint32_t>(*seen.strange + 1),
                         "a character that may not stand here"};
    }
    if (seen.several_lines) {
      return TomlProblem{number, 1, "texts of several lines are not taken here"};
    }
    if (seen.dots > kDotsMax) {
      return TomlProblem{number, 1, fmt::format("more than {} dots in one line", kDotsMax)};
    }
  }
  return std::nullopt;
}

TomlNode node_of(const toml::node& from);

void set_place(TomlNode& node, const toml::source_region& region) {
  node.line = static_cast<uint32_t>(region.begin.line);
  node.column = static_cast<uint32_t>(region.begin.column);
}

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

}  // namespace

const TomlNode* TomlNode::child(std::string_view name) const {
  const auto found = std::ranges::find(children, name, &TomlNode::key);
  return found == children.end() ? nullptr : &*found;
}

TomlDocument parse_toml(std::string_view octets) {
  TomlDocument document;
  if (octets.size() > kPhonebookOctetsMax) {
    document.problem = TomlProblem{
        1, 1, fmt::format("{} octets, {} is the limit", octets.size(), kPhonebookOctetsMax)};
    return document;
  }
  if (octets.starts_with("\xef\xbb\xbf")) octets.remove_prefix(3);  // a byte order mark
  document.problem = out_of_bounds(octets);
  if (!document.problem && !is_utf8(octets)) {
    document.problem = TomlProblem{1, 1, "this is not UTF-8"};
  }
  if (document.problem) return document;
  const toml::parse_result parsed = toml::parse(octets);
  if (!parsed) {
    const toml::source_position at = parsed.error().source().begin;
    document.problem = TomlProblem{std::max<uint32_t>(1, static_cast<uint32_t>(at.line)),
                                   std::max<uint32_t>(1, static_cast<uint32_t>(at.column)),
                                   std::string(parsed.error().description())};
    return document;
  }
  document.root.children = children_of(parsed.table());
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
