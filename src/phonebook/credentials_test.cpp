// SPDX-License-Identifier: Apache-2.0
#include "phonebook/credentials.h"

#include <doctest/doctest.h>

namespace redial::phonebook {
namespace {

constexpr std::string_view kSecretWord = "hunter2";

std::string all_texts(const std::vector<Diagnostic>& diagnostics) {
  std::string all;
  for (const Diagnostic& d : diagnostics) all += to_text(d) + "\n";
  return all;
}

TEST_CASE("user, domain and password are found by the entry's name") {
  const Credentials read = read_credentials(
      "[entry.\"Head Office\"]\nuser = \"branch7\"\ndomain = \"ACME\"\npassword = \"p\xc3\xa4ss\"\n"
      "[entry.B]\npassword = \"\"\n",
      "credentials.toml");
  CHECK(all_texts(read.diagnostics) == "");
  const auto found = read.by_entry.find("Head Office");
  REQUIRE(found != read.by_entry.end());
  CHECK(found->second.user == "branch7");
  CHECK(found->second.domain == "ACME");
  CHECK(found->second.password.reveal() == "p\xc3\xa4ss");
  CHECK(read.by_entry.contains("B"));
}

TEST_CASE("no complaint about credentials ever quotes the file") {
  const std::string secret(kSecretWord);
  const std::vector<std::string> files = {
      "[entry.A]\npassword = \"" + secret,       // not closed
      "[entry.A]\npassword = " + secret + "\n",  // not quoted
      "[entry.A]\n" + secret + " = \"x\"\npassword = \"y\"\n",
      "[entry.A]\npassword = [\"" + secret + "\"]\n",
      "[entry.A]\npassword = \"" + std::string(300, 'x') + secret + "\"\n",
      "password = \"" + secret + "\"\n",
      "[entry]\nA = \"" + secret + "\"\n",
      "[entry.A]\nuser = 5\npassword = \"" + secret + "\"\n",
      "[entry.A]\npassword = \"" + secret + "\\u0007\"\n",
      "[entry.A]\nuser = \"" + secret + "\"\n",
  };
  for (const std::string& file : files) {
    const Credentials read = read_credentials(file, "credentials.toml");
    const std::string said = all_texts(read.diagnostics);
    CAPTURE(said);
    CHECK(read.diagnostics.size() == 1);
    CHECK(said.find(kSecretWord) == std::string::npos);
    CHECK(said.find("credentials.toml:") == 0);
  }
}

TEST_CASE("a password without an entry to use it is a warning") {
  const Credentials read = read_credentials("[entry.A]\npassword = \"x\"\n", "credentials.toml");
  Entry entry;
  entry.name = "A";
  CHECK(unused(read, {entry}, "credentials.toml").empty());
  CHECK(unused(read, {}, "credentials.toml").size() == 1);
}

}  // namespace
}  // namespace redial::phonebook
