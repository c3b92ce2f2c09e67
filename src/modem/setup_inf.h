// SPDX-License-Identifier: Apache-2.0
// Windows setup files (.inf) below the level of meaning: sections, lines that go on after a '\',
// quotes, comments, %strings%. Source: Windows Driver Kit, "General Syntax Rules for INF Files" and
// "INF Strings Section".
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "modem/source.h"

namespace redial::modem {

struct SetupField {
  std::string text;  // quotes and %strings% undone
  std::string_view at;
};

/// "key = field, field", or fields alone.
struct SetupLine {
  std::string key;
  bool has_key = false;
  std::string_view at;
  std::vector<SetupField> fields;
};

constexpr size_t kSetupLineMax = 65'536;        // octets, with all lines on which it goes on
constexpr size_t kSetupLinesMax = 200'000;      // of a file
constexpr size_t kSetupFieldMax = 8'192;        // octets, %strings% put in
constexpr size_t kSetupExpandedMax = 16 << 20;  // octets that %strings% may add to a file

class SetupInf {
 public:
  SetupInf(std::string_view octets, std::string_view name);

  Source& source() { return source_; }
  /// Sections of one name are one; names without regard to case.
  bool has(std::string_view section) const;
  /// Its lines, taken apart when they are first asked for: what nobody asks for is not judged.
  const std::vector<SetupLine>& lines(std::string_view section);

 private:
  struct Section {
    std::vector<std::string_view> raw;  // each with the lines on which it goes on
    std::vector<SetupLine> lines;
    bool parsed = false;
  };
  void split();
  std::string_view take_logical(std::string_view& rest);
  void read_strings();

  Source source_;
  std::map<std::string, Section> sections_;     // lower case
  std::map<std::string, std::string> strings_;  // lower case
  size_t expanded_ = 0;
  friend class SetupLineReader;
};

}  // namespace redial::modem
