// SPDX-License-Identifier: Apache-2.0
// Words as pppd reads them from options files, peers and secrets (pppd(8), OPTIONS FILES): parted
// by white space, "..." and '...', backslashes, comments from "#".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

struct PppdWord {
  std::string text;
  uint32_t line = 0, column = 0;
  bool first_of_line = false;
  bool quoted = false;  // "" is a word, too
};

constexpr size_t kPppdWordMax = 4096;
constexpr size_t kPppdWordsMax = 100'000;

/// Words of a whole file; empty after a complaint (a quotation mark that is never closed).
std::vector<PppdWord> pppd_words(const SourceFile& file, Reading& reading);
/// Words of one argument: a command line.
std::vector<std::string> command_words(std::string_view command);

}  // namespace redial::migrate
