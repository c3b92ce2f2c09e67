// SPDX-License-Identifier: Apache-2.0
#include "modem/script_run.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::modem;

namespace {

constexpr Instant kStart{100s};

ScriptStep waits(std::string text, std::string send) {
  ScriptStep step;
  step.expect = {{std::move(text), std::nullopt}};
  step.within = 10s;
  step.send = *parse_send(send);
  return step;
}

Script login() {
  Script script;
  script.name = "login";
  script.steps = {waits("ogin:", "${user}\\r"), waits("assword:", "${password}\\r"),
                  waits("CONNECTED", "")};
  return script;
}

/// A script run, what it sent, and how it ended.
struct Bench {
  explicit Bench(Script script)
      : run(std::make_shared<const Script>(std::move(script)), "ann", Secret("sesame")) {
    take(run.start(now));
  }
  void hears(std::string_view text) { take(run.on_octets(as_bytes(text), now)); }
  void waits_until_due() {
    REQUIRE(run.deadline().has_value());
    now = *run.deadline();
    take(run.on_deadline(now));
  }
  void take(ScriptRun::Actions actions) {
    for (const ScriptAction& action : actions) {
      if (const auto* typed = std::get_if<TypeText>(&action)) {
        sent += typed->octets;
        shown += typed->shown;
      }
      if (std::holds_alternative<ScriptDone>(action)) done = true;
      if (const auto* gave_up = std::get_if<ScriptGaveUp>(&action)) failed = gave_up->cause;
    }
  }
  Instant now = kStart;
  ScriptRun run;
  std::string sent, shown;
  bool done = false;
  std::optional<Cause> failed;
};

}  // namespace

TEST_CASE("a login script answers name and password in order, wherever the prompts are cut") {
  const std::string_view server = "Welcome\r\nlogin: \r\npassword: \r\nCONNECTED at 28800";
  for (const size_t piece : {1, 2, 5, 100}) {
    Bench bench(login());
    for (size_t at = 0; at < server.size(); at += piece) bench.hears(server.substr(at, piece));
    CHECK(bench.sent == "ann\rsesame\r");
    CHECK(bench.done);
    CHECK_FALSE(bench.run.deadline());
  }
}

TEST_CASE("what people are shown has placeholders of the same length for the password") {
  Bench bench(login());
  bench.hears("login: password: sesame is wrong, sesame!");
  CHECK(bench.shown == "ann\r******\r");
  CHECK(bench.shown.size() == bench.sent.size());
  bench.waits_until_due();
  REQUIRE(bench.failed);
  CHECK(bench.failed->evidence.find("sesame") == std::string::npos);
  CHECK(bench.failed->evidence.find("****** is wrong") != std::string::npos);
}

TEST_CASE("every wait has a deadline; what was awaited and seen last is the evidence") {
  Bench bench(login());
  bench.hears("User>");
  CHECK(*bench.run.deadline() - kStart == 10s);
  bench.waits_until_due();
  REQUIRE(bench.failed);
  CHECK(bench.failed->code == CauseCode::ScriptFailed);
  CHECK(bench.failed->evidence == "script login: no \"ogin:\" within 10 s; last seen: \"User>\"");
  CHECK_FALSE(bench.run.deadline());
}

TEST_CASE("a script as a whole has a bound, however its steps go round") {
  Script script;
  script.within = 1min;
  ScriptStep step;
  step.expect = {{"never", std::nullopt}};
  step.within = 7s;
  step.otherwise = 0;
  script.steps = {step};
  Bench bench(script);
  while (!bench.failed) bench.waits_until_due();
  CHECK(bench.now - kStart == 1min);
}

