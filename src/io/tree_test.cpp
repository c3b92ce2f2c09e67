// SPDX-License-Identifier: Apache-2.0
#include "io/tree.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>

#include "io/files.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::io;
using redial::test::Folder;

namespace {

std::vector<TreeFile> some() {
  return {{.path = "MODEM.INF", .octets = "[Acme]\r\n", .mode = 0640, .modified_ns = 1'000'000'001},
          {.path = "link", .kind = TreeFile::Kind::Link, .octets = "MODEM.INF"},
          {.path = "scripts", .kind = TreeFile::Kind::Folder, .mode = 0550},
          {.path = "scripts/a.scp", .octets = std::string("proc\0main", 9), .mode = 0444}};
}

}  // namespace

TEST_CASE("a tree is read as it was written: octets, rights, times, links, folders") {
  const Folder folder;
  REQUIRE(write_tree(folder / "Ras", some(), 0750));
  const auto read = read_tree(folder / "Ras");
  REQUIRE(read);
  REQUIRE(read->size() == some().size());
  for (size_t i = 0; i < read->size(); ++i) {
    const TreeFile& got = (*read)[i];
    const TreeFile wrote = some()[i];
    CAPTURE(got.path);
    CHECK(got.path == wrote.path);
    CHECK(got.kind == wrote.kind);
    CHECK(got.octets == wrote.octets);
    if (got.kind != TreeFile::Kind::Link) CHECK(got.mode == wrote.mode);
    if (wrote.modified_ns != 0) CHECK(got.modified_ns == wrote.modified_ns);
  }
  std::filesystem::permissions(folder / "Ras/scripts", std::filesystem::perms::owner_all);
  REQUIRE(remove_tree(folder / "Ras", "MODEM.INF"));
  CHECK_FALSE(exists(folder / "Ras"));
}

TEST_CASE("a tree that is too much, or no tree of files, is refused") {
  const Folder folder;
  REQUIRE(write_tree(folder / "Ras", some(), 0755));
  CHECK(read_tree(folder / "Ras", {.files_max = 2}).error().kind == ErrorKind::BadFile);
  CHECK(read_tree(folder / "Ras", {.octets_max = 10}).error().kind == ErrorKind::BadFile);
  CHECK(read_tree(folder / "Ras", {.depth_max = 0}).error().kind == ErrorKind::BadFile);
  CHECK(read_tree(folder / "none").error().kind == ErrorKind::NotFound);
  REQUIRE(::mkfifo((folder / "Ras/pipe").c_str(), 0600) == 0);
  CHECK(read_tree(folder / "Ras").error().text.find("neither a file") != std::string::npos);
  std::filesystem::permissions(folder / "Ras/scripts", std::filesystem::perms::owner_all);
}

TEST_CASE("folders are exchanged in one step, and never renamed over something") {
  const Folder folder;
  REQUIRE(write_tree(folder / "a", {{.path = "one"}}, 0755));
  REQUIRE(write_tree(folder / "b", {{.path = "two"}}, 0755));
  CHECK_FALSE(rename_folder(folder / "a", folder / "b"));
  const auto done = exchange_folders(folder / "a", folder / "b");
  if (!done && done.error().kind == ErrorKind::Unsupported) {
    MESSAGE("skipped: this file system exchanges no names");
    return;
  }
  CHECK(exists(folder / "a/two"));
  CHECK(exists(folder / "b/one"));
  REQUIRE(rename_folder(folder / "a", folder / "c"));
  CHECK(exists(folder / "c/two"));
}

TEST_CASE("who works in a folder keeps others out until the end") {
  const Folder folder;
  auto held = lock_folder(folder.path);
  REQUIRE(held);
  CHECK(lock_folder(folder.path).error().kind == ErrorKind::Busy);
  held->reset();
  CHECK(lock_folder(folder.path));
}

TEST_CASE("a folder's real name is found behind links and dots") {
  const Folder folder;
  REQUIRE(write_tree(folder / "Ras", {{.path = "file"}}, 0755));
  std::filesystem::create_symlink("Ras", folder / "link");
  CHECK(real_folder(folder / "link/../link/") == real_folder(folder / "Ras"));
  CHECK(real_folder(folder / "Ras/file").error().kind == ErrorKind::BadFile);
  CHECK(real_folder(folder / "none").error().kind == ErrorKind::NotFound);
}
