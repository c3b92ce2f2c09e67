// SPDX-License-Identifier: Apache-2.0
#include "cli/number.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace redial;
using namespace redial::cli;

namespace {

Workspace at_the_office() {
  Workspace workspace;
  phonebook::Location office;
  office.name = "office";
  office.country_code = 1;
  office.area_code = "425";
  office.outside_local = "9,";
  phonebook::Location berlin;
  berlin.name = "berlin";
  berlin.country_code = 49;
  berlin.area_code = "30";
  workspace.locations = {office, berlin};
  return workspace;
}

std::string report(const Workspace& workspace, const std::string& number,
                   const std::string& from = "", bool json = false) {
  const auto made = number_report(workspace, number, from, json);
  return made ? *made : "error: " + made.error().text;
}
bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

TEST_CASE("redial number shows each piece, its reason, and what is dialled in the end") {
  CHECK(report(at_the_office(), "+1 (206) 555-0100") ==
        "+1 (206) 555-0100 from office: long distance\n"
        "  9,        an outside line for long distance\n"
        "  1         long distance within +1 (North America)\n"
        "  206       area code\n"
        "  555-0100  the number\n"
        "dialled: 9,12065550100\n");
}

TEST_CASE("--from names the location; without it the default one, else the first") {
  Workspace workspace = at_the_office();
  CHECK(has(report(workspace, "+1 (206) 555-0100", "berlin"), "dialled: 0012065550100\n"));
  CHECK(has(report(workspace, "+1 (206) 555-0100"), "from office"));
  workspace.default_location = "berlin";
  CHECK(has(report(workspace, "+1 (206) 555-0100"), "from berlin"));
  CHECK(has(report(workspace, "+1 (206) 555-0100", "bern"), "location \"bern\": is not declared"));
}

TEST_CASE("a location with an error is not taken for one that nobody declared") {
  const auto office = phonebook::read_config(
      "[[location]]\nname = \"office\"\ncountry_code = 4444\n"
      "[[location]]\nname = \"berlin\"\ncountry_code = 49\narea_code = \"30\"\n",
      "redial.toml");
  Workspace workspace;
  workspace.locations = office.locations;
  workspace.locations_lost = office.locations_lost;
  const auto wrong = number_report(workspace, "+1 (206) 555-0100", "Office", false);
  REQUIRE_FALSE(wrong.has_value());
  CHECK(wrong.error().kind == ErrorKind::BadFile);
  CHECK(has(wrong.error().text, "redial.toml:3:"));
  CHECK(has(wrong.error().text, "country_code"));
  // It is the first, so it is where one is: not the next one by surprise.
  CHECK(report(workspace, "+1 (206) 555-0100") == "error: " + wrong.error().text);
  CHECK(has(report(workspace, "+1 (206) 555-0100", "berlin"), "dialled: 0012065550100\n"));
}

TEST_CASE("a redial.toml that cannot be read is told, not that it declares no location") {
  Workspace workspace;
  workspace.config_file = "redial.toml";
  workspace.book.diagnostics =
      phonebook::read_config("[[location]\nname = \"office\"\n", "redial.toml").diagnostics;
  CHECK(has(report(workspace, "+1 (206) 555-0100"), "error: redial.toml:1:"));
  CHECK(has(report(workspace, "+1 (206) 555-0100", "office"), "error: redial.toml:1:"));
}

TEST_CASE("a place whose dial tone is not waited for says so") {
  Workspace workspace = at_the_office();
  workspace.locations[1].blind = true;
  CHECK(has(report(workspace, "+49 (30) 5550100", "berlin"), "note: its dial tone is not waited"));
  CHECK_FALSE(has(report(workspace, "+49 (30) 5550100", "office"), "dial tone is not"));
}

TEST_CASE("without any location it says so, and how to declare one") {
  const Workspace nowhere;
  const auto said = number_report(nowhere, "+1 (206) 555-0100", "", false);
  REQUIRE_FALSE(said.has_value());
  CHECK(said.error().kind == ErrorKind::NotFound);
  CHECK(has(said.error().text, "no location is declared"));
  CHECK(has(said.error().text, "[[location]] with name = \"home\", country_code = 1"));
}

TEST_CASE("a number without + is shown as it is written, and how it would go by the rules") {
  const std::string text = report(at_the_office(), "555-0100");
  CHECK(has(text, "from office: as written"));
  CHECK(has(text, "note: it does not begin with +"));
  CHECK(has(text, "dialled: 5550100\n"));
}

TEST_CASE("as JSON: number, place, reach, what is dialled, every step with its reason") {
  const auto json = nlohmann::json::parse(
      report(at_the_office(), "+1 (206) 555-0100", "berlin", true), nullptr, false);
  REQUIRE(json.is_object());
  CHECK(json["number"] == "+1 (206) 555-0100");
  CHECK(json["from"] == "berlin");
  CHECK(json["reach"] == "international");
  CHECK(json["dialled"] == "0012065550100");
  REQUIRE(json["steps"].size() == 4);
  CHECK(json["steps"][0]["text"] == "00");
  CHECK(has(json["steps"][0]["why"].get<std::string>(), "international"));
  CHECK(json["notes"].empty());
}

TEST_CASE("a calling card is shown without its number, whatever the credentials know") {
  Workspace workspace = at_the_office();
  workspace.calling_cards = {{"work", "", "18006747000,,,,,,TH,,FG", ""}};
  workspace.locations[0].calling_card = "work";
  CHECK(has(report(workspace, "+1 (206) 555-0100"), "dialled: 9,18006747000,,,,,,T***,,206555"));
  workspace.locations[0].calling_card = "lost";
  CHECK(has(report(workspace, "+1 (206) 555-0100"), "error: location office: its calling card"));
}

TEST_CASE("a card whose number nobody knows and nobody can be asked for is not dialled") {
  Workspace workspace = at_the_office();
  workspace.calling_cards = {{"work", "", "18006747000,,,,,,TH,,FG", ""}};
  workspace.locations[0].calling_card = "work";
  phonebook::Entry entry;
  entry.name = "depot";
  entry.numbers = {{.digits = "+1 (425) 555-0100"}};
  CHECK(numbers_to_dial(workspace, entry).has_value());  // local: without the card
  if (at_terminal()) return;                             // somebody could be asked
  entry.numbers = {{.digits = "+1 (206) 555-0100"}};
  const auto refused = numbers_to_dial(workspace, entry);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().kind == ErrorKind::Refused);
  CHECK(has(refused.error().text, "below [calling_card.\"work\"]"));
}

TEST_CASE("a number that is none is complained of, wherever one is, or if nobody knows where") {
  const Workspace nowhere;
  for (const Workspace& workspace : {nowhere, at_the_office()}) {
    CHECK(report(workspace, "hello") ==
          "error: the phone number \"hello\" has something in it that no telephone dials; nothing "
          "is shown; write it as +1 (425) 555-0100, or as it is dialled");
    CHECK(
        has(report(workspace, "+1 (4x5) 555"), "error: the phone number \"+1 (4x5) 555\", column"));
  }
  CHECK(has(report(nowhere, "5550100"), "no location is declared"));
}
