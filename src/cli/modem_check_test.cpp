// SPDX-License-Identifier: Apache-2.0
#include "cli/modem_check.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>

using namespace redial;
using namespace redial::cli;

namespace {

constexpr const char* kClean =
    "[Wren]\nMAXCARRIERBPS=2400\nCOMMAND_INIT=AT&F&C1<cr>\nCOMMAND_DIAL=ATD<phonenumber><cr>\n"
    "[Wren II]\nALIAS=Wren\n";

ModemReport report(std::string octets, bool json = false) {
  return modem_report({{"wren.inf", std::move(octets)}}, json);
}

bool has(const ModemReport& made, std::string_view text) {
  return made.text.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a clean file is listed: names, speeds, commands and aliases, exit status 0") {
  const ModemReport made = report(kClean);
  CHECK(made.status == 0);
  CHECK(made.text ==
        "wren.inf: 2 modems\n"
        "  Wren: line at most 2400 bit/s, port at most not told\n"
        "    init    AT&F&C1<cr>\n"
        "    dial    ATD<phonenumber><cr>\n"
        "  Wren II: as Wren\n");
}

TEST_CASE("problems are told as file:line:column; warnings exit 1, errors exit 2") {
  const ModemReport warned = report(kClean + std::string("[Wren]\nCOMMAND_DIAL=ATD<cr>\n"));
  CHECK(warned.status == 1);
  CHECK(has(warned, "wren.inf:7:1: warning: [Wren] stands in line 1 already"));
  const ModemReport wrong = report("[Wren]\nCOMMAND_DIAL=ATD<ghost><cr>\n");
  CHECK(wrong.status == 2);
  CHECK(has(wrong, "wren.inf:2:17: error: <ghost> is not defined"));
  CHECK(has(wrong, "(RAS error 654)"));
}

TEST_CASE("scripts of SWITCH.INF, .scp and chat are checked too") {
  const ModemReport made = report("[Host]\nCOMMAND=<cr>\nOK=<match>\":\"\n");
  CHECK(made.status == 0);
  CHECK(made.text == "wren.inf: 1 script\n  Host: 1 command\n");
  CHECK(has(report("[Host]\nCOMMAND=<cr>\nNoResponse\n", true), "\"scripts\""));
  const ModemReport scp = modem_report({{"x.scp", std::string("proc main dial endproc"), {}},
                                        {"y.scp", std::string("proc main endproc"), {}}},
                                       false);
  CHECK(scp.status == 2);
  CHECK(has(scp, "x.scp:1:11: error: \"dial\" is no command"));
  CHECK(has(scp, "y.scp: a Windows script\n"));
  CHECK(modem_report({{"x.chat", std::string("ogin: 'ann"), {}}}, false).status == 2);
}

TEST_CASE("a chat script of any name is one; the file that it names is where it says") {
  std::string asked;
  const modem::LoadInf load = [&](const std::string& name) -> Result<std::string> {
    asked = name;
    return fail(ErrorKind::NotFound, name + ": cannot be opened");
  };
  const std::string text = "ABORT BUSY\n'' ATZ\nOK @/etc/chatscripts/pin\nOK ATDT1\nCONNECT ''\n";
  const ModemReport made =
      modem_report({{"chatscripts/isp", text, modem::load_beside("chatscripts/isp", load)}}, false);
  CHECK(made.status == 2);
  CHECK(asked == "/etc/chatscripts/pin");
  CHECK(has(made, "chatscripts/isp: a chat script\n"));
  CHECK(has(made, "chatscripts/isp:3:4: error: /etc/chatscripts/pin: cannot be opened"));
  const ModemReport good = modem_report({{"isp", std::string("'' ATDT1 CONNECT ''"), {}}}, true);
  CHECK(good.status == 0);
  CHECK(has(good, "\"language\": \"chat script\""));
}

TEST_CASE("names are shown in their own letters, and which code page ANSI was taken for") {
  const std::string section =
      "[\xc4rger]\nCOMMAND_INIT=AT\\\\N3%C1\"H3<cr>\nCOMMAND_DIAL=ATD<cr>\n";
  const ModemReport ansi = report(section);
  CHECK(has(ansi, "  Ärger: line"));
  CHECK(has(ansi, "    init    AT\\N3%C1\"H3<cr>\n"));
  CHECK(has(ansi, "note: the names are taken to be Windows-1252"));
  CHECK(ansi.status == 0);
  CHECK(has(report(section, true), "\"encoding\": \"Windows-1252\""));
  const ModemReport utf8 = report("[Ärger]\nCOMMAND_DIAL=ATD<cr>\n");
  CHECK(has(utf8, "  Ärger: line"));
  CHECK_FALSE(has(utf8, "note:"));
}

TEST_CASE("the PIN of a SIM is shown by none of it") {
  const std::string section = "[Sim]\nCOMMAND_INIT=AT+CPIN=\"1234\"<cr>\nCOMMAND_DIAL=ATD<cr>\n";
  for (const bool json : {false, true}) {
    const ModemReport made = report(section, json);
    CHECK(has(made, "AT+CPIN="));
    CHECK_FALSE(has(made, "1234"));
  }
}

TEST_CASE("the worst file decides the exit status; one that cannot be opened is an error") {
  const ModemReport made =
      modem_report({{"wren.inf", std::string(kClean)},
                    {"gone.inf", fail(ErrorKind::NotFound, "gone.inf: no such file")}},
                   false);
  CHECK(made.status == 2);
  CHECK(has(made, "error: gone.inf: no such file"));
  CHECK(has(made, "Wren II"));
}

TEST_CASE("a section that blinds us to the carrier is listed with what is added to it") {
  CHECK(has(report("[Old]\nCOMMAND_INIT=AT&C0<cr>\nCOMMAND_DIAL=ATD<cr>\n"), "AT&C1 is sent"));
}

TEST_CASE("no escape sequence in a name reaches the terminal") {
  CHECK(has(report("[\x1b[2J]\nCOMMAND_DIAL=ATD<cr>\n"), "<h1b>"));
  CHECK_FALSE(has(report("[\x1b[2J]\nCOMMAND_DIAL=ATD<cr>\nspeak \x1b\n"), "\x1b"));
}

TEST_CASE("with --json the same is one document, whatever the file's encoding") {
  const ModemReport made = report(kClean + std::string("[Caf\xe9]\nCOMMAND_DIAL=ATD<x>\n"), true);
  CHECK(made.status == 2);
  CHECK(has(made, "\"status\": 2"));
  CHECK(has(made, "\"alias_of\": \"Wren\""));
  CHECK(has(made, "\"AT&F&C1<cr>\""));
  CHECK(has(made, "\"severity\": \"error\""));
  CHECK(has(made, "\"ras_error\": 654"));
  const ModemReport latin = report("[Caf\xe9]\nCOMMAND_DIAL=ATD<cr>\n", true);
  CHECK(latin.status == 0);
  CHECK(has(latin, "Caf\xc3\xa9"));
}

TEST_CASE("what kind of file it is, its text says, not its name; included files are named") {
  constexpr const char* kInf =
      "[Manufacturer]\nWren=Models\n[Models]\nWren 1=I\nWren 2=I\n[I]\nInclude=base.inf,gone.inf\n"
      "Needs=Base\n";
  const auto load = [](const std::string& name) -> Result<std::string> {
    if (name != "base.inf") return fail(ErrorKind::NotFound, name);
    return std::string("[Base]\nAddReg=V\n[V]\nHKR,Init,1,,\"AT<cr>\"\nHKR,Responses,OK,1,00,00\n");
  };
  const ModemReport made = modem_report({{"MODEM.INF", std::string(kInf), load}}, false);
  CHECK(made.status == 1);
  CHECK(
      made.text ==
      "MODEM.INF: 2 modems\n"
      "  Wren 1: line at most not told, port at most not told\n"
      "    init    AT<cr>\n"
      "    dial    AT<autodial><phonenumber><cr>\n"
      "    listen  ATS0=0<cr>\n"
      "    answer  ATA<cr>\n"
      "  Wren 2: as Wren 1\n"
      "MODEM.INF:7:18: warning: gone.inf, which is included, is not at hand; what is needed of it "
      "is missing; put it beside this file\n"
      "base.inf:5:20: warning: the response OK has 2 of ten octets; the rest is taken as 0: "
      "options and rates not told; complete it\n");
  const ModemReport json = modem_report({{"MODEM.INF", std::string(kInf), load}}, true);
  CHECK(has(json, "\"language\": \"Unimodem setup file\""));
  CHECK(has(json, "\"file\": \"base.inf\""));
  const ModemReport reg = report("REGEDIT4\n[HKEY_USERS\\A\\Init]\n\"1\"=\"AT<cr>\"\n", true);
  CHECK(reg.status == 0);
  CHECK(has(reg, "\"language\": \"registry export\""));
  CHECK(has(reg, "\"name\": \"A\""));
}

TEST_CASE(
    "a file of another kind gets one error first, and not a page of complaints about its lines") {
  std::string book = "[Office]\r\n";
  for (int line = 0; line < 40; ++line) book += fmt::format("Key{}=1\r\n", line);
  const ModemReport said = report(book);
  CHECK(said.status == 2);
  CHECK(said.text.starts_with("wren.inf: error: describes no modem and no script; "));
  CHECK(said.text.find("redial phonebook check") != std::string::npos);
  CHECK(std::count(said.text.begin(), said.text.end(), '\n') <= 7);
  CHECK(said.text.find("more like these") != std::string::npos);
  CHECK(report("").status == 2);
  CHECK(has(report(book, true), "\"error\": \"describes no modem"));
}
