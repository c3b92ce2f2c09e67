// SPDX-License-Identifier: Apache-2.0
#include "migrate/repair.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "phonebook/toml.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::migrate;

namespace {

const std::string kBook =
    "[Head Office]\r\nMEDIA=serial\r\nPort=COM1\r\nDevice=Acme 56K\r\nDEVICE=modem\r\n"
    "PhoneNumber=5550100\r\n[Tunnel]\r\nMEDIA=rastapi\r\nPort=VPN2-0\r\nDEVICE=vpn\r\n"
    "PhoneNumber=gate.example\r\n";
const std::string kModemInf =
    "[Responses]\nOK=<cr><lf>OK<cr><lf>\nCONNECT=<cr><lf>CONNECT<cr><lf>\n"
    "[Acme 56K]\nCOMMAND_INIT=AT&F&C0<cr>\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n";

RepairPlan planned(const std::vector<SourceFile>& files, const RepairWishes& wishes = {}) {
  const auto plan = plan_repair(files, wishes);
  REQUIRE(plan);
  return *plan;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::optional<std::string> octets_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

}  // namespace

TEST_CASE("a port on MODEM.INF becomes a line with that description, watched where NT did not") {
  const RepairPlan plan =
      planned({{"rasphone.pbk", kBook},
               {"modem.inf", kModemInf},
               {"SERIAL.INI", "[COM1]\nDEVICENAME=acme 56k\nINITIALBPS=57600\n"}});
  REQUIRE(plan.lines.size() == 1);
  const RepairedLine& line = plan.lines.front();
  CHECK(line.spec.name == "COM1");
  CHECK(line.spec.path == "/dev/ttyS0");
  CHECK(line.spec.description == "modem.inf:Acme 56K");
  CHECK(line.spec.speed_bps == 57600);
  CHECK(has(line.was, "nobody watched"));
  CHECK_FALSE(line.corrections.empty());  // &C0 hid the carrier
  CHECK(plan.phonebooks == std::vector<std::string>{"rasphone.pbk"});
  CHECK(plan.carried_over == std::vector<std::string>{"modem.inf", "SERIAL.INI"});
}

TEST_CASE("the configuration that is written reads without complaint and says the same") {
  const RepairPlan plan = planned({{"my \"book\".pbk", kBook}, {"MODEM.INF", kModemInf}},
                                  {.paths = {{"com1", "/dev/serial/by-id/usb \"x\""}}});
  const phonebook::Config config = phonebook::read_config(plan.config, "redial.toml");
  CHECK(config.diagnostics.empty());
  CHECK(config.phonebooks == std::vector<std::string>{"my \"book\".pbk"});
  REQUIRE(config.lines.size() == 1);
  CHECK(config.lines[0] == plan.lines[0].spec);
  CHECK(config.lines[0].path == "/dev/serial/by-id/usb \"x\"");
  CHECK(plan.entries == 1);
}

TEST_CASE("a device that MODEM.INF does not know gets the built-in description") {
  const RepairPlan plan = planned({{"rasphone.pbk", kBook}});
  REQUIRE(plan.lines.size() == 1);
  CHECK(plan.lines[0].spec.description == "builtin:hayes");
}

TEST_CASE("what is no modem's port is told, and made no line of") {
  const RepairPlan plan =
      planned({{"rasphone.pbk", kBook}, {"SERIAL.INI", "[RAS7]\nDEVICENAME=Acme 56K\n"}});
  CHECK(plan.lines.size() == 1);
  const auto told = [&](std::string_view part) {
    return std::ranges::any_of(plan.notes, [&](const auto& note) { return has(note, part); });
  };
  CHECK(told("VPN2-0"));
  CHECK(told("--port \"RAS7\"="));
  const auto wished = plan_repair({{"SERIAL.INI", "[RAS7]\n"}}, {.paths = {{"COM9", "/dev/x"}}});
  REQUIRE_FALSE(wished);
  CHECK(wished.error().kind == ErrorKind::NotFound);
}

TEST_CASE("a login script that the directory's SWITCH.INF has needs no hand; another does") {
  const std::string book =
      "[Host]\nMEDIA=serial\nPort=COM1\nDEVICE=modem\nPhoneNumber=1\nDEVICE=switch\nName=Login\n";
  CHECK(planned({{"rasphone.pbk", book}}).notes.size() == 1);
  const RepairPlan plan =
      planned({{"rasphone.pbk", book}, {"SWITCH.INF", "[Login]\nCOMMAND=<cr>\nNoResponse\n"}});
  CHECK(plan.notes.empty());
  CHECK(plan.entries == 1);
}

TEST_CASE("a folder without anything of RAS, or with a redial.toml, is left alone") {
  CHECK(plan_repair({{"notes.txt", "x"}}, {}).error().kind == ErrorKind::NotFound);
  CHECK(plan_repair({{"rasphone.pbk", kBook}, {"redial.toml", ""}}, {}).error().kind ==
        ErrorKind::Refused);
}

TEST_CASE("the eleven steps: five of them have nothing left to do, the others are told") {
  const RepairPlan plan = planned({{"rasphone.pbk", kBook}, {"MODEM.INF", kModemInf}});
  const auto count = [](const auto& steps, RepairStep::State state) {
    return std::ranges::count(steps, state, &RepairStep::state);
  };
  const auto before = steps_of(plan, false, "Ras.old");
  CHECK(count(before, RepairStep::State::ToDo) == 5);
  const auto after = steps_of(plan, true, "Ras.old");
  CHECK(count(after, RepairStep::State::NotNeeded) == 5);
  CHECK(count(after, RepairStep::State::Done) == 6);
  for (int i = 0; i < kRepairSteps; ++i) CHECK(after[i].number == i + 1);
  CHECK(has(after[4].here, "Ras.old"));
  CHECK(has(after[9].here, "rasphone.pbk"));
}

TEST_CASE("the published samples as one directory: every port of a modem is a watched line") {
  const std::string data = REDIAL_SOURCE_DIR "/../shared/data/";
  const auto modems = octets_of(data + "modeminf/modem.inf");
  const auto book = octets_of(data + "pbk/rrasm-dd1.pbk");
  if (!modems || !book) {
    MESSAGE("skipped: the published samples (shared/data) are not here");
    return;
  }
  const RepairPlan plan = planned({{"MODEM.INF", *modems},
                                   {"router.pbk", *book},
                                   {"SERIAL.INI",
                                    "[COM1]\nDEVICENAME=USRobotics General\n"
                                    "[COM2]\nDEVICENAME=Mwave 28800\n"}});
  REQUIRE(plan.lines.size() == 3);
  CHECK(plan.lines[0].spec.description == "MODEM.INF:USRobotics General");
  CHECK(plan.lines[1].spec.description == "MODEM.INF:Mwave 28800");
  CHECK(plan.lines[2].spec.name == "COM3");
  CHECK(plan.complaints.empty());
}
