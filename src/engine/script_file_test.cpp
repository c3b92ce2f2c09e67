// SPDX-License-Identifier: Apache-2.0
#include "engine/script_file.h"

#include <doctest/doctest.h>

#include <map>

#include "connection/detection.h"
#include "phonebook/phonebook.h"

using namespace redial;
using namespace redial::engine;
using phonebook::Entry;

namespace {

const std::map<std::string, std::string> kFolder = {
    {"login.scp", "proc main\nwaitfor \"ogin:\"\ntransmit $USERID\nendproc\n"},
    {"wrong.scp", "proc main\n  dial 5\nendproc\n"},
    {"isp.chat", "ABORT BUSY '' ATDT5550100 CONNECT '' ogin: ann\n"},
    {"SWITCH.INF", "[Host]\nCOMMAND=<cr>\nOK=<match>\":\"\n[Bad]\nCOMMAND=<x25address>\n"},
    {"pad.inf", "[Net]\nCOMMAND=<x25address><cr>\nCONNECT=<match>\"connected\"\n"},
};

Result<std::string> read_folder(const std::string& path) {
  const auto found = kFolder.find(path);
  if (found == kFolder.end()) return fail(ErrorKind::NotFound, path + ": no such file");
  return found->second;
}

Entry with_script(std::string script) {
  Entry entry;
  entry.name = "Office";
  entry.script = std::move(script);
  return entry;
}

std::string error_of(std::string script) {
  Entry entry = with_script(std::move(script));
  const auto found = read_script(entry, read_folder);
  return found ? "" : found.error().text;
}

}  // namespace

TEST_CASE("a script is found by the file that it names, by section, and by a path of Windows") {
  for (const char* name : {"login.scp", "LOGIN.SCP", "C:\\WINNT\\system32\\ras\\login.scp",
                           "isp.chat", "SWITCH.INF:Host", "switch.inf:host", "[Host]", "host"}) {
    CAPTURE(name);
    Entry entry = with_script(name);
    const auto found = read_script(entry, read_folder);
    REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().text));
    REQUIRE(found->script);
    CHECK_FALSE(found->script->steps.empty());
    CHECK(entry.script_compiled);
    CHECK(phonebook::unsupported(entry).empty());
  }
}

TEST_CASE("what is no file's is left alone: none, own steps, and a name that nobody knows") {
  Entry none, unknown = with_script("elsewhere"), own = with_script("Host");
  own.script_steps = {{}};
  for (Entry* entry : {&none, &unknown, &own}) {
    const auto found = read_script(*entry, read_folder);
    REQUIRE(found);
    CHECK_FALSE(found->script);
  }
  CHECK(phonebook::unsupported(unknown).size() == 1);
}

TEST_CASE("what is wrong with a file is told with entry, file, line and column") {
  CHECK(error_of("wrong.scp").find("Office: wrong.scp:2:3: \"dial\" is no command") == 0);
  CHECK(error_of("gone.scp") == "Office: gone.scp: no such file");
  CHECK(error_of("SWITCH.INF:None").find("has no usable script [None], but Host, Bad") !=
        std::string::npos);
  CHECK(error_of("[Bad]").find("[Bad] sends <x25address>") != std::string::npos);
}

TEST_CASE("an entry for a pad logs on with its section of PAD.INF, and is refused without") {
  Entry entry = with_script("");
  entry.device_type = "pad";
  entry.x25_pad = "Net";
  entry.x25_address = "3110";
  CHECK(phonebook::unsupported(entry).size() == 1);
  const auto found = read_script(entry, read_folder);
  REQUIRE(found);
  REQUIRE(found->script);
  CHECK(found->script->steps[0].send[0].text == "3110");
  CHECK(phonebook::unsupported(entry).empty());
}

TEST_CASE("a pad's section may be in a file that is named, and the host's login follows it") {
  Entry entry = with_script("[Host]");
  entry.device_type = "pad";
  entry.x25_pad = "pad.inf:Net";
  entry.x25_address = "3110";
  const auto found = read_script(entry, read_folder);
  REQUIRE(found);
  REQUIRE(found->script);
  CHECK(found->script->name == "Net, then Host");
  CHECK(found->script->steps.front().send[0].text == "3110");
  CHECK(found->script->steps.back().expect[0].text == ":");
}

TEST_CASE("a script before dialling is found as any other, and counts in the bound") {
  Entry entry = with_script("login.scp");
  const connection::LineTraits line;
  entry.script_before = "[Host]";
  const auto found = read_script(entry, read_folder);
  REQUIRE(found);
  REQUIRE(found->before);
  CHECK(found->before->name == "Host");
  CHECK(phonebook::unsupported(entry).empty());
  CHECK(connection::before_ppp_bound(entry, line) == entry.script_within * 2 + entry.login_within);
  Entry unknown;
  unknown.script_before = "elsewhere";
  REQUIRE(read_script(unknown, read_folder));
  CHECK(phonebook::unsupported(unknown).size() == 1);
}

TEST_CASE("the script's bound is the entry's, unless the entry says one") {
  Entry entry = with_script("login.scp");
  const auto found = read_script(entry, read_folder);
  CHECK(entry.script_within == found->script->within);
  Entry told = with_script("login.scp");
  told.script_within = 10s;
  CHECK((*read_script(told, read_folder)).script->within == 10s);
  const connection::LineTraits line;
  CHECK(connection::before_ppp_bound(told, line) == 10s + told.login_within);
}

TEST_CASE("a script file that nobody has read keeps the entry from being dialled") {
  Entry entry = with_script("login.scp");
  CHECK_FALSE(before_ppp_of(entry, nullptr));
  const auto found = read_script(entry, read_folder);
  const auto before = before_ppp_of(entry, nullptr, *found);
  REQUIRE(before);
  CHECK((*before)->script == found->script);
}

TEST_CASE("what a chat script says to its modem is the description of a line that names it") {
  const phonebook::LineSpec line{.name = "COM1", .path = "/dev/x", .description = "isp.chat"};
  const auto made = describe_line(line, Entry(), read_folder);
  REQUIRE(made);
  CHECK(modem::to_text((*made)->description.dial.at(0)) == "ATDT<phonenumber><cr>");
  const phonebook::LineSpec scp{.name = "COM1", .path = "/dev/x", .description = "login.chat"};
  CHECK_FALSE(describe_line(scp, Entry(), read_folder));
}
