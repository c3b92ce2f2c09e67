// SPDX-License-Identifier: Apache-2.0
#include "modem/chat.h"

#include <doctest/doctest.h>

#include "modem/script_bench.h"

using namespace redial;
using namespace redial::modem;

namespace {

ChatScript chat(std::string_view text, ChatOptions options = {.name = "isp.chat", .phone = ""}) {
  return read_chat(text, options);
}

std::string complaints(const ChatScript& script) {
  std::string all;
  for (const Diagnostic& d : script.diagnostics)
    all += std::to_string(d.line) + ":" + std::to_string(d.column) + ": " + d.text + "\n";
  return all;
}

std::vector<std::string> texts(const std::vector<Command>& commands) {
  std::vector<std::string> made;
  for (const Command& command : commands) made.push_back(to_text(command));
  return made;
}

constexpr std::string_view kIsp = R"(# the provider in town
ABORT BUSY ABORT 'NO CARRIER'
ABORT "Login incorrect"
TIMEOUT 30
'' ATZ
OK AT&FX4
OK-+++\dATH-OK ATM0
OK ATDT5550100
TIMEOUT 60
CONNECT ''
TIMEOUT 10
ogin:--ogin: ppp7
assword: \qhushhush
)";

}  // namespace

TEST_CASE("what a chat script says up to CONNECT becomes a modem description and a number") {
  const ChatScript made = chat(kIsp);
  CHECK(complaints(made) == "");
  REQUIRE(made.modem);
  CHECK(made.number == "5550100");
  CHECK(made.dial_within == 60s);
  CHECK(texts(made.modem->init) == std::vector<std::string>{"ATZ<cr>", "AT&FX4<cr>", "ATM0<cr>"});
  CHECK(texts(made.modem->dial) == std::vector<std::string>{"ATDT<phonenumber><cr>"});
  CHECK(made.modem->init[0].within == 30s);
  REQUIRE(made.modem->responses.size() == 2);
  CHECK(made.modem->responses[0].code == ResponseCode::ErrorBusy);
  CHECK(made.modem->responses[1].code == ResponseCode::ErrorNoCarrier);
  CHECK(made.modem->source == "isp.chat line 5");
  CHECK(compile(*made.modem, {}).has_value());
}

TEST_CASE("the rest of it is a login, with its sub-expects, and a password that nobody sees") {
  const ChatScript made = chat(kIsp);
  REQUIRE(made.login);
  Peer peer(*made.login, {"\r\nlogin: ", "Password: ", "hushhush\r\n"});
  CHECK(peer.sent == "\rppp7\rhushhush\r");
  CHECK(peer.shown.find("hush") == std::string::npos);
  CHECK(peer.done);
  // Nothing comes: a return is sent, and it waits again.
  Peer silent(*made.login, {""});
  CHECK(silent.sent == "\r\r");
  REQUIRE(silent.failed);
  CHECK(silent.now - Instant(100s) == 20s);
}

TEST_CASE("an abort text of before CONNECT ends the login too, until CLR_ABORT") {
  const ChatScript made = chat(kIsp);
  Peer peer(*made.login, {"login: ", "Login incorrect"});
  REQUIRE(peer.failed);
  CHECK(peer.failed->evidence.find("\"Login incorrect\" came") != std::string::npos);
  const ChatScript cleared =
      chat("ABORT full '' ATDT1 CONNECT '' CLR_ABORT full ogin: ann word: x");
  Peer other(*cleared.login, {"the disk is full\r\nlogin:", "word:"});
  CHECK(other.done);
}

TEST_CASE("name and password are handed out when asked for, and stand nowhere else then") {
  ChatOptions options{.name = "isp.chat", .phone = ""};
  options.take_credentials = true;
  const ChatScript made = read_chat(kIsp, options);
  CHECK(made.user == "ppp7");
  CHECK(made.password == Secret("hushhush"));
  REQUIRE(made.login);
  for (const ScriptStep& step : made.login->steps)
    for (const ScriptPiece& piece : step.send) {
      CHECK(piece.text.find("hush") == std::string::npos);
      CHECK(piece.text.find("ppp7") == std::string::npos);
    }
  Peer peer(*made.login, {"login:", "Password:", ""});
  CHECK(peer.sent == "\rann\rsesame\r");
}

TEST_CASE("a script without a dial command is a login from its first word on") {
  const ChatScript made = chat("'' \\d\\d~ ogin: ann\\r\\c assword: sesame PPP");
  CHECK_FALSE(made.modem);
  REQUIRE(made.login);
  Peer peer(*made.login, {"login:", "password:", "PPP"});
  CHECK(peer.sent == "~\rann\rsesame\r");
  CHECK(peer.done);
  CHECK(peer.now - Instant(100s) == 2s);
}

TEST_CASE("every escape is sent as chat sends it") {
  const auto sends = [](std::string_view word) {
    const ChatScript made = chat("'' " + std::string(word) + "\\c");
    if (!made.login) return std::string("-");
    return Peer(*made.login, {}).sent;
  };
  CHECK(sends("a\\bb") == "a\bb");
  CHECK(sends("a\\n\\r\\t\\sz") == "a\n\r\t z");
  CHECK(sends("a\\Nb") == std::string("a\0b", 3));
  CHECK(sends("\\\\x\\^\\-") == "\\x^-");
  CHECK(sends("\\101\\12z") == "A\nz");
  CHECK(sends("a^Cb^[") == "a\003b\033");
  CHECK(sends("'two words'") == "two words\r");  // the quote has ended, \c stands alone
  CHECK(sends("two\\swords") == "two words");
  CHECK(sends("a\\pb") == "ab");
}

