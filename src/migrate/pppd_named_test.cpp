// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_named.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "migrate/pppd.h"
#include "migrate/sources.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

constexpr std::string_view kChat = R"(# dial the office
TIMEOUT 15
ABORT BUSY
'' ATZ
OK ATDT5550100
CONNECT ''
)";

constexpr std::string_view kShell = R"(#!/bin/sh
# dials
sleep 2
exec /usr/sbin/chat -v \
  TIMEOUT 20 \
  ABORT BUSY \
  '' ATZ \
  OK 'ATDT5550100' \
  CONNECT ''
)";

std::string number_of(const Reading& reading) {
  if (reading.connections.size() != 1) return "no one connection";
  const auto& numbers = reading.connections[0].entry.numbers;
  return numbers.empty() ? "no number" : numbers[0].digits;
}

/// As `redial import` gets them: each file is first sorted out by itself.
Reading read(std::vector<SourceFile> files) {
  std::vector<SourceSet> sets = sort_out(std::move(files));
  REQUIRE(sets.size() == 1);
  Reading reading = read_source(sets[0], {});
  CHECK(reading.diagnostics.empty());
  return reading;
}

SourceFile peer(const std::string& connect) {
  return {"/etc/ppp/peers/office", "/dev/ttyS0 38400\nuser ann\nconnect \"" + connect + "\"\n"};
}

}  // namespace

TEST_CASE("a chat script is one wherever it lies, for a peer names it") {
  for (const std::string path : {"/etc/ppp/peers/office-chat", "/etc/ppp/office", "/opt/dial/it"}) {
    CAPTURE(path);
    const Reading reading =
        read({peer("/usr/sbin/chat -v -t 20 -f " + path), {path, std::string(kChat)}});
    CHECK(number_of(reading) == "5550100");
    CHECK(reading.report.settings().size() == 4 + 5);
    CHECK(ended(reading, "line 5").column == Column::Translated);
  }
}

TEST_CASE("a chat script full of numbers is no peer") {
  const Reading reading = read({peer("chat -f /etc/ppp/peers/nums"),
                                {"/etc/ppp/peers/nums", "TIMEOUT 5 '' ATDT5550100 TIMEOUT 60 60"}});
  CHECK(reading.connections.size() == 1);
}

TEST_CASE("a shell script that does nothing but dial by chat is understood") {
  const Reading reading =
      read({peer("/etc/ppp/peers/dial"), {"/etc/ppp/peers/dial", std::string(kShell)}});
  CHECK(number_of(reading) == "5550100");
  CHECK(reading.connections[0].entry.dial_within == 20s);
  CHECK(ended(reading, "connect").column == Column::Translated);
  CHECK(ended(reading, "line 4").column == Column::Translated);

  const Reading by_chat = read(
      {peer("sh /etc/ppp/dial"), {"/etc/ppp/dial", "#!/usr/sbin/chat -vf\n" + std::string(kChat)}});
  CHECK(number_of(by_chat) == "5550100");
}

TEST_CASE("a script that does more, or whose words nobody knows, is not guessed at") {
  for (const std::string script :
       {"#!/bin/sh\nchat '' ATDT$NUMBER CONNECT\n", "#!/bin/sh\nrm -f /x\nchat '' ATDT1 CONNECT\n",
        "#!/bin/sh\nchat '' ATDT1\nchat '' ATDT2\n", "#!/bin/sh\nchat '' ATDT1; reboot\n",
        "#!/bin/sh\nchat -f `pwd`/x\n", "chat '' ATDT1 CONNECT\n"}) {
    CAPTURE(script);
    CHECK(chat_command_in({"/x", script}).empty());
    const Reading reading = read({peer("/etc/ppp/dial"), {"/etc/ppp/dial", script}});
    CHECK(ended(reading, "connect").column == Column::Dropped);
    CHECK_FALSE(reading.connections[0].needs.empty());
  }
}

TEST_CASE("what a chat script sends from a file is a file of pppd's as well, and is not shown") {
  const Reading reading = read({peer("chat -f /etc/ppp/scripts/c"),
                                {"/etc/ppp/scripts/c", "'' @/etc/ppp/scripts/pin OK ATDT5550100"},
                                {"/etc/ppp/scripts/pin", "AT+CPIN=1234\n"}});
  CHECK(number_of(reading) == "5550100");
  CHECK(ended(reading, "line 1", "pin").value == "***");
}

TEST_CASE("a login that cannot be taken over does not take number and modem with it") {
  std::vector<SourceSet> sets = sort_out({peer("chat -f /etc/chatscripts/c"),
                                          {"/etc/chatscripts/c",
                                           "'' ATZ OK ATDT5550100\nCONNECT ''\n"
                                           "word: '\\qfirst'\n> '\\qstart ppp'\n"}});
  REQUIRE(sets.size() == 1);
  const Reading reading = read_source(sets[0], {});
  CHECK(number_of(reading) == "5550100");
  CHECK(reading.connections[0].needs.empty());
  CHECK(reading.connections[0].entry.script_steps.empty());
  CHECK(reading.diagnostics.size() == 1);
  CHECK(ended(reading, "connect").column == Column::Translated);
  CHECK(has(ended(reading, "connect").how, "hides a text"));
  CHECK(ended(reading, "line 2").column == Column::Translated);
  CHECK(ended(reading, "line 4").column == Column::Dropped);
}

TEST_CASE("the script that hangs up is accounted for, and not taken for a peer") {
  const Reading reading =
      read({{"/etc/ppp/peers/office", "/dev/ttyS0\ndisconnect '/sbin/chat -f /etc/ppp/peers/down'"},
            {"/etc/ppp/peers/down", "ABORT ERROR '' \\d+++\\dATH0"}});
  CHECK(reading.connections.size() == 1);
  CHECK(ended(reading, "line 1").column == Column::NotNeeded);
  CHECK(has(ended(reading, "line 1").how, "ended by DTR"));
}

TEST_CASE("options that a peer takes in with `file` are no peer of their own") {
  const Reading reading = read({{"/etc/ppp/peers/office", "file /etc/ppp/options-mobile\nuser a\n"},
                                {"/etc/ppp/options-mobile", "ttyS0\n115200\nlock\npersist\n"}});
  CHECK(reading.connections.size() == 1);
  CHECK(reading.connections[0].device.path == "/dev/ttyS0");
}

TEST_CASE("files that are named and not there are looked for below the same root, and beside") {
  const std::vector<SourceFile> files = {
      {"/copy/etc/ppp/peers/isp", "/dev/ttyS0\nconnect 'chat -f /etc/chatscripts/isp'\n"}};
  const auto missing = missing_among(files);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].front() == "/copy/etc/chatscripts/isp");
  for (const std::string& place : missing[0]) CHECK(place.starts_with("/copy/"));
  CHECK(std::ranges::find(missing[0], files[0].path) == missing[0].end());
  CHECK(places_of("/etc/../shadow", "/etc/ppp/peers/isp").empty());
}
