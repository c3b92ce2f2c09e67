// SPDX-License-Identifier: Apache-2.0
// Phonebooks: `.pbk` ([MS-RRASM] 2.2.2, every generation) and `.toml` (native). A `.pbk` is kept as
// the octets it came in, so that what is not understood survives untouched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
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
  std::string file;
  bool operator==(const Diagnostic&) const = default;
};

constexpr size_t kPhonebookOctetsMax = 16 << 20;
constexpr size_t kLineOctetsMax = 8192;
constexpr size_t kEntriesMax = 10'000;
constexpr size_t kNameOctetsMax = 1536;            // [MS-RRASM] note 203
constexpr size_t kTextOctetsMax = kNameOctetsMax;  // any other text of an entry
constexpr size_t kNumberOctetsMax = 128;           // RAS_MaxPhoneNumber
constexpr size_t kDiagnosticsMax = 1000;

/// A .pbk as it stands in the file: groups, keys, odd lines, line ends; `text()` gives the same
/// octets.
class PbkDocument;

struct Book {
  std::vector<Entry> entries;           // in file order
  std::vector<Diagnostic> diagnostics;  // entries with errors are not in `entries`
};

/// "office.pbk:12:16: warning: [Head Office] RedialAttempts=abc is ...".
std::string to_text(const Diagnostic& diagnostic);
bool has_errors(const std::vector<Diagnostic>& diagnostics);
/// Adds one; from kDiagnosticsMax on only says that there are more, so no file can fill the memory.
void report(std::vector<Diagnostic>& diagnostics, Diagnostic diagnostic);

/// Why no entry may have this name, or nullopt.
std::optional<std::string> name_problem(std::string_view name);
const Entry* find_entry(const std::vector<Entry>& entries, std::string_view name);

/// What the entry demands and Redial refuses to pretend: one line each, with the remedy. An entry
/// for which this is not empty must not be dialled.
std::vector<std::string> unsupported(const Entry& entry);
/// Whether a script's name says a file of another program's: "login.scp", "isp.chat",
/// "SWITCH.INF:Section", "[Section]".
bool names_script_file(std::string_view script);
/// What is done, but less than asked (multilink as a single link): one line each.
std::vector<std::string> reduced(const Entry& entry);

/// The lines on which an entry may be dialled, in order, as indices into `lines`; never empty. By
/// name, else by the modem's name in the phonebook, else the only modem line there is: a phonebook
/// moves to another machine without being edited. NotFound names the lines that exist.
Result<std::vector<size_t>> bind_lines(const Entry& entry, const std::vector<LineSpec>& lines);
/// The first of them.
Result<LineSpec> bind_line(const Entry& entry, const std::vector<LineSpec>& lines);

}  // namespace redial::phonebook
