// SPDX-License-Identifier: Apache-2.0
#include "migrate/repair_mark.h"

#include <doctest/doctest.h>

using namespace redial::migrate;

namespace {
const std::vector<MarkedFile> kFiles = {{"MODEM.INF", 4823, 0xfedcba9876543210},
                                        {"my scripts/a b.scp", 0, fingerprint("")}};
}

TEST_CASE("a mark reads as it was written, blanks in names included") {
  CHECK(read_mark(write_mark(kFiles, "Ras.old")) == kFiles);
  CHECK(read_mark(write_mark({}, "Ras.old")) == std::vector<MarkedFile>());
}

TEST_CASE("a mark cut short anywhere is none: what was being written is not complete") {
  const std::string whole = write_mark(kFiles, "Ras.old");
  for (size_t size = 0; size < whole.size(); ++size) {
    CHECK_FALSE(read_mark(std::string_view(whole).substr(0, size)));
  }
}

TEST_CASE("nothing but a mark is taken for one") {
  for (const char* text :
       {"", "complete\n", "redial-repair 2\ncomplete\n", "redial-repair 1\nnonsense\ncomplete\n",
        "redial-repair 1\n12 x MODEM.INF\ncomplete\n", "redial-repair 1\n12 1 \ncomplete\n"}) {
    CAPTURE(text);
    CHECK_FALSE(read_mark(text));
  }
}

TEST_CASE("one octet changed is another file") {
  CHECK(fingerprint("PhoneNumber=5550100") != fingerprint("PhoneNumber=5550101"));
  CHECK(fingerprint(std::string_view("\0", 1)) != fingerprint(""));
}