TEST_CASE("a script that goes round as fast as the peer talks is ended") {
  Script script;
  ScriptStep step;
  step.expect = {{"a", 0}};
  script.steps = {step};
  Bench bench(script);
  bench.hears(std::string(100'000, 'a'));
  REQUIRE(bench.failed);
  CHECK(bench.failed->evidence.find("without end") != std::string::npos);
}

TEST_CASE("each of several patterns leads where it says, and a wait that fails may lead on") {
  Script script;
  ScriptStep menu;
  menu.expect = {{"slip>", 1}, {"ppp>", ScriptStep::kDone}, {"closed", ScriptStep::kFail}};
  menu.within = 5s;
  menu.otherwise = 1;
  ScriptStep ask;
  ask.send = *parse_send("ppp\\r");
  script.steps = {menu, ask};
  {
    Bench bench(script);
    bench.hears("ppp>");
    CHECK(bench.done);
    CHECK(bench.sent.empty());
  }
  {
    Bench bench(script);
    bench.hears("slip>");
    CHECK(bench.done);
    CHECK(bench.sent == "ppp\r");
  }
  {
    Bench bench(script);
    bench.waits_until_due();
    CHECK(bench.done);
    CHECK(bench.sent == "ppp\r");
  }
  {
    Bench bench(script);
    bench.hears("closed");
    CHECK(bench.failed);
  }
}

TEST_CASE("an abort text ends the script at once, from the step on that names it") {
  Script script = login();
  script.steps[1].abort = {"incorrect"};
  {
    Bench bench(script);
    bench.hears("incorrect login: ");
    CHECK(bench.sent == "ann\r");
    CHECK_FALSE(bench.failed);
    bench.hears("Login incorrect");
    REQUIRE(bench.failed);
    CHECK(bench.failed->evidence.find("\"incorrect\" came") != std::string::npos);
  }
}

TEST_CASE("a pause holds the rest back, and what comes meanwhile is not lost") {
  Script script;
  ScriptStep wake;
  wake.send = *parse_send("\\r\\d\\d\\r");
  script.steps = {wake, waits("ogin:", "ann")};
  Bench bench(script);
  CHECK(bench.sent == "\r");
  bench.hears("login:");
  CHECK(bench.sent == "\r");
  bench.waits_until_due();
  bench.waits_until_due();
  CHECK(bench.now - kStart == 2s);
  CHECK(bench.sent == "\r\rann");
  CHECK(bench.done);
}

TEST_CASE("a prompt in seven bits with parity is the same prompt") {
  Bench bench(login());
  std::string parity = "login:";
  for (size_t i = 0; i < parity.size(); i += 2) parity[i] = static_cast<char>(parity[i] | 0x80);
  bench.hears(parity);
  CHECK(bench.sent == "ann\r");
}

TEST_CASE("what is sent: escapes, names, and nothing that means nothing") {
  const auto pieces = parse_send("a\\\\\\$\\x7e\\n${user}\\p${password}");
  REQUIRE(pieces);
  REQUIRE(pieces->size() == 4);
  CHECK((*pieces)[0].text == "a\\$~\n");
  CHECK((*pieces)[1].what == ScriptPiece::What::User);
  CHECK((*pieces)[2].pause == 100ms);
  CHECK((*pieces)[3].what == ScriptPiece::What::Password);
  for (const char* wrong : {"\\q", "\\", "\\x7", "\\xgg", "${pass}", "${user"}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_send(wrong));
  }
}

TEST_CASE("two scripts become one: the second begins where the first ends, however it ends") {
  Script first, then;
  first.name = "pad";
  first.steps.resize(2);
  first.steps[0].expect = {{"connected", ScriptStep::kDone}, {"busy", ScriptStep::kFail}};
  first.steps[1].otherwise = ScriptStep::kDone;
  then.name = "host";
  then.steps.resize(2);
  then.steps[0].expect = {{"again", 0}, {"in", ScriptStep::kDone}};
  then.steps[1].otherwise = 0;
  const Script both = joined(first, then);
  REQUIRE(both.steps.size() == 4);
  CHECK(both.name == "pad, then host");
  CHECK(both.steps[0].expect[0].to == 2);
  CHECK(both.steps[0].expect[1].to == ScriptStep::kFail);
  CHECK(both.steps[1].otherwise == 2);
  CHECK(both.steps[2].expect[0].to == 2);
  CHECK(both.steps[2].expect[1].to == ScriptStep::kDone);
  CHECK(both.steps[3].otherwise == 2);
  CHECK(both.within == 4min);
}
