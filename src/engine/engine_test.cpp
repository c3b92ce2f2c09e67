// SPDX-License-Identifier: Apache-2.0
// What the engine does with lines that have no modem; everything else is in tests/redial_test.cpp.
#include "engine/engine.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "modem/inf.h"

using namespace redial;
using namespace redial::engine;

namespace {

class NoIp final : public IpSink {
 public:
  void on_ip(LinkId, ByteView) override {}
};

struct Answering {
  Answering() {
    plan->name = "port";
    plan->line = engine.add_line({"direct", nullptr});
    plan->session.local_address = 0x0a400001;
    link = engine.add_answering(plan);
    engine.start_answering(link, now, fx);
    engine.on_line_opened(plan->line, now, fx);
    fx.clear();
  }
  std::vector<Bytes> transmitted() const {
    std::vector<Bytes> found;
    for (const Effect& effect : fx.list) {
      const auto* transmit = std::get_if<Transmit>(&effect);
      if (!transmit) continue;
      const ByteView octets = fx.octets(*transmit);
      found.emplace_back(octets.begin(), octets.end());
    }
    return found;
  }

  SeededEntropy entropy{7};
  Engine engine{7, entropy};
  std::shared_ptr<AnswerPlan> plan = std::make_shared<AnswerPlan>();
  LinkId link{};
  Effects fx;
  NoIp ip;
  Instant now{1s};
};

}  // namespace

TEST_CASE("the caller's first frame on a direct line makes the call and is answered, not lost") {
  Answering port;
  wire::PacketWriter request(wire::Code::ConfigureRequest, 1);
  Bytes line;
  wire::encode(static_cast<uint16_t>(wire::Protocol::Lcp), request.information(), {}, line);
  port.engine.on_octets(port.plan->line, line, port.now, port.ip, port.fx);

  wire::PacketWriter ack(wire::Code::ConfigureAck, 1);
  Bytes expected;
  wire::encode(static_cast<uint16_t>(wire::Protocol::Lcp), ack.information(), {}, expected);
  const auto sent = port.transmitted();
  CHECK(sent.size() == 2);  // its own Configure-Request, and the answer to the caller's
  CHECK(std::ranges::find(sent, expected) != sent.end());
}

TEST_CASE("a port that gets a caller says once that it authenticates") {
  Answering port;
  port.engine.on_octets(port.plan->line, Bytes{0x7e}, port.now, port.ip, port.fx);
  size_t said = 0;
  for (const Effect& effect : port.fx.list) {
    const auto* event = std::get_if<Event>(&effect);
    const auto* change = event ? std::get_if<answer::ConditionChanged>(&event->body) : nullptr;
    if (change && change->to == answer::Condition::Authenticating) ++said;
  }
  CHECK(said == 1);
}

TEST_CASE("control frames overtake data, modem commands do not; a slow carrier is given its pace") {
  for (const auto& [connect, pace] :
       {std::pair("\r\nCONNECT 1200\r\n", 120u), std::pair("\r\nCONNECT 33600\r\n", 0u)}) {
    SeededEntropy entropy{7};
    Engine engine{7, entropy};
    const auto compiled = modem::compile(modem::hayes(), {});
    REQUIRE(compiled.has_value());
    auto plan = std::make_shared<DialPlan>();
    plan->entry.numbers = {{.digits = "5550100"}};
    const LineId line =
        engine.add_line({"COM1", std::make_shared<const modem::CompiledDescription>(*compiled)});
    plan->lines = {line};
    Effects fx;
    NoIp ip;
    Instant now{1s};
    const LinkId link = engine.add_link(plan);
    engine.dial(link, now, fx);
    engine.on_line_opened(line, now, fx);
    std::optional<uint32_t> paced;
    bool commands_urgent = false, frames_urgent = true, framed = false;
    for (int step = 0; step < 60 && !framed; ++step) {
      std::string_view answer;
      for (const Effect& effect : std::exchange(fx.list, {})) {
        if (const auto* found = std::get_if<SetPace>(&effect)) paced = found->octets_per_second;
        const auto* transmit = std::get_if<Transmit>(&effect);
        if (!transmit) continue;
        if (paced) {
          framed = true;
          frames_urgent &= transmit->urgent;
        } else {
          commands_urgent |= transmit->urgent;
          answer = as_text(fx.octets(*transmit)).find('D') == 2 ? connect : "\r\nOK\r\n";
        }
      }
      if (!answer.empty()) {
        engine.on_octets(line, as_bytes(answer), now, ip, fx);
      } else if (!framed) {
        now = engine.deadline().value();
        engine.on_deadline(now, fx);
      }
    }
    CHECK(framed);
    CHECK(paced == pace);
    CHECK(frames_urgent);
    CHECK_FALSE(commands_urgent);
  }
}
