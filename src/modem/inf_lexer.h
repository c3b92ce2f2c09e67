// SPDX-License-Identifier: Apache-2.0
// MODEM.INF below the level of meaning: lines, KEY=value, and the tokens of a value (<name>,
// doubled backslash, <hXX>). Every piece knows its place; what is wrong goes to Complaints.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/inf.h"

namespace redial::modem::inf {

constexpr size_t kLineOctetsMax = 8192;
constexpr size_t kDiagnosticsMax = 1000;

/// From 1; columns count octets.
struct Place {
  uint32_t line = 1, column = 1;
};

/// Collects diagnostics up to kDiagnosticsMax and counts the errors beyond them too.
class Complaints {
 public:
  void warning(Place at, uint16_t ras_error, std::string text);
  void error(Place at, uint16_t ras_error, std::string text);
  /// Errors so far: whoever reads a section compares before and after.
  size_t errors() const { return errors_; }
  std::vector<Diagnostic> take();  // sorted by place

 private:
  void add(Diagnostic diagnostic);
  std::vector<Diagnostic> kept_;
  size_t errors_ = 0;
  size_t dropped_ = 0;
  bool error_dropped_ = false;
};

struct Line {
  Place at;
  std::string_view text;  // without its end
};

/// Splits at CR LF, LF or CR; a last line without an end is a line too.
class Lines {
 public:
  explicit Lines(std::string_view octets) : rest_(octets) {}
  std::optional<Line> next();

 private:
  std::string_view rest_;
  uint32_t number_ = 0;
};

/// One line of a section: KEY=value, or a word alone.
struct Entry {
  Place key_at, value_at;
  std::string_view key;    // without blanks around it
  std::string_view value;  // to the end of the line, blanks and all
  bool has_value = false;
};
Entry to_entry(const Line& line);

struct Token {
  enum class Kind : uint8_t {
    Text,   // octets, everything undone
    Name,   // <name>, in lower case
    Match,  // <match>"text"; an error when the text is missing
  };
  Kind kind = Kind::Text;
  std::string text;
  Place at;
};
std::vector<Token> tokens(std::string_view value, Place at, Complaints& complaints);

/// The octet that <cr>, <lf> or <hXX> stands for, by its name in lower case.
std::optional<char> octet_named(std::string_view name);

std::string lower(std::string_view text);
std::string_view trimmed(std::string_view text);
/// A name from the file, as a message may quote it.
std::string quoted(std::string_view name);

}  // namespace redial::modem::inf
