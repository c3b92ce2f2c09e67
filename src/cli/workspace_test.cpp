// SPDX-License-Identifier: Apache-2.0
#include "cli/workspace.h"

#include <doctest/doctest.h>

#include "cli/lines.h"
#include "support/folder.h"

using namespace redial;
using namespace redial::cli;
using redial::test::Folder;

namespace {

constexpr std::string_view kOffice =
    "[Head Office]\nType=1\nMEDIA=serial\nPort=COM1\nDevice=Acme 56K\nDEVICE=modem\n"
    "PhoneNumber=5550100\n";
constexpr std::string_view kConfig =
    "phonebooks = [\"office.pbk\"]\ncredentials = \"credentials.toml\"\n"
    "[[line]]\nname = \"COM1\"\npath = \"/dev/null\"\n"
    "[entry.\"Head Office\"]\nuser = \"ann\"\ndial_within = \"90 s\"\n";

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_CASE("redial.toml brings its phonebook, its lines and its overlays, relative to itself") {
  const Folder folder;
  folder.write("office.pbk", kOffice);
  const auto workspace = load_workspace({folder.write("redial.toml", kConfig), "", ""});
  REQUIRE(workspace.has_value());
  const auto entry = find_entry(*workspace, "Head Office");
  REQUIRE(entry.has_value());
  CHECK(entry->user == "ann");
  CHECK(entry->dial_within == 90s);
  const auto lines = bind(*workspace, *entry);
  REQUIRE(lines.has_value());
  CHECK(lines->front().spec.name == "COM1");
}

TEST_CASE("a phonebook alone takes the redial.toml beside it, or none") {
  const Folder folder;
  const std::string pbk = folder.write("office.pbk", kOffice);
  auto workspace = load_workspace({"", pbk, ""});
  REQUIRE(workspace.has_value());
  CHECK(workspace->config_file.empty());
  CHECK(find_entry(*workspace, "Head Office").has_value());
  CHECK(!bind(*workspace, *find_entry(*workspace, "Head Office")));
  folder.write("redial.toml", kConfig);
  workspace = load_workspace({"", pbk, ""});
  REQUIRE(workspace.has_value());
  CHECK(workspace->lines.size() == 1);
  CHECK(find_entry(*workspace, "Head Office")->user == "ann");
}

TEST_CASE("an unknown entry is answered with the one that may be meant, or with what there is") {
  const Folder folder;
  const auto workspace = load_workspace({"", folder.write("office.pbk", kOffice), ""});
  REQUIRE(workspace.has_value());
  CHECK(find_entry(*workspace, "head office").error().kind == ErrorKind::NotFound);
  CHECK(has(find_entry(*workspace, "head office").error().text, "\"Head Office\" may be meant"));
  CHECK(has(find_entry(*workspace, "Hed Ofice").error().text, "\"Head Office\" may be meant"));
  CHECK(has(find_entry(*workspace, "Elsewhere").error().text, "there are \"Head Office\""));
}

TEST_CASE("an entry that is there and wrong is answered with what is wrong") {
  const Folder folder;
  const auto workspace = load_workspace(
      {folder.write("redial.toml", "[entry.A]\nnumber = \"1\"\ndial_within = 3\n"), "", ""});
  REQUIRE(workspace.has_value());
  const auto entry = find_entry(*workspace, "A");
  REQUIRE(!entry.has_value());
  CHECK(entry.error().kind == ErrorKind::BadFile);
  CHECK(has(entry.error().text, "redial.toml:3:"));
}

TEST_CASE("credentials that others can read are refused, and their absence is no error") {
  const Folder folder;
  folder.write("office.pbk", kOffice);
  constexpr std::string_view kSecret = "[entry.\"Head Office\"]\npassword = \"swordfish\"\n";
  const auto workspace = load_workspace({folder.write("redial.toml", kConfig), "", ""});
  REQUIRE(workspace.has_value());
  folder.write("credentials.toml", kSecret, 0644);
  CHECK(find_credential(*workspace, "Head Office").error().kind == ErrorKind::Refused);
  folder.write("credentials.toml", kSecret, 0600);
  const auto found = find_credential(*workspace, "Head Office");
  REQUIRE(found.has_value());
  CHECK((*found)->password == Secret("swordfish"));
  CHECK(!find_credential(*workspace, "Elsewhere")->has_value());
}

TEST_CASE("where one is comes from redial.toml, its card's number from the credentials") {
  const Folder folder;
  folder.write("office.pbk", kOffice);
  const std::string config = std::string(kConfig) +
                             "[[location]]\nname = \"office\"\ncountry_code = 1\n"
                             "[[location]]\nname = \"hotel\"\ncountry_code = 49\nblind = true\n"
                             "[calling_card.work]\nlong_distance = \"18005550000,H,FG\"\n"
                             "[defaults]\nlocation = \"hotel\"\n";
  const auto workspace = load_workspace({folder.write("redial.toml", config), "", ""});
  REQUIRE(workspace.has_value());
  REQUIRE(find_location(*workspace, "").has_value());
  CHECK((*find_location(*workspace, ""))->name == "hotel");
  CHECK((*find_location(*workspace, "Office"))->country_code == 1);
  CHECK(find_location(*workspace, "home").error().kind == ErrorKind::NotFound);
  folder.write("credentials.toml", "[calling_card.work]\nnumber = \"80031415\"\n", 0600);
  CHECK(find_card_secret(*workspace, "work")->number == Secret("80031415"));
  CHECK_FALSE(find_card_secret(*workspace, "other")->number.has_value());

  // A place without a dial tone makes every line there blind.
  auto entry = find_entry(*workspace, "Head Office");
  REQUIRE(entry.has_value());
  CHECK(bind(*workspace, *entry)->front().spec.blind);
  entry->location = "office";
  CHECK_FALSE(bind(*workspace, *entry)->front().spec.blind);
}

TEST_CASE(
    "a line's port is opened at the entry's speed, with flow control only over real circuits") {
  phonebook::LineSpec line{.name = "COM1", .path = "/dev/ttyS0", .speed_bps = 38400};
  phonebook::Entry entry;
  CHECK(port_spec(line, entry).speed_bps == 38400);
  CHECK(port_spec(line, entry).flow == io::FlowControl::Hardware);
  entry.connect_bps = 57600;
  entry.hw_flow_control = false;
  CHECK(port_spec(line, entry).speed_bps == 57600);
  CHECK(port_spec(line, entry).flow == io::FlowControl::None);
  line.modem_lines = false;
  entry.hw_flow_control = true;
  CHECK(port_spec(line, entry).flow == io::FlowControl::None);
  line.flow_control = phonebook::FlowControl::Software;
  CHECK(port_spec(line, entry).flow == io::FlowControl::Software);
  line.format = "8E2";
  CHECK(port_spec(line, entry).parity == io::Parity::Even);
  CHECK(port_spec(line, entry).stop_bits == 2);
  line.kind = phonebook::LineKind::Tcp;
  CHECK(port_spec(line, entry).kind == io::PortKind::Tcp);
  CHECK(port_spec(line, entry).dead_within == entry.watch.dead_peer_bound);
}

TEST_CASE("lines: a missing device, one that is no terminal, and one without its description") {
  const auto none = [](const std::string& path) -> Result<std::string> {
    return fail(ErrorKind::NotFound, path + ": no such file");
  };
  const auto look = [&](std::string path, std::string description) {
    return look_at({.name = "COM1", .path = std::move(path), .description = std::move(description)},
                   none);
  };
  CHECK(!look("/dev/nonesuch", "").present);
  CHECK(has(look("/dev/nonesuch", "").problem, "No such file"));
  CHECK(has(look("/dev/null", "").problem, "is no terminal"));
  CHECK(look("/dev/ptmx", "x.inf:Acme").present);
  CHECK(has(look("/dev/ptmx", "x.inf:Acme").problem, "x.inf: no such file"));
}

}  // namespace
