// SPDX-License-Identifier: Apache-2.0
// One value of a registry export: "name"="text", dword:, hex(N): over several lines, or - for its
// removal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "modem/reg_file.h"
#include "modem/source.h"

namespace redial::modem::reg {

class ValueReader {
 public:
  /// `rest` is the text from the value's first character on, to the end of the file.
  ValueReader(Source& source, std::string_view rest, int generation)
      : source_(source), rest_(rest), generation_(generation) {}

  /// nullopt: it cannot be read, and that has been said; `rest` then begins with the next line.
  std::optional<RegValue> read();
  /// What follows the value's last line.
  std::string_view rest() const { return rest_; }

 private:
  bool value(RegValue& into);
  bool word(RegValue& into);
  bool octets(RegValue& into);
  bool type(RegValue& into);
  bool octet_list(Bytes& into);
  std::optional<std::string> quoted(bool over_lines);
  bool wrong(std::string_view at, std::string_view fact, std::string_view remedy);
  bool broken(std::string_view at, std::string_view fact, std::string_view remedy);
  void blanks();
  bool at_line_end() const;
  void finish_line();

  Source& source_;
  std::string_view rest_;
  int generation_;
};

}  // namespace redial::modem::reg
