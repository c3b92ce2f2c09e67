// SPDX-License-Identifier: Apache-2.0
// `redial dial --record` at a modem of `redial exchange`, and `redial-sim --replay` of what it
// wrote: programs, ptys and real time.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <iterator>

#include "support/program.h"

using namespace redial::test;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kConfig =
    "credentials = \"credentials.toml\"\n"
    "[[line]]\nname = \"COM1\"\nkind = \"modem\"\npath = \"home\"\nmodem_lines = false\n"
    "[entry.office]\nnumber = \"5550100\"\nuser = \"branch7\"\nline = \"COM1\"\n"
    "redial = { first_pause = \"1 s\" }\n";
constexpr std::string_view kCredentials =
    "[entry.office]\nuser = \"branch7\"\npassword = \"swordfish\"\n";

/// What redial-sim says of a record, and its exit status.
std::pair<int, std::string> replay(const std::string& path, const std::string& option = "") {
  const std::string command =
      REDIAL_BIN_DIR "/redial-sim --replay '" + path + "' " + option + " 2>&1";
  FILE* said = ::popen(command.c_str(), "r");
  REQUIRE(said != nullptr);
  std::string text;
  char octets[4096];
  for (size_t got; (got = ::fread(octets, 1, sizeof octets, said)) > 0;) text.append(octets, got);
  const int how = ::pclose(said);
  return {WIFEXITED(how) ? WEXITSTATUS(how) : -1, text};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

struct Site {
  Site() {
    folder.write("redial.toml", kConfig);
    folder.write("credentials.toml", kCredentials, 0600);
    // What outlives the program belongs to this folder alone.
    ::setenv("XDG_STATE_HOME", (folder / "state").c_str(), 1);
  }
  Folder folder;
};

}  // namespace

