// SPDX-License-Identifier: Apache-2.0
#include "modem/before_ppp.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::modem;

namespace {

constexpr Instant kStart{100s};

std::shared_ptr<const BeforePppConfig> config(bool answer = true) {
  auto made = std::make_shared<BeforePppConfig>();
  made->user = "ann";
  made->password = Secret("sesame");
  made->answer_prompt = answer;
  return made;
}

/// One line, and what happens on it in order: 'sent' texts, "PPP", "held".
struct Bench {
  explicit Bench(std::shared_ptr<const BeforePppConfig> with = config(), BeforePppLine line = {})
      : machine(std::move(with), line) {
    take(machine.begin(now));
  }
  void hears(std::string_view text) { take(machine.on_octets(as_bytes(text), now)); }
  void ppp() { take(machine.on_ppp(now)); }
  bool next() {
    const auto due = machine.deadline();
    if (!due) return false;
    now = *due;
    take(machine.on_deadline(now));
    return true;
  }
  void wait(Duration how_long) {
    const Instant end = now + how_long;
    while (machine.deadline() && *machine.deadline() <= end) next();
    now = end;
  }
  void take(BeforePpp::Actions actions) {
    for (const BeforePppAction& action : actions) {
      match(
          action,
          [&](const TypeText& typed) {
            log.push_back("sent " + to_visible(as_bytes(typed.octets)));
          },
          [&](const BeginPpp&) { log.push_back("PPP"); },
          [&](const HoldPpp&) { log.push_back("held"); },
          [&](const PlaceCall&) { log.push_back("dial"); },
          [&](const TerminalOpen& t) { log.push_back(t.open ? "terminal" : "terminal over"); },
          [&](const ScriptGaveUp& gave_up) {
            log.push_back(std::string(name(gave_up.cause.code)));
            failed = gave_up.cause;
          },
          [&](const BeforePppNoted&) {});
    }
  }
  Instant now = kStart;
  BeforePpp machine;
  std::vector<std::string> log;
  std::optional<Cause> failed;
};
using Log = std::vector<std::string>;

}  // namespace

