// SPDX-License-Identifier: Apache-2.0
// `redial phonebook list|show|check|convert`: what phonebooks and redial.toml say, and what is
// wrong with them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "phonebook/toml.h"

namespace redial::cli {

/// One file as given on the command line, with all that it names: redial.toml brings its phonebooks
/// and lines. A file that cannot be read is an error in `book`.
struct LoadedBook {
  std::string file;
  phonebook::Book book;
  std::vector<phonebook::LineSpec> lines;
};
LoadedBook load_phonebook(const std::string& file);

/// What a verb says and the exit status (docs/exit-status.md).
struct PhonebookReport {
  std::string text;    // standard output: lines for people, or one JSON document
  std::string errors;  // standard error
  int status = 0;
};
PhonebookReport list_report(const std::vector<LoadedBook>& books, bool json);
PhonebookReport show_report(const std::vector<LoadedBook>& books, std::string_view entry,
                            bool json);
/// Status 0: clean, 1: warnings, 2: errors.
PhonebookReport check_report(const std::vector<LoadedBook>& books, bool json);

// The same, reading the files and printing. `convert` goes by the ends of the names, .pbk to .toml
// or back, and never overwrites.
int phonebook_list(const std::vector<std::string>& files, bool json);
int phonebook_show(const std::vector<std::string>& files, const std::string& entry, bool json);
int phonebook_check(const std::vector<std::string>& files, bool json);
int phonebook_convert(const std::string& in, const std::string& out);

}  // namespace redial::cli
