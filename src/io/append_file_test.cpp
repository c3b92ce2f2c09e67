// SPDX-License-Identifier: Apache-2.0
#include "io/append_file.h"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "io/files.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::io;
using redial::test::Folder;

namespace {

/// A disk with room for so many octets of a file.
struct FullDisk {
  explicit FullDisk(rlim_t octets) {
    before_handler = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit now = before;
    now.rlim_cur = octets;
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &now) == 0);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, before_handler);
  }
  rlimit before{};
  void (*before_handler)(int) = nullptr;
};

}  // namespace

TEST_CASE("lines are appended below one head; a torn one is ended first") {
  const Folder folder;
  const std::string file = folder.path + "/state/redial/memory";
  REQUIRE(append_line(file, "head\n", "one\n").has_value());
  REQUIRE(append_line(file, "head\n", "two\n").has_value());
  CHECK(read_file(file, 100) == "head\none\ntwo\n");
  std::ofstream(file, std::ios::app) << "tor";
  REQUIRE(append_line(file, "head\n", "three\n").has_value());
  CHECK(read_file(file, 100) == "head\none\ntwo\ntor\nthree\n");
}

TEST_CASE("a full disk leaves no half line, and is told; with room again it goes on") {
  const Folder folder;
  const std::string file = folder.path + "/memory";
  REQUIRE(append_line(file, "head\n", "one\n").has_value());
  {
    const FullDisk full(15);
    const auto written = append_line(file, "head\n", "a line that is too long\n");
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().text.find(file) == 0);
  }
  CHECK(read_file(file, 100) == "head\none\n");
  CHECK(append_line(file, "head\n", "two\n").has_value());
  CHECK(read_file(file, 100) == "head\none\ntwo\n");
}

TEST_CASE("a file is written anew from what it holds") {
  const Folder folder;
  const std::string file = folder.path + "/memory";
  REQUIRE(append_line(file, "head\n", "one\n").has_value());
  REQUIRE(rewrite(file, 100, [](std::string_view text) {
            return std::string(text.substr(0, 5)) + "all\n";
          }).has_value());
  CHECK(read_file(file, 100) == "head\nall\n");
  CHECK_FALSE(rewrite(folder.path + "/none", 100, [](std::string_view) {
                return std::string();
              }).has_value());
}
