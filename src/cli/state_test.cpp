// SPDX-License-Identifier: Apache-2.0
#include "cli/state.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>

using namespace redial;
using namespace redial::cli;

TEST_CASE("what is learned is kept in a file of its own, whose folder is made, and found again") {
  std::string name = (std::filesystem::temp_directory_path() / "redial-XXXXXX").string();
  REQUIRE(mkdtemp(name.data()) != nullptr);
  const std::string file = name + "/state/redial/learned";
  CHECK(load_learned(file).empty());
  CHECK(keep_learned(file, "Head Office", "5550101").has_value());
  CHECK(keep_learned(file, "Head Office", "5550102").has_value());
  CHECK(phonebook::write_learned(load_learned(file)) ==
        "Head Office\t5550102\nHead Office\t5550101\n");
  std::filesystem::remove_all(name);
  CHECK(!keep_learned("", "Head Office", "5550102").has_value());
  CHECK(!keep_learned("/proc/none/learned", "Head Office", "5550102").has_value());
}
