// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.h"

#include <doctest/doctest.h>

#include <array>

using namespace redial::cli;

TEST_CASE("a text is broken at blanks; a word that is too long stands alone") {
  CHECK(broken("every 30 s, for ever", 10) ==
        std::vector<std::string>{"every 30", "s, for", "ever"});
  CHECK(broken("lcp-echo-interval 20", 5) == std::vector<std::string>{"lcp-echo-interval", "20"});
  CHECK(broken("", 5) == std::vector<std::string>{""});
}

TEST_CASE("cells stand side by side, and characters count, not octets") {
  const std::array<size_t, 3> widths = {6, 8, 8};
  const std::array<std::string, 3> cells = {"b\xc3\xbcsy", "after 5 s, doubling", "nothing"};
  CHECK(columns(widths, cells) ==
        "b\xc3\xbcsy    after 5   nothing\n"
        "        s,\n"
        "        doubling\n");
}
