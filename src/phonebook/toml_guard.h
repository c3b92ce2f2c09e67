// SPDX-License-Identifier: Apache-2.0
// What the TOML parser is spared: it is given nothing but ASCII, no text of several lines, no long
// line and no deeply dotted key. Columns can be led back to the file as it was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "phonebook/toml_tree.h"

namespace redial::phonebook {

/// TOML of the same meaning in ASCII: texts become basic strings with \u escapes, comments lose
/// their foreign letters. The parser (toml++ 3.3) asks of any other character whether it is white
/// space in a way that is undefined for most of them. `octets` must outlive the guard.
class TomlGuard {
 public:
  explicit TomlGuard(std::string_view octets);

  const std::optional<TomlProblem>& problem() const { return problem_; }  // set: nothing to parse
  const std::string& ascii() const { return ascii_; }
  /// The column in the file of a column in ascii(), both in octets from 1.
  uint32_t column_in_file(uint32_t line, uint32_t column);

 private:
  std::string_view octets_;
  std::string ascii_;
  std::vector<uint32_t> starts_;  // of each line in octets_
  std::optional<TomlProblem> problem_;
  uint32_t mapped_line_ = 0;       // the line of columns_; 0: none
  std::vector<uint32_t> columns_;  // for each octet of that line in ascii_, its column in the file
};

}  // namespace redial::phonebook
