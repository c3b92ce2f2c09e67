// SPDX-License-Identifier: Apache-2.0
#include "modem/switch_inf.h"

#include <doctest/doctest.h>

#include <fstream>

#include "modem/script_bench.h"
#include "test_paths.h"

using namespace redial;
using namespace redial::modem;

namespace {

const X25Fields kPad = {"31101234", "NUI-4711", "XPASS"};

InfFile read(std::string_view text) { return read_modem_inf(text, "SWITCH.INF"); }

std::string complaints(const InfFile& file) {
  std::string all;
  for (const Diagnostic& d : file.diagnostics)
    all += std::to_string(d.line) + ":" + std::to_string(d.column) + ": " + d.text + "\n";
  return all;
}

Script script(std::string_view lines, const X25Fields& fields = {}) {
  const InfFile file = read("[Host]\n" + std::string(lines));
  CHECK(complaints(file) == "");
  REQUIRE(file.scripts.size() == 1);
  auto made = compile_script(file.scripts[0], fields);
  REQUIRE_MESSAGE(made.has_value(), (made ? "" : made.error().text));
  return *std::move(made);
}

std::optional<std::string> file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::optional<InfFile> sample(const char* name) {
  const auto text = file_text(std::string(REDIAL_SOURCE_DIR "/../shared/data/modeminf/") + name);
  if (!text) {
    MESSAGE("skipped: the published samples (shared/data/modeminf) are not here");
    return std::nullopt;
  }
  return read_modem_inf(*text, name);
}

}  // namespace

TEST_CASE("a section with COMMAND= is a script, not a modem, wherever it stands") {
  const InfFile file = read(
      "[Acme]\nCOMMAND_DIAL=ATD<phonenumber><cr>\n[Host]\nCOMMAND=<cr>\nOK=<match>\":\"\n"
      "[Again]\nALIAS=Host\n");
  CHECK(complaints(file) == "");
  REQUIRE(file.modems.size() == 1);
  REQUIRE(file.scripts.size() == 2);
  CHECK(file.scripts[1].name == "Again");
  CHECK(file.scripts[1].alias_of == "Host");
}

TEST_CASE("commands are sent in order, each after the answer it waits for") {
  Peer peer(script("COMMAND=<cr>\nOK=<match>\"ogin:\"\nCOMMAND=<username><cr>\n"
                   "OK=<match>\"assword:\"\nCOMMAND=<password><cr>\nCONNECT=<match>\"PPP\"\n"),
            {"Welcome\r\nlogin: ", "password: ", "starting PPP"});
  CHECK(peer.sent == "\rann\rsesame\r");
  CHECK(peer.shown == "\rann\r******\r");
  CHECK(peer.done);
  CHECK(peer.now == Instant(100s));
}

TEST_CASE(
    "an empty command is a pause of two seconds; text without <cr> is followed by a short one") {
  Peer peer(script("COMMAND=\nNoResponse\nCOMMAND=ab\nNoResponse\nCOMMAND=c<cr>\nNoResponse\n"),
            {});
  CHECK(peer.sent == "abc\r");
  CHECK(peer.now - Instant(100s) == 2300ms);
  CHECK(peer.done);
}

TEST_CASE("LOOP waits on through a banner, however it is cut, and sends a command again") {
  const Script banner = script(
      "COMMAND=\nOK=<match>\"Enter User Name:\"\nERROR_NO_CARRIER=<match>\"NO CARRIER\"\n"
      "LOOP=<ignore>\nCOMMAND=<username><cr>\nNoResponse\n");
  ScriptRun run(std::make_shared<const Script>(banner), "ann", Secret());
  Instant now{100s};
  (void)run.start(now);
  (void)run.on_deadline(now += 2s);
  (void)run.on_octets(as_bytes("Welcome to all of it\r\nEnter User"), now);
  (void)run.on_deadline(now += ScriptRun::kReplyOver);  // the line is not over, and stays
  const auto out = run.on_octets(as_bytes(" Name:"), now);
  REQUIRE(out.size() == 2);
  CHECK(std::get<TypeText>(out[0]).octets == "ann\r");
  Peer again(script("COMMAND=more<cr>\nOK=<match>\"end\"\nLOOP=<match>\"--\"\n"),
             {"page 1 --", "page 2 --", "the end"});
  CHECK(again.sent == "more\rmore\rmore\r");
  CHECK(again.done);
  Peer ever(banner, std::vector<std::string>(50, "text\r\n"));
  REQUIRE(ever.failed);
}