TEST_CASE(
    "a plain entry begins PPP at the carrier, and a peer that shows nothing gets one return") {
  Bench bench;
  CHECK(bench.log == Log{"PPP"});
  bench.next();
  CHECK(bench.now - kStart == BeforePpp::kSilence);
  CHECK(bench.log == Log{"PPP", "sent <cr>"});
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("a login prompt holds PPP and is answered: the name, then the password, then PPP") {
  Bench bench;
  bench.hears("\r\nWelcome to the access server\r\nlogin: ");
  bench.wait(1s);
  bench.hears("ann\r\nPassword: ");
  bench.wait(1s);
  bench.hears("\r\nStarting PPP\r\n");
  bench.wait(3s);
  CHECK(bench.log == Log{"PPP", "held", "sent ann<cr>", "sent sesame<cr>", "PPP"});
}

TEST_CASE("a server's PPP ends the login at once") {
  Bench bench;
  bench.hears("Username: ");
  bench.wait(1s);
  bench.hears("Password: ");
  bench.ppp();
  CHECK(bench.log == Log{"PPP", "held", "sent ann<cr>", "sent sesame<cr>", "PPP"});
  CHECK_FALSE(bench.machine.deadline());
}

TEST_CASE("the password is typed at a password prompt after our name, and nowhere else") {
  const auto typed_password = [](const Bench& bench) {
    return std::ranges::any_of(bench.log, [](const std::string& line) {
      return line.find("sesame") != std::string::npos;
    });
  };
  {
    Bench bench;  // a password prompt alone
    bench.hears("Password: ");
    bench.wait(1min);
    CHECK_FALSE(typed_password(bench));
    CHECK(bench.log.back() == "PPP");
  }
  {
    Bench bench;  // the name leads to another prompt for it
    bench.hears("login: ");
    bench.wait(1s);
    bench.hears("login: ");
    bench.wait(1s);
    bench.hears("shell$ ");
    bench.wait(1min);
    CHECK(bench.log == Log{"PPP", "held", "sent ann<cr>", "sent ann<cr>", "PPP"});
  }
  {
    Bench bench(config(false));  // the entry forbids it
    bench.hears("login: ");
    bench.wait(1s);
    bench.hears("Password: ");
    bench.wait(1min);
    CHECK_FALSE(typed_password(bench));
    CHECK(bench.log.back() == "PPP");
  }
}

TEST_CASE(
    "a password refused at the prompt is a refused password, and the server's words are told") {
  Bench bench;
  bench.hears("login: ");
  bench.wait(1s);
  bench.hears("Password: ");
  bench.wait(1s);
  bench.hears("\r\nLogin incorrect\r\nlogin: ");
  CHECK(bench.log.back() == "AuthRejected");
  REQUIRE(bench.failed);
  CHECK(bench.failed->evidence.find("ogin incorrect") != std::string::npos);
}

TEST_CASE("a banner without a prompt gets two returns, and then PPP whatever comes") {
  Bench bench;
  bench.hears("Welcome\r\n");
  bench.wait(10s);
  CHECK(bench.log == Log{"PPP", "held", "sent <cr>", "sent <cr>", "PPP"});
  bench.hears("and more\r\n");
  CHECK_FALSE(bench.machine.deadline());
  CHECK(bench.machine.text() == "Welcome and more");
}

TEST_CASE("a peer that never stops talking has PPP spoken to it within the bound") {
  Bench bench;
  while (bench.log.size() < 3 && bench.now - kStart < 1min) {
    bench.hears("blah ");
    bench.wait(100ms);
  }
  CHECK(bench.log == Log{"PPP", "held", "PPP"});
  CHECK(bench.now - kStart <= 20100ms);
}

TEST_CASE("frames, echoed or cut, are no text; text between them is") {
  Bench bench;
  const std::string frame("\x7e\xff}#\xc0!}!}!} }4}\"}&abcdefg\x7e", 23);
  for (int i = 0; i < 5; ++i) bench.hears(frame);
  bench.hears("\x7e\xff}#ogin:");
  CHECK(bench.log == Log{"PPP"});
  CHECK(bench.machine.text().empty());
  bench.hears("\x7elogin: ");
  CHECK(bench.log == Log{"PPP", "held"});
  CHECK(bench.machine.text() == "login:");
}

TEST_CASE("Q122318: a Windows null modem's word is answered by either role, and then PPP") {
  {
    Bench server(config(), {.direct = true, .calls = false});
    CHECK(server.log.empty());
    server.hears("CLI");
    server.hears("ENT");
    server.wait(1s);
    CHECK(server.log == Log{"sent CLIENTSERVER", "PPP"});
  }
  {
    Bench caller(config(), {.direct = true});
    caller.hears("CLIENT");
    caller.wait(1s);
    CHECK(caller.log == Log{"PPP", "held", "sent CLIENTSERVER", "PPP"});
  }
  {
    Bench caller(config(), {.direct = true, .greeting = true});
    CHECK(caller.log == Log{"sent CLIENT"});
    caller.next();
    CHECK(caller.log == Log{"sent CLIENT", "sent CLIENT"});
    caller.hears("CLIENTSERVER");
    CHECK(caller.log == Log{"sent CLIENT", "sent CLIENT", "PPP"});
  }
  {
    Bench caller(config(), {.direct = true, .greeting = true});  // nobody there
    while (caller.next() && !caller.failed) continue;
    REQUIRE(caller.failed);
    CHECK(caller.failed->code == CauseCode::ScriptFailed);
    CHECK(caller.now - kStart <= null_modem_greeting()->within);
  }
}

TEST_CASE("a silent Windows server on a cable hears its word in the end") {
  Bench caller(config(), {.direct = true});
  caller.wait(10s);
  CHECK(caller.log == Log{"PPP", "sent <cr>", "sent CLIENT"});
  caller.hears("CLIENTSERVER");
  caller.wait(1s);
  CHECK(caller.log.back() == "PPP");
}

TEST_CASE("a caller on a cable that begins with PPP is served without a greeting") {
  Bench server(config(), {.direct = true, .calls = false});
  server.hears("\x7e\xff}#");
  CHECK(server.log == Log{"PPP"});
}

TEST_CASE("a dial script runs before PPP; when it fails, so does the call") {
  auto scripted = std::make_shared<BeforePppConfig>(*config());
  Script script;
  ScriptStep step;
  step.expect = {{">", std::nullopt}};
  step.send = *parse_send("ppp\\r");
  script.steps = {step};
  scripted->script = std::make_shared<const Script>(script);
  {
    Bench bench(scripted);
    CHECK(bench.log.empty());
    bench.hears("menu>");
    CHECK(bench.log == Log{"sent ppp<cr>", "PPP"});
    CHECK_FALSE(bench.machine.deadline());  // nobody waits for a return after a script
  }
  {
    Bench bench(scripted);
    bench.ppp();  // PPP is talking already
    CHECK(bench.log == Log{"PPP"});
  }
  {
    Bench bench(scripted);
    bench.wait(1min);
    CHECK(bench.log == Log{"ScriptFailed"});
  }
}

TEST_CASE("a terminal is the user's until the user, PPP or the deadline ends it; then the script") {
  auto with = std::make_shared<BeforePppConfig>(*config());
  with->terminal = true;
  Bench bench(with);
  CHECK(bench.log == Log{"terminal"});
  bench.hears("login: ");
  CHECK(bench.log == Log{"terminal"});
  SUBCASE("the user") {
    bench.take(bench.machine.end_terminal(bench.now));
    CHECK(bench.log == Log{"terminal", "terminal over", "PPP"});
  }
  SUBCASE("PPP") {
    bench.ppp();
    CHECK(bench.log == Log{"terminal", "terminal over", "PPP"});
  }
  SUBCASE("the deadline") {
    bench.next();
    CHECK(bench.now - kStart == BeforePpp::kTerminalWithin);
    CHECK(bench.log == Log{"terminal", "terminal over", "PPP"});
  }
}

TEST_CASE("a terminal before dialling ends in dialling") {
  auto with = std::make_shared<BeforePppConfig>(*config());
  with->terminal_before = true;
  Bench bench(with, {.connected = false});
  CHECK(bench.log == Log{"terminal"});
  bench.take(bench.machine.end_terminal(bench.now));
  CHECK(bench.log == Log{"terminal", "terminal over", "dial"});
}

TEST_CASE("a script before dialling speaks to the device, and the number is dialled after it") {
  Script script;
  ScriptStep wake, answer;
  wake.send = {{ScriptPiece::What::Text, "LINE 1\r"}};
  answer.expect = {{"ready"}};
  script.steps = {wake, answer};
  auto with = std::make_shared<BeforePppConfig>(*config());
  with->script_before = std::make_shared<const Script>(script);
  SUBCASE("it says what it waits for") {
    Bench bench(with, {.connected = false});
    CHECK(bench.log == Log{"sent LINE 1<cr>"});
    bench.hears("ready\r\n");
    CHECK(bench.log == Log{"sent LINE 1<cr>", "dial"});
  }
  SUBCASE("it is silent") {
    Bench bench(with, {.connected = false});
    bench.next();
    CHECK(bench.log == Log{"sent LINE 1<cr>", "ScriptFailed"});
  }
  SUBCASE("the user is there first") {
    with->terminal_before = true;
    Bench bench(with, {.connected = false});
    bench.take(bench.machine.end_terminal(bench.now));
    bench.hears("ready");
    CHECK(bench.log == Log{"terminal", "terminal over", "sent LINE 1<cr>", "dial"});
  }
  SUBCASE("it is over when there is a carrier") {
    Bench bench(with);
    CHECK(bench.log == Log{"PPP"});
  }
}
