// SPDX-License-Identifier: Apache-2.0
#include "cli/modem_show.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "cli/modem_detect.h"

using namespace redial;
using namespace redial::cli;

namespace {

constexpr const char* kBirch =
    "[Birch]\nMAXCARRIERBPS=14400\nDETECT_STRING=ATI3<cr>\nDETECT_RESPONSE=Birch\n"
    "COMMAND_INIT=AT&F&C0<cr>\nCOMMAND_DIAL=ATD<phonenumber><cr>\n"
    "CONNECT=<cr><lf>CONNECT <carrierbps><cr><lf>\nCOMMAND_LISTEN=ATS0=1<cr>\n";

std::string show(const char* file, std::string octets, const char* name = "", bool json = false) {
  const auto made = modem_shown(file, octets, name, json);
  return made ? *made : "error: " + made.error().text;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a description is shown as it is run: commands, answers, corrections, what watches") {
  const std::string text = show("MODEM.INF", kBirch, "birch");
  CHECK(text.find("Birch  (MODEM.INF line 1)\n  line at most 14400 bit/s, port at most not told") ==
        0);
  CHECK(has(text, "Initialise\n  AT&F&C0<cr>  "));
  CHECK(has(text, "  AT&C1<cr>"));
  CHECK(has(text, "  ATE0<cr>"));
  CHECK(has(text, "Dial\n  ATD<phonenumber><cr>"));
  CHECK(has(text, "    <cr><lf>CONNECT <carrierbps><cr><lf>"));
  CHECK(has(text, "CONNECT: carrier\n"));
  CHECK(has(text, "Answer a ring\n  the modem does by itself"));
  CHECK(has(text, "Corrected\n  the initialisation sets &C0"));
  CHECK(has(text, "NO CARRIER in the midst of data"));
  CHECK(has(text, "Recognised by\n  ATI3<cr>  answered with \"Birch\""));
}

TEST_CASE("what is sent is shown as it goes out, and an answer with the rates it stands for") {
  const std::string inf =
      "[Version]\nSignature=\"$CHICAGO$\"\n[Manufacturer]\nWren=Models\n[Models]\n"
      "\"Mod\xc3\xa9m\"=Install,id\n[Install]\nAddReg=Values\n[Values]\n"
      "HKR,Init,1,,\"AT\\N3%%C1\"\"H3+CPIN=1234<cr>\"\n"
      "HKR,Responses,\"<cr><lf>CONNECT 9600<cr><lf>\",1,02,03,80,25,00,00,00,c2,01,00\n";
  const std::string text = show("wren.inf", inf, "Mod\xc3\xa9m");
  CHECK(has(text, "Mod\xc3\xa9m  (wren.inf line"));
  CHECK(has(text, "  AT\\N3%C1\"H3+CPIN=***<cr> "));
  CHECK(has(text, "CONNECT_EC: carrier, with error control, line 9600, port 115200, compression"));
  const std::string json = show("wren.inf", inf, "Mod\xc3\xa9m", true);
  CHECK(has(json, "\"carrier_bps\": 9600"));
  CHECK_FALSE(has(json, "1234"));
}

TEST_CASE("with --json the same is one document") {
  const std::string text = show("MODEM.INF", kBirch, "Birch", true);
  CHECK(has(text, "\"send\": \"AT&F&C0<cr>\""));
  CHECK(has(text, "\"code\": \"CONNECT\""));
  CHECK(has(text, "\"watched_by\""));
}

TEST_CASE("scripts of all kinds are shown step by step, passwords covered") {
  CHECK(has(show("SWITCH.INF", "[Host]\nCOMMAND=<cr>\nOK=<match>\":\"\n"), "send \"<cr>\""));
  const std::string scp =
      show("x.scp", "proc main waitfor \"password:\" until 5 transmit \"hush\" endproc");
  CHECK(has(scp, "wait 5 s for \"password:\" in any case"));
  CHECK_FALSE(has(scp, "hush"));
  const std::string chat = show("x.chat", "'' ATDT5550100 CONNECT '' ogin: ann");
  CHECK(has(chat, "Dials 5550100"));
  CHECK(has(chat, "wait 45 s for \"ogin:\""));
}

TEST_CASE("a chat script that dials and logs on is one JSON document") {
  const auto json = [](const std::string& text) {
    return nlohmann::json::parse(show("isp", text, "", true), nullptr, false);
  };
  const auto both = json("ABORT BUSY '' ATZ OK ATDT5550100 CONNECT '' ogin: ann word: hush");
  REQUIRE(both.is_object());
  CHECK(both["number"] == "5550100");
  CHECK(both["modem"]["init"][0]["send"] == "ATZ<cr>");
  CHECK(has(both["script"]["steps"].get<std::string>(), "send \"ann<cr>\""));
  CHECK_FALSE(has(both.dump(), "hush"));
  const auto login = json("TIMEOUT 5 ogin: ann");
  CHECK(login["modem"].is_null());
  CHECK(login["script"].is_object());
}

TEST_CASE("what cannot be shown is told, with what there is, or with its place") {
  const std::string two = std::string(kBirch) + "[Wren]\nALIAS=Birch\n";
  CHECK(has(show("M.INF", two), "describes more than one thing"));
  CHECK(has(show("M.INF", two, "Oak"), "there are \"Birch\", \"Wren\""));
  CHECK(has(show("M.INF", "[Bad]\nCOMMAND_DIAL=<ghost>\n", "Bad"), "M.INF:2:14: <ghost>"));
  CHECK(has(show("x.scp", "proc main dial endproc"), "error: x.scp:1:11: \"dial\""));
  CHECK(has(show("x.chat", "ogin: 'ann"), "error: x.chat:1:7: the ' is not closed in its line"));
}

TEST_CASE("what was heard, the description that fits, and why") {
  const auto file = modem::read_modem_inf(kBirch, "MODEM.INF");
  const std::vector<std::string> files = {"MODEM.INF"};
  const std::vector<modem::Heard> heard = {{"ATI3", "Birch 14.4"}};
  CHECK(detected_text("/dev/ttyS0", file.modems, files, heard, false) ==
        "/dev/ttyS0: a modem that says\n  ATI3      Birch 14.4\n"
        "Birch (exact): answers ATI3 with \"Birch\"\n  description = \"MODEM.INF:Birch\"\n");
  const std::string json = detected_text("COM1", file.modems, files, {}, true);
  CHECK(has(json, "\"match\": \"built-in\""));
  CHECK(has(json, "\"description\": \"builtin:hayes\""));
}