TEST_CASE("a LOOP that never comes to an end is ended") {
  const Script more = script("COMMAND=more<cr>\nLOOP=<match>\"-\"\n");
  ScriptRun run(std::make_shared<const Script>(more), "ann", Secret());
  (void)run.start(Instant(1s));
  const auto out = run.on_octets(as_bytes(std::string(100'000, '-')), Instant(1s));
  CHECK_FALSE(run.running());
  CHECK(std::holds_alternative<ScriptGaveUp>(*(out.end() - 1)));
}

TEST_CASE("answers that end a call have their causes, and diagnostics are shown") {
  const auto cause = [](std::string_view answer, std::string_view says) {
    Peer peer(script("COMMAND=x<cr>\nOK=<match>\"fine\"\n" + std::string(answer) + "\n"),
              {std::string(says)});
    REQUIRE(peer.failed);
    return *peer.failed;
  };
  CHECK(cause("ERROR_NO_CARRIER=<match>\"NO CARRIER\"", "NO CARRIER").code == CauseCode::NoCarrier);
  CHECK(cause("ERROR_BUSY=<match>\"BUSY\"", "BUSY").code == CauseCode::Busy);
  CHECK(cause("ERROR=<match>\"no\"", "no").code == CauseCode::ScriptFailed);
  const Cause told = cause("ERROR_DIAGNOSTICS=<cr><lf>CLR <diagnostics>", "\r\nCLR OCC 17\r\n");
  CHECK(told.evidence.find("script Host: OCC 17;") == 0);
}

TEST_CASE("a pattern with holes fits a line; <ignore> alone fits any answer, once it is over") {
  Peer line(script("COMMAND=x<cr>\nOK=<cr><lf>User <?><?> at <ignore><cr><lf>\n"),
            {"Welcome\r\nUser 17 at node 4\r\n"});
  CHECK(line.done);
  Peer any(script("COMMAND=x<cr>\nOK=<ignore>\n"), {"whatever"});
  CHECK(any.done);
  CHECK(any.now - Instant(100s) == ScriptRun::kReplyOver);
  Peer none(script("COMMAND=x<cr>\nOK=<ignore>\n"), {});
  REQUIRE(none.failed);
  CHECK(none.now - Instant(100s) == 30s);
}

TEST_CASE("<append> leaves what has come to the next command's answers") {
  Peer kept(script("COMMAND=\nOK=<append><match>\"one two\"\nCOMMAND=\nNoResponse\nCOMMAND=\n"
                   "OK=<match>\"two\"\n"),
            {"one two"});
  CHECK(kept.done);
  Peer gone(script("COMMAND=\nOK=<match>\"one two\"\nCOMMAND=\nNoResponse\nCOMMAND=\n"
                   "OK=<match>\"two\"\n"),
            {"one two"});
  CHECK(gone.failed);
}

TEST_CASE("a command with neither answer nor NoResponse is the last, and that is told") {
  const InfFile file = read("[Host]\nCOMMAND=a<cr>\nCOMMAND=b<cr>\nNoResponse\n");
  CHECK(complaints(file).find("command 1 has neither an answer nor NoResponse") !=
        std::string::npos);
  Peer peer(*compile_script(file.scripts[0], {}), {});
  CHECK(peer.sent == "a\r");
  CHECK(peer.done);
}

TEST_CASE("a field that the entry does not tell is an error before anything is dialled") {
  const InfFile file = read("[Pad]\nCOMMAND=<x25address><cr>\nNoResponse\n");
  const auto made = compile_script(file.scripts[0], {});
  REQUIRE_FALSE(made);
  CHECK(made.error().kind == ErrorKind::Unsupported);
  CHECK(made.error().text.find("<x25address>") != std::string::npos);
  const InfFile number = read("[Host]\nCOMMAND=<phonenumber><cr>\nNoResponse\n");
  CHECK_FALSE(compile_script(number.scripts[0], {}));
}

TEST_CASE("macros of a section stand in its commands, off where DEFAULTOFF says so") {
  Peer peer(script("DEFAULTOFF=echo\n<echo_on>=E1\n<echo_off>=E0\n<node>=17\n"
                   "COMMAND=CALL <node> <echo><cr>\nNoResponse\n"),
            {});
  CHECK(peer.sent == "CALL 17 E0\r");
}

TEST_CASE("the published SWITCH.INF reads without complaint, and both sections run to their ends") {
  const auto file = sample("switch.inf");
  if (!file) return;
  CHECK(complaints(*file) == "");
  CHECK(file->modems.empty());
  REQUIRE(file->scripts.size() == 2);
  Peer cis(*compile_script(file->scripts[0], {}),
           {"\r\nHost Name:", "CIS\r\nUser ID:", "Password:", "\r\nOne moment please...\r\n"});
  CHECK(cis.sent == "\rCIS\ruserid/GO:PPPCONNECT\rpassword\r");
  CHECK(cis.done);
  Peer banner(*compile_script(file->scripts[1], {}), {"Enter User Name:"});
  CHECK(banner.done);
  Peer lost(*compile_script(file->scripts[1], {}), {"\r\nNO CARRIER\r\n"});
  REQUIRE(lost.failed);
  CHECK(lost.failed->code == CauseCode::NoCarrier);
}

TEST_CASE("the published PAD.INF reads without complaint, and runs to its end") {
  const auto file = sample("pad.inf");
  if (!file) return;
  CHECK(complaints(*file) == "");
  REQUIRE(file->scripts.size() == 1);
  const Script made = *compile_script(file->scripts[0], kPad);
  const std::vector<std::string> says = {"\r\nSITA NETWORK: ",  // ...
                                         "NUI?",                // user data
                                         "\r\nNUI active\r\n",  // facilities
                                         "",                    // PROF 6
                                         "ok",
                                         "ok",
                                         "ok",
                                         "PAR 1:0",
                                         "",
                                         "\r\nCall connected\r\n"};
  Peer peer(made, says);
  CHECK(peer.done);
  CHECK(peer.sent ==
        "...\rNUI-4711\rXPASS\rPROF 6\rSET 2:1\rSET 4:1,6:1,16:0,17:0,18:0,19:0,21:0\r"
        "SET 118:0,119:0,120:0\rPAR?\rSET 2:0\r31101234\r");
  CHECK(peer.shown.find("XPASS") == std::string::npos);
  Peer refused(made, {"SITA NETWORK:", "?", "\r\nERR NUI unknown\r\n"});
  REQUIRE(refused.failed);
  CHECK(refused.failed->evidence.find("ERR NUI unknown") != std::string::npos);
}
