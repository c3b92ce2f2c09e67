// SPDX-License-Identifier: Apache-2.0
// Phonebooks: `.pbk` ([MS-RRASM] 2.2.2, every generation) and `.toml` (native). A `.pbk` is kept as
// the octets it came in, so that what is not understood survives untouched.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "phonebook/entry.h"
#include "phonebook/lines.h"

namespace redial::phonebook {

struct Diagnostic {
  enum class Severity : uint8_t { Warning, Error };
  Severity severity = Severity::Warning;
  uint32_t line = 0, column = 0;  // from 1
  std::string entry;              // empty: the file as a whole
  std::string text;               // fact, consequence, remedy
  bool operator==(const Diagnostic&) const = default;
};

constexpr size_t kPhonebookOctetsMax = 16 << 20;
constexpr size_t kLineOctetsMax = 8192;
constexpr size_t kEntriesMax = 10'000;

/// A .pbk as it stands in the file: groups, keys, odd lines, line ends; `text()` gives the same octets.
class PbkDocument;

struct Book {
  std::vector<Entry> entries;            // in file order
  std::vector<Diagnostic> diagnostics;   // entries with errors are not in `entries`
};

}  // namespace redial::phonebook
