// SPDX-License-Identifier: Apache-2.0
// `redial doctor` as its users see it: the program itself, on files of wvdial, pppd, RAS and ours.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "support/program.h"

using redial::test::Folder;
using redial::test::Program;

namespace {

struct Ran {
  std::string text;
  int status = -1;
};

Ran doctor(const Folder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "doctor");
  Program program(folder, arguments);
  CHECK_FALSE(program.said.until("never said"));  // to its end
  const int status = program.status();
  return {program.said.text(), status};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
/// With blanks and line ends as one: texts are broken to fit the table.
std::string on_one_line(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
  }
  return out;
}
size_t longest_line(std::string_view text) {
  size_t longest = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    longest = std::max(longest, end);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return longest;
}

constexpr std::string_view kWvdial =
    "[Dialer Defaults]\nModem = /dev/ttyS0\nPhone = 5550100\nUsername = ann\n"
    "Password = sesame-open\nIdle Seconds = 300\n";

}  // namespace

TEST_CASE("redial doctor on a wvdial.conf with Idle Seconds = 300 names the disabled redial") {
  const Folder folder;
  folder.write("wvdial.conf", kWvdial);
  const Ran ran = doctor(folder, {"wvdial.conf"});
  INFO(ran.text);
  CHECK(ran.status == 1);
  CHECK(has(on_one_line(ran.text),
            "Idle Seconds = 300 (wvdial.conf line 6) switches Auto Reconnect off"));
  CHECK(has(ran.text, "carrier lost"));
  CHECK(has(ran.text, "Idle Seconds = 0"));
  CHECK_FALSE(has(ran.text, "sesame"));
  CHECK(longest_line(ran.text) <= 100);
}

TEST_CASE("--why cites each rule with the class of failure and a public source") {
  const Folder folder;
  folder.write("wvdial.conf", kWvdial);
  const Ran ran = doctor(folder, {"--why", "wvdial.conf"});
  CHECK(has(ran.text, "wvdial-idle-seconds (F1)"));
  CHECK(has(ran.text, "from wvdialer.cc, https://github.com/wlach/wvdial"));
  CHECK(has(ran.text, "why: wvdial-echo, wvdial-exit-codes"));
  const Ran json = doctor(folder, {"--json", "wvdial.conf"});
  CHECK(has(json.text, "\"id\": \"wvdial-idle-seconds\""));
  CHECK(has(json.text, "\"status\": 1"));
  CHECK_FALSE(has(json.text, "sesame"));
}

TEST_CASE("pppd as Debian leaves it has findings; persist, maxfail 0 and echoes make it healthy") {
  const Folder folder;
  std::filesystem::create_directories(folder / "ppp/peers");
  folder.write("ppp/peers/isp",
               "/dev/ttyS0 115200\nconnect \"/usr/sbin/chat ABORT BUSY ABORT 'NO CARRIER' "
               "ABORT 'NO DIALTONE' '' ATDT5550100 CONNECT ''\"\nuser ann\n");
  folder.write("ppp/options", "noipdefault\n");
  const Ran bad = doctor(folder, {"ppp"});
  INFO(bad.text);
  CHECK(bad.status == 1);
  CHECK(has(bad.text, "NEVER: no LCP echoes are"));
  folder.write("ppp/options", "persist\nmaxfail 0\nlcp-echo-interval 20\nlcp-echo-failure 4\n");
  const Ran good = doctor(folder, {"ppp"});
  INFO(good.text);
  CHECK(good.status == 0);
  CHECK(has(good.text, "1 connection, 1 healthy; 0 findings"));
  CHECK(doctor(folder, {"ppp/peers/isp"}).status == 0);  // its options lie beside it
}

TEST_CASE("the words that a chat script gives up at are found in the folder beside pppd's") {
  const Folder folder;
  folder.write("ppp/peers/isp",
               "/dev/ttyS0\nconnect \"/usr/sbin/chat -f /etc/chatscripts/isp\"\nuser ann\n");
  folder.write("chatscripts/isp", "ABORT BUSY\n'' ATDT5550100\nCONNECT ''\n");
  for (const char* path : {"ppp", "ppp/peers/isp", "."}) {
    const Ran ran = doctor(folder, {path});
    INFO(ran.text);
    CHECK(has(on_one_line(ran.text), "at once: chat's ABORT BUSY"));
    CHECK(has(ran.text, "1 connection"));
  }
}

