// SPDX-License-Identifier: Apache-2.0
#include "cli/phonebook_verbs.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "phonebook/pbk.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::cli;
using redial::test::Folder;

namespace {

constexpr std::string_view kOffice =
    "[Head Office]\nType=1\nRedialAttempts=3\nMEDIA=serial\nPort=COM1\nDevice=Acme 56K\n"
    "DEVICE=modem\nPhoneNumber=5550100\n";

LoadedBook loaded(std::string_view text) {
  return {.file = "t.pbk", .book = phonebook::read_pbk(text, "t.pbk"), .lines = {}};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("a phonebook check exits 0 when clean, 1 with warnings, 2 with errors") {
  const std::string warned =
      std::string("[a]\nRedialAttempts=x\n") + std::string(kOffice.substr(14));
  CHECK(check_report({loaded(kOffice)}, false).status == 0);
  CHECK(check_report({loaded(kOffice)}, false).text == "t.pbk: 1 entry, clean\n");
  CHECK(check_report({loaded(warned)}, false).status == 1);
  CHECK(check_report({loaded("[a]\n")}, false).status == 2);
  CHECK(check_report({loaded(kOffice), loaded("[a]\n")}, false).status == 2);
  CHECK(
      has(check_report({loaded(warned)}, false).text, "t.pbk:2:16: warning: [a] RedialAttempts=x"));
}

TEST_CASE("a check warns of what an entry demands in vain") {
  const std::string vpn =
      std::string(kOffice) + "[b]\nType=2\nMEDIA=rastapi\nPort=VPN2-0\nDEVICE=vpn\n";
  const PhonebookReport report = check_report({loaded(vpn)}, false);
  CHECK(report.status == 1);
  CHECK(has(report.text, "t.pbk line 9: warning: [b] is a VPN"));
}

TEST_CASE("list and show speak the words of the field") {
  const PhonebookReport list = list_report({loaded(kOffice)}, false);
  CHECK(list.status == 0);
  CHECK(has(list.text, "Head Office"));
  CHECK(has(list.text, "5550100"));
  const PhonebookReport show = show_report({loaded(kOffice)}, "Head Office", false);
  CHECK(has(show.text, "  Redial attempts         3 more, every 1 min\n"));
  CHECK(has(show.text, "  Redial on link failure  yes\n"));
  CHECK(has(show.text, "  Line                    COM1 (Acme 56K)\n"));
}

TEST_CASE("show names the entries there are when there is none of that name") {
  const PhonebookReport report = show_report({loaded(kOffice)}, "Had Office", false);
  CHECK(report.status == 3);
  CHECK(has(report.errors, "Had Office: no such entry"));
  CHECK(has(report.errors, "the entries are Head Office"));
}

TEST_CASE("with --json the phonebook verbs print one document each") {
  const auto list = nlohmann::json::parse(list_report({loaded(kOffice)}, true).text);
  CHECK(list.at(0).at("name") == "Head Office");
  CHECK(list.at(0).at("number") == "5550100");
  CHECK(list.at(0).at("redial").at("attempts") == 3);
  CHECK(list.at(0).at("redial").at("pause") == "1 min");
  const auto show = nlohmann::json::parse(show_report({loaded(kOffice)}, "Head Office", true).text);
  CHECK(show == list.at(0));
  const auto check = nlohmann::json::parse(check_report({loaded("[a]\n")}, true).text);
  CHECK(check.at("status") == 2);
  CHECK(check.at("files").at(0).at("problems").at(0).at("severity") == "error");
}

TEST_CASE("redial.toml brings the phonebooks beside it and its lines") {
  const Folder folder;
  folder.write("office.pbk", kOffice);
  const std::string config =
      folder.write("redial.toml",
                   "phonebooks = [\"office.pbk\", \"gone.pbk\"]\n[[line]]\nname = \"COM1\"\npath = "
                   "\"/dev/x\"\n");
  const LoadedBook book = load_phonebook(config);
  REQUIRE(book.book.entries.size() == 1);
  REQUIRE(book.book.diagnostics.size() == 1);
  CHECK(has(to_text(book.book.diagnostics[0]), "gone.pbk"));
  CHECK(has(show_report({book}, "Head Office", false).text, "COM1 (Acme 56K): COM1 at /dev/x"));
}

TEST_CASE("a .pbk becomes .toml and back, and a file that is there is never overwritten") {
  const Folder folder;
  const std::string pbk = folder.write("office.pbk", kOffice);
  CHECK(phonebook_convert(pbk, folder / "office.toml") == 0);
  CHECK(has(folder.text("office.toml"), "[entry.\"Head Office\"]\n"));
  CHECK(phonebook_convert(folder / "office.toml", folder / "back.pbk") == 0);
  const auto back = phonebook::read_pbk(folder.text("back.pbk"), "back.pbk");
  REQUIRE(back.entries.size() == 1);
  CHECK(back.entries[0].numbers[0].digits == "5550100");
  CHECK(phonebook_convert(folder / "office.toml", pbk) == 9);
  CHECK(folder.text("office.pbk") == kOffice);
  CHECK(phonebook_convert(pbk, folder / "other.txt") == 2);
  CHECK(phonebook_convert(folder / "none.pbk", folder / "x.toml") == 4);
  CHECK_FALSE(std::filesystem::exists(folder / "x.toml"));
}

}  // namespace
