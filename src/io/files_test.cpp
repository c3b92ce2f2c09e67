// SPDX-License-Identifier: Apache-2.0
#include "io/files.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "support/folder.h"

using namespace redial;
using namespace redial::io;
using redial::test::Folder;

TEST_CASE("what is written is read again, with the mode asked for and nothing left beside it") {
  Folder folder;
  std::string text("a\0b\n", 4);
  text.append(100'000, 'x');
  REQUIRE(write_file(folder / "book", text, 0640));
  REQUIRE(write_file(folder / "book", text + "!", 0640));
  CHECK(read_file(folder / "book", 1'000'000) == text + "!");
  struct stat info {};
  REQUIRE(::stat((folder / "book").c_str(), &info) == 0);
  CHECK((info.st_mode & 0777) == 0640);
  CHECK(folder.names().size() == 1);
}

TEST_CASE("a file exactly as large as allowed is read; one octet more is refused with the limit") {
  Folder folder;
  REQUIRE(write_file(folder / "f", "12345", 0644));
  CHECK(read_file(folder / "f", 5) == std::string("12345"));
  const auto refused = read_file(folder / "f", 4);
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::BadFile);
  CHECK(refused.error().text == folder / "f" + ": larger than 4 octets; not read");
}

TEST_CASE(
    "missing files, folders and unwritable places are told apart, with the path in the text") {
  Folder folder;
  const auto missing = read_file(folder / "none", 10);
  REQUIRE(!missing);
  CHECK(missing.error().kind == ErrorKind::NotFound);
  CHECK(missing.error().text.starts_with(folder / "none" + ": "));
  CHECK_FALSE(exists(folder / "none"));
  CHECK(exists(folder.path));
  CHECK(read_file(folder.path, 10).error().kind == ErrorKind::BadFile);
  CHECK(write_file(folder / "no/such", "x", 0644).error().kind == ErrorKind::NotFound);
}

TEST_CASE("a failed write leaves the old file as it was and nothing beside it") {
  Folder folder;
  REQUIRE(::mkdir((folder / "target").c_str(), 0755) == 0);
  CHECK_FALSE(write_file(folder / "target", "x", 0644));  // A file cannot replace a folder.
  CHECK(folder.names().size() == 1);
}

TEST_CASE("secrets that others may read are refused with the command that mends it") {
  Folder folder;
  REQUIRE(write_file(folder / "secrets", "swordfish", 0600));
  CHECK(read_private_file(folder / "secrets", 100) == std::string("swordfish"));
  REQUIRE(::chmod((folder / "secrets").c_str(), 0640) == 0);
  const auto refused = read_private_file(folder / "secrets", 100);
  REQUIRE(!refused);
  CHECK(refused.error().kind == ErrorKind::Refused);
  CHECK(refused.error().text.find("chmod 600") != std::string::npos);
}

TEST_CASE("the kernel's entropy fills every octet asked for and does not repeat") {
  KernelEntropy entropy;
  uint8_t a[512] = {}, b[512] = {};
  entropy.fill(a);
  entropy.fill(b);
  CHECK_FALSE(same(a, b));
  // 128 zero octets in a row happen by chance once in 2^1024.
  CHECK_FALSE(std::all_of(a + 384, a + 512, [](uint8_t octet) { return octet == 0; }));
}