TEST_CASE("wvdial is judged with the echoes that /etc/ppp/options asks of every pppd") {
  const Folder folder;
  folder.write("wvdial.conf", kWvdial);
  folder.write("ppp/options", "lcp-echo-interval 30\nlcp-echo-failure 4\n");
  const Ran ran = doctor(folder, {"wvdial.conf"});
  INFO(ran.text);
  CHECK(has(on_one_line(ran.text), "within 2 min 30 s: LCP"));
  CHECK(has(ran.text, "1 connection"));
}

TEST_CASE("a keyfile of NetworkManager and OpenWrt's network are judged by their own rules") {
  const Folder folder;
  folder.write("mobile.nmconnection", "[connection]\nid=mobile\ntype=gsm\n[gsm]\nnumber=*99#\n");
  const Ran manager = doctor(folder, {"mobile.nmconnection"});
  INFO(manager.text);
  CHECK(manager.status == 1);
  CHECK(has(manager.text, "NetworkManager \"mobile\""));
  CHECK(has(on_one_line(manager.text), "blocked for 300 s"));
  folder.write("network",
               "config interface 'wan'\n\toption proto 'pppoe'\n"
               "\toption keepalive '0'\n\toption username 'ann'\n");
  const Ran wrt = doctor(folder, {"network"});
  INFO(wrt.text);
  CHECK(wrt.status == 1);
  CHECK(has(wrt.text, "OpenWrt \"wan\""));
  CHECK(has(wrt.text, "NEVER: no LCP echoes are"));
  CHECK_FALSE(has(wrt.text, "busy"));
}

TEST_CASE("an upgraded NT directory has the bug of Q153376, by name; repaired it is healthy") {
  const Folder folder;
  std::filesystem::create_directories(folder / "Ras");
  folder.write("Ras/rasphone.pbk",
               "[Head Office]\r\nRedialOnLinkFailure=1\r\nMEDIA=serial\r\nPort=COM1\r\n"
               "Device=Acme 56K\r\nDEVICE=modem\r\nPhoneNumber=5550100\r\n");
  folder.write("Ras/SERIAL.INI", "[COM1]\r\nDEVICENAME=Acme 56K\r\n");
  const Ran sick = doctor(folder, {"Ras"});
  INFO(sick.text);
  CHECK(sick.status == 1);
  CHECK(has(on_one_line(sick.text), "KB Q153376: COM1 is bound to Acme 56K"));
  CHECK(has(sick.text, "redial repair"));
  Program repair(folder, {"repair", "--no-call", "Ras"});
  CHECK(repair.said.until("repaired"));
  CHECK(repair.status() == 0);
  const Ran cured = doctor(folder, {"Ras"});
  INFO(cured.text);
  CHECK(cured.status == 0);
  CHECK(has(cured.text, "Redial \"Head Office\""));
  CHECK_FALSE(has(cured.text, "Q153376"));
}

TEST_CASE("our own entries are healthy by construction, with the bounds that explain prints") {
  const Folder folder;
  folder.write("redial.toml",
               "[[line]]\nname = \"COM1\"\npath = \"/dev/ttyS0\"\n"
               "[entry.\"good\"]\nline = \"COM1\"\nnumber = \"5550100\"\n");
  const Ran good = doctor(folder, {"redial.toml"});
  INFO(good.text);
  CHECK(good.status == 0);
  CHECK(has(on_one_line(good.text), "peer silent within 20 s:"));
  CHECK(doctor(folder, {}).status <= 1);  // found without being named
  folder.write("redial.toml",
               "[[line]]\nname = \"COM1\"\npath = \"/dev/ttyS0\"\n"
               "[entry.\"bad\"]\nline = \"COM1\"\nnumber = \"5550100\"\n"
               "redial.on_link_failure = false\n");
  const Ran bad = doctor(folder, {"redial.toml"});
  CHECK(bad.status == 1);
  CHECK(has(bad.text, "redial.on_link_failure"));
}

TEST_CASE("what is named and cannot be read is told, with a status of its own") {
  const Folder folder;
  CHECK(doctor(folder, {"nowhere.conf"}).status == 3);
  folder.write("letter.txt", "Dear Ann,\n");
  const Ran letter = doctor(folder, {"letter.txt"});
  CHECK(letter.status == 4);
  CHECK(has(letter.text, "letter.txt: is no configuration"));
  std::filesystem::create_directories(folder / "empty");
  CHECK(doctor(folder, {"empty"}).status == 3);
  folder.write("odd.conf", "[Dialer x]\nPhone = 1\nthis is no setting\n");
  const Ran odd = doctor(folder, {"odd.conf"});
  INFO(odd.text);
  CHECK(odd.status == 4);
  CHECK(has(odd.text, "odd.conf:3:"));
}