TEST_CASE("a call with a lost carrier and a redial is recorded, and runs again the same") {
  const Site site;
  Program exchange(site.folder, {"exchange", "--modem", "5550199=./home", "--isp", "5550100",
                                 "--accounts", "credentials.toml"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Program dial(site.folder, {"dial", "office", "--plain", "--record", "call.rec"});
  REQUIRE(dial.said.until("Connected."));
  REQUIRE(exchange.ask("drop 5550199", "the carrier is gone"));
  REQUIRE(dial.said.until("Link failure"));
  REQUIRE(dial.said.until("Connected."));
  dial.interrupt();
  CHECK(dial.status() == 0);

  const std::string record = site.folder / "call.rec";
  struct stat status {};
  REQUIRE(::stat(record.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  const std::string text = site.folder.text("call.rec");
  CHECK(!has(text, "swordfish"));
  CHECK(has(text, "ATDT5550100"));

  const auto [same, said] = replay(record);
  CHECK(same == 0);
  CHECK(has(said, "ENDED CarrierLost"));
  CHECK(has(said, "same: "));
  const auto [also, json] = replay(record, "--json");
  CHECK(also == 0);
  CHECK(has(json, "\"same\":true"));

  std::string other = text;
  other.replace(other.find("NO CARRIER"), 10, "NO CORRIER");
  site.folder.write("other.rec", other);
  const auto [differs, where] = replay(site.folder / "other.rec");
  CHECK(differs == 1);
  CHECK(has(where, "DIFFERS at "));
  site.folder.write("none.rec", "redial-transcript 1\nseed 1\nwhat is this\n");
  const auto [none, why] = replay(site.folder / "none.rec");
  CHECK(none == 3);
  CHECK(has(why, "none.rec: line 3: means nothing before the start; the record is not run"));
  CHECK(replay(site.folder / "nowhere.rec").first == 3);
}

TEST_CASE("a script's file is in the record, without the passwords of any of its scripts") {
  const Site site;
  site.folder.write("login.switch.inf",
                    "[office]\nCOMMAND=\nOK=<match>\"ogin:\"\nLOOP=<ignore>\n"
                    "COMMAND=branch7<cr>\nOK=<match>\"assword:\"\nLOOP=<ignore>\n"
                    "COMMAND=open-sesame<cr>\nNoResponse\n"
                    "[other]\nCOMMAND=\nOK=<match>\"assword:\"\nLOOP=<ignore>\n"
                    "COMMAND=another-word<cr>\nNoResponse\n");
  std::string config(kConfig);
  config += "script = \"login.switch.inf:office\"\n";
  site.folder.write("redial.toml", config);
  Program exchange(site.folder,
                   {"exchange", "--modem", "5550199=./home", "--modem", "5550100=./far"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  const int far = ::open((site.folder / "far").c_str(), O_RDWR | O_NOCTTY);
  REQUIRE(far >= 0);
  Heard heard(far);
  const auto type = [&](std::string_view text) {
    REQUIRE(::write(far, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  };
  type("ATS0=1\r");
  REQUIRE(heard.until("OK"));
  Program dial(site.folder, {"dial", "office", "--plain", "--record", "call.rec"});
  REQUIRE(heard.until("CONNECT"));
  type("login: ");
  REQUIRE(heard.until("branch7"));
  type("Password: ");
  REQUIRE(heard.until("open-sesame"));
  for (const char c : std::string_view("open-sesame\r\n")) type(std::string_view(&c, 1));
  type("Welcome.\r\n");
  REQUIRE(heard.until("~"));
  dial.interrupt();
  dial.status();
  ::close(far);
  const std::string text = site.folder.text("call.rec");
  CHECK(has(text, "| COMMAND=***********<cr>"));
  CHECK(has(text, "Welcome."));
  CHECK(!has(text, "sesame"));
  CHECK(!has(text, "another-word"));
  CHECK(replay(site.folder / "call.rec").first == 0);
}

TEST_CASE("the PIN of a SIM is in the record neither in the description nor in what was sent") {
  const Site site;
  site.folder.write(
      "MODEM.INF",
      "[Sim]\nCOMMAND_INIT=AT+CPIN=\"4711\"<cr>\nCOMMAND_DIAL=ATDT<phonenumber><cr>\n");
  std::string config(kConfig);
  config.insert(config.find("[entry"), "description = \"MODEM.INF:Sim\"\n");
  site.folder.write("redial.toml", config);
  Program exchange(site.folder, {"exchange", "--modem", "5550199=./home", "--isp", "5550100"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Program dial(site.folder, {"dial", "office", "--plain", "--record", "call.rec"});
  const bool connected = dial.said.until("Connected.", 60s);
  dial.interrupt();
  dial.status();
  CHECK_MESSAGE(connected, dial.said.text());
  const std::string text = site.folder.text("call.rec");
  CHECK(has(text, "COMMAND_INIT=AT+CPIN=\"****\"<cr>"));
  CHECK(has(text, "sends 0 : AT+CPIN=\"****\""));
  CHECK(!has(text, "4711"));
  CHECK(replay(site.folder / "call.rec").first == 0);
}

TEST_CASE("a calling card's number and PIN are zeros in the record, in the modem's echo too") {
  const Site site;
  std::string config(kConfig);
  const size_t at = config.find("\"5550100\"");
  config.replace(at, 9, "\"+1 (206) 555-0100\"");
  config +=
      "[[location]]\nname = \"home\"\ncountry_code = 1\narea_code = \"425\"\n"
      "calling_card = \"work\"\n"
      "[calling_card.work]\nlong_distance = \"18005550199$H,K,1FG\"\n";
  site.folder.write("redial.toml", config);
  site.folder.write(
      "credentials.toml",
      std::string(kCredentials) + "[calling_card.work]\nnumber = \"88442211\"\npin = \"9753\"\n",
      0600);
  Program exchange(site.folder, {"exchange", "--modem", "5550199=./home", "--isp",
                                 "18005550199"
                                 "88442211"
                                 "9753"
                                 "12065550100"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  Program dial(site.folder, {"dial", "office", "--plain", "--record", "call.rec"});
  const bool connected = dial.said.until("Connected.", 60s);
  dial.interrupt();
  dial.status();
  CHECK_MESSAGE(connected, dial.said.text());
  const std::string text = site.folder.text("call.rec");
  CHECK(has(text, "ATDT00000000000"));
  CHECK(!has(text, "88442211"));
  CHECK(!has(text, ",9753"));
  CHECK(replay(site.folder / "call.rec").first == 0);
}

TEST_CASE("killed in mid-call, the record is good as far as it goes") {
  const Site site;
  Program exchange(site.folder, {"exchange", "--modem", "5550199=./home", "--isp", "5550100"});
  REQUIRE(exchange.said.until("Ctrl-C ends"));
  {
    Program dial(site.folder, {"dial", "office", "--plain", "--record", "call.rec"});
    REQUIRE(dial.said.until("Connected."));
  }  // kill -9
  const auto [same, said] = replay(site.folder / "call.rec");
  CHECK(same == 0);
  CHECK(has(said, "UP"));
  CHECK(has(said, "cut off"));
}

TEST_CASE("what cannot be recorded is refused before anything is dialled") {
  const Site site;
  site.folder.write("credentials.toml", "[entry.office]\nuser = \"branch7\"\npassword = \"cat\"\n",
                    0600);
  Program brief(site.folder, {"dial", "office", "--record", "call.rec"});
  CHECK(brief.said.until("office: a password or hidden word of fewer than 4 characters"));
  CHECK(brief.status() == 9);
  Program nowhere(site.folder, {"dial", "office", "--record", "no/such/folder.rec"});
  CHECK(nowhere.said.until("cannot be written as a record"));
  CHECK(nowhere.status() == 4);
}