TEST_CASE("REPORT and SAY are told, other keywords change nothing") {
  const ChatScript made =
      chat("ECHO ON HANGUP OFF REPORT speed SAY 'calling home' '' hello ready ''");
  REQUIRE(made.login);
  Peer peer(*made.login, {"your speed is 9600\r\nready"});
  CHECK(peer.noted == "calling home\nyour speed is 9600\n");
  CHECK(peer.done);
}

TEST_CASE("a command line is parted as a shell does, with chat's options") {
  CHECK(is_chat_command("/usr/sbin/chat -v"));
  CHECK_FALSE(is_chat_command("wvdial"));
  const ChatScript made = read_chat_command(
      "/usr/sbin/chat -vs -t60 -T '555 0100' \"\" \"AT&F\" OK 'ATDT\\T' CONNECT '\\d\\c'",
      {.name = "connect", .phone = ""});
  CHECK(complaints(made) == "");
  REQUIRE(made.modem);
  CHECK(made.number == "555 0100");
  CHECK(made.dial_within == 60s);
  CHECK_FALSE(made.login);
  CHECK(texts(made.modem->dial) == std::vector<std::string>{"ATDT<phonenumber><cr>"});
}

TEST_CASE("files that a script names are read by whoever runs it") {
  ChatOptions options{.name = "connect", .phone = "5550100"};
  options.read = [](const std::string& path) -> Result<std::string> {
    if (path == "/etc/chatscripts/isp") return std::string("'' ATDT\\T CONNECT '' word: @/etc/pw");
    if (path == "/etc/pw") return std::string("hush\n");
    return fail(ErrorKind::NotFound, path + ": no such file");
  };
  const ChatScript made = read_chat_command("chat -f /etc/chatscripts/isp", options);
  CHECK(complaints(made) == "");
  CHECK(made.number == "5550100");
  Peer peer(*made.login, {"word:"});
  CHECK(peer.sent == "\rhush\r");
  CHECK(peer.shown == "\r*****");
  const ChatScript gone = read_chat_command("chat -f /etc/none", options);
  CHECK_FALSE(gone.modem);
  CHECK(complaints(gone) ==
        "1:9: /etc/none: no such file; the script is not run; correct the name\n");
}

TEST_CASE("-E puts variables in, and is refused where there are none") {
  ChatOptions options{.name = "x", .phone = ""};
  CHECK(complaints(read_chat_command("chat -E '' ATDT$NUM CONNECT ''", options)).find("-E") !=
        std::string::npos);
  options.environment = [](const std::string& name) -> std::optional<std::string> {
    return name == "NUM" ? std::optional<std::string>("5550100") : std::nullopt;
  };
  CHECK(read_chat_command("chat -E '' ATDT$NUM CONNECT ''", options).number == "5550100");
}

TEST_CASE("what a chat script cannot be is one complaint, with its place") {
  const auto first = [](std::string_view text) { return complaints(chat(text)); };
  CHECK(first("").find("1:1: the script neither waits nor sends") == 0);
  CHECK(first("ogin: 'ann").find("1:7: the ' is not closed in its line") == 0);
  // The next line's quote closes nothing: chat reads line by line.
  CHECK(first("ABORT 'BUSY\n'' ATZ\nOK ATDT1 CONNECT ''").find("1:7: the ' is not closed") == 0);
  CHECK(first("TIMEOUT soon\nogin: ann").find("1:9: TIMEOUT soon is no number") == 0);
  CHECK(first("'' \\K").find("1:4: a BREAK cannot be sent") == 0);
  CHECK(first(std::string(300'000, 'x')).find("too long") != std::string::npos);
  CHECK(first("a\n  b " + std::string(2000, 'c')).find("2:5: a word of more than") == 0);
  CHECK(complaints(read_chat_command("wvdial isp", {.name = "x", .phone = ""}))
            .find("does not run chat") != std::string::npos);
}

TEST_CASE("a BREAK that is sent only where a prompt did not come costs no more than itself") {
  const ChatScript made = chat("TIMEOUT 5 ogin:-BREAK-ogin: ann word: hush");
  CHECK(complaints(made).find("1:17: a BREAK cannot be sent; nothing is sent in its place") == 0);
  REQUIRE(made.login);
  CHECK(made.login->steps.at(1).send.empty());
  CHECK(made.login->steps.at(2).expect.at(0).text == "ogin:");
}

TEST_CASE("the ways people write a dial command") {
  const auto dial = [](std::string_view send) {
    const ChatScript made = chat("'' " + std::string(send) + " CONNECT ''");
    if (!made.modem) return std::string("none");
    return to_text(made.modem->dial[0]) + " " + made.number;
  };
  CHECK(dial("ATDT5550100") == "ATDT<phonenumber><cr> 5550100");
  CHECK(dial("atd*99***1#") == "atd<phonenumber><cr> *99***1#");
  CHECK(dial("ATM1L3X3DP0w5550100") == "ATM1L3X3DP<phonenumber><cr> 0w5550100");
  CHECK(dial("ATD+491234") == "ATD<phonenumber><cr> +491234");
  CHECK(dial("ATDT\\T") == "ATDT<phonenumber><cr> ");
  CHECK(dial("ATD5550100;") == "ATD<phonenumber>;<cr> 5550100");
  CHECK(dial("AT&D2&C1") == "none");
  CHECK(dial("AT+CGDCONT=1,IP,internet") == "none");
}
