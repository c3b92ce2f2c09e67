// SPDX-License-Identifier: Apache-2.0
// What an engine does between the carrier and PPP: prompts, echoes, scripts, PPP that talks
// already.
#include "engine/before.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/test_engine.h"

using namespace redial;
using namespace redial::engine;

namespace {

/// A caller on a cable, and whatever the far end says.
struct Calling : test::Bench {
  explicit Calling(std::optional<modem::Script> script = std::nullopt) {
    plan->entry.name = "depot";
    plan->session.user = "ann";
    plan->session.password = Secret("sesame");
    auto before = std::make_shared<modem::BeforePppConfig>();
    before->user = "ann";
    before->password = Secret("sesame");
    if (script) before->script = std::make_shared<const modem::Script>(*script);
    plan->before_ppp = before;
    plan->lines = {engine.add_line({"cable", nullptr})};
    link = engine.add_link(plan);
    engine.dial(link, now, fx);
    engine.on_line_opened(plan->lines[0], now, fx);
    carry_out();
  }
  void hears(ByteView octets) {
    engine.on_octets(plan->lines[0], octets, now, ip, fx);
    carry_out();
  }
  void hears(std::string_view text) { hears(as_bytes(text)); }
  void wait(Duration how_long) {
    const Instant end = now + how_long;
    while (engine.deadline() && *engine.deadline() <= end) {
      now = std::max(now, *engine.deadline());
      engine.on_deadline(now, fx);
      carry_out();
    }
    now = end;
  }
  void carry_out() {
    for (const Effect& effect : fx.list) {
      if (const auto* transmit = std::get_if<Transmit>(&effect)) {
        sent.emplace_back(as_text(fx.octets(*transmit)));
        latest = Bytes(fx.octets(*transmit).begin(), fx.octets(*transmit).end());
      }
      const auto* event = std::get_if<Event>(&effect);
      if (!event) continue;
      if (const auto* gone = std::get_if<connection::LinkEnded>(&event->body)) ended = *gone;
      if (const auto* noted = std::get_if<Noted>(&event->body)) notes.push_back(noted->text);
    }
    fx.clear();
    if (echoes && !latest.empty()) hears(std::exchange(latest, {}));
    latest.clear();
  }
  size_t frames() const {
    return static_cast<size_t>(
        std::ranges::count_if(sent, [](const std::string& one) { return one[0] == '\x7e'; }));
  }

  std::shared_ptr<DialPlan> plan = std::make_shared<DialPlan>();
  std::vector<std::string> sent, notes;
  Bytes latest;
  bool echoes = false;
  std::optional<connection::LinkEnded> ended;
};

Bytes configure_request() {
  wire::PacketWriter request(wire::Code::ConfigureRequest, 1);
  Bytes line;
  wire::encode(static_cast<uint16_t>(wire::Protocol::Lcp), request.information(), {}, line);
  return line;
}

}  // namespace

TEST_CASE("a login prompt is answered with no frame in between, and PPP begins after it") {
  Calling caller;
  caller.hears("Welcome\r\nlogin: ");
  const size_t before = caller.frames();
  caller.wait(1s);
  caller.hears("Password: ");
  caller.wait(500ms);
  REQUIRE(caller.sent.size() >= 2);
  CHECK(caller.sent[caller.sent.size() - 2] == "ann\r");
  CHECK(caller.sent.back() == "sesame\r");
  CHECK(caller.frames() == before);
  caller.hears(configure_request());
  CHECK(caller.frames() == before + 2);  // our Configure-Request, and the answer to the peer's
  for (const std::string& note : caller.notes) CHECK(note.find("sesame") == std::string::npos);
}

TEST_CASE("a prompt that echoes what we send is no loop: its text is the evidence") {
  Calling caller;
  caller.echoes = true;
  caller.hears("Ready> ");
  caller.wait(3min);
  REQUIRE(caller.ended);
  CHECK(std::string(name(caller.ended->cause.code)) == "PppNoResponse");
  CHECK(caller.ended->cause.evidence.starts_with("answered with \"Ready>"));
}

TEST_CASE("a line that only echoes is still a loop") {
  Calling caller;
  caller.echoes = true;
  caller.wait(3min);
  REQUIRE(caller.ended);
  CHECK(std::string(name(caller.ended->cause.code)) == "LoopbackDetected");
}

TEST_CASE("PPP that talks already during a script takes over at once") {
  modem::Script script;
  modem::ScriptStep step;
  step.expect = {{"never", std::nullopt}};
  script.steps = {step};
  Calling caller(script);
  CHECK(caller.sent.empty());
  caller.hears(configure_request());
  CHECK(caller.frames() == 2);
}

TEST_CASE("a script that leads nowhere is the cause, with what was seen") {
  modem::Script script;
  modem::ScriptStep step;
  step.expect = {{"ogin:", std::nullopt}};
  script.steps = {step};
  Calling caller(script);
  caller.hears("Busy, try later");
  caller.wait(1min);
  REQUIRE(caller.ended);
  CHECK(std::string(name(caller.ended->cause.code)) == "ScriptFailed");
  CHECK(caller.ended->phase == Phase::Establishing);
  CHECK(caller.ended->cause.evidence.find("Busy, try later") != std::string::npos);
  CHECK(caller.frames() == 0);
}
