// SPDX-License-Identifier: Apache-2.0
// What the engine does with lines that have no modem; everything else is in tests/redial_test.cpp.
#include "engine/engine.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/test_engine.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::engine;
using redial::engine::test::Answering;
using redial::engine::test::NoIp;

namespace {

std::vector<Bytes> transmitted(const Effects& fx) {
  std::vector<Bytes> found;
  for (const Effect& effect : fx.list) {
    const auto* transmit = std::get_if<Transmit>(&effect);
    if (!transmit) continue;
    const ByteView octets = fx.octets(*transmit);
    found.emplace_back(octets.begin(), octets.end());
  }
  return found;
}

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
  const auto sent = transmitted(port.fx);
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

// ---- several lines, entries that need each other -------------------------------------------

namespace {

/// Links on direct lines that the test opens, or fails to.
struct Dialling {
  LineId add_line(std::string name) { return engine.add_line({std::move(name), nullptr}); }
  LinkId add(std::string name, std::vector<LineId> lines,
             phonebook::LineOrder order = phonebook::LineOrder::InOrder) {
    auto plan = std::make_shared<DialPlan>();
    plan->entry.name = std::move(name);
    plan->entry.line_order = order;
    plan->lines = std::move(lines);
    return engine.add_link(plan);
  }
  /// The line that is to be opened now; its effect is taken out.
  std::optional<LineId> opening() {
    std::optional<LineId> found;
    for (const Effect& effect : fx.list) {
      if (const auto* open = std::get_if<OpenLine>(&effect)) found = open->line;
    }
    std::erase_if(fx.list, [](const Effect& e) { return std::holds_alternative<OpenLine>(e); });
    return found;
  }
  void next_deadline() {
    now = engine.deadline().value();
    engine.on_deadline(now, fx);
  }
  template <class T>
  size_t told(LinkId link) const {
    return static_cast<size_t>(std::ranges::count_if(fx.list, [&](const Effect& effect) {
      const auto* event = std::get_if<Event>(&effect);
      return event && event->link == link && std::holds_alternative<T>(event->body);
    }));
  }

  SeededEntropy entropy{7};
  Engine engine{7, entropy};
  Effects fx;
  Instant now{1s};
};

}  // namespace

TEST_CASE(
    "lines are taken in order within one try: missing, then held by another call, then free") {
  Dialling world;
  const LineId a = world.add_line("A"), b = world.add_line("B"), c = world.add_line("C");
  const LinkId other = world.add("other", {b});
  world.engine.dial(other, world.now, world.fx);
  CHECK(world.opening() == b);
  const LinkId link = world.add("link", {a, b, c});
  world.engine.dial(link, world.now, world.fx);
  CHECK(world.opening() == a);
  world.engine.on_line_failed(a, {CauseCode::DeviceMissing, "A"}, world.now, world.fx);
  CHECK(world.opening() == c);
  world.engine.on_line_failed(c, {CauseCode::DeviceForbidden, "C"}, world.now, world.fx);
  CHECK(!world.opening());  // the try is over
  const auto next = world.engine.supervisor(link)->next_try();
  REQUIRE(next.has_value());
  CHECK(*next > world.now);
  while (world.now < *next) world.next_deadline();
  CHECK(world.opening() == a);
}

TEST_CASE("an entry with a prerequisite opens no line before that one is up") {
  Dialling world;
  const LineId a = world.add_line("A"), b = world.add_line("B");
  const LinkId first = world.add("first", {a}), link = world.add("link", {b});
  CHECK(world.engine.require(link, first));
  world.engine.dial(link, world.now, world.fx);
  CHECK(world.opening() == a);
  CHECK(world.told<connection::NeedPrerequisite>(link) == 1);
  CHECK(!world.engine.line_of(link));
}

TEST_CASE("entries that need each other are refused, in a ring of any size") {
  Dialling world;
  const LineId line = world.add_line("A");
  const LinkId a = world.add("a", {line}), b = world.add("b", {line}), c = world.add("c", {line});
  CHECK(!world.engine.require(a, a));
  CHECK(world.engine.require(a, b));
  CHECK(world.engine.require(b, c));
  CHECK(!world.engine.require(c, a));
}

TEST_CASE("a prerequisite that cannot come up costs the link that needs it a failed attempt") {
  Dialling world;
  const LinkId first = world.add("first", {world.add_line("A")});
  const LinkId link = world.add("link", {world.add_line("B")});
  CHECK(world.engine.require(link, first));
  world.engine.dial(link, world.now, world.fx);
  while (world.told<connection::LinkEnded>(link) == 0) {
    if (const auto line = world.opening()) {
      world.engine.on_line_failed(*line, {CauseCode::DeviceMissing, ""}, world.now, world.fx);
    } else {
      world.next_deadline();
    }
    REQUIRE(world.now <= Instant(1s) + 6min);
  }
  CHECK(world.engine.supervisor(link)->last_cause() == CauseCode::PrerequisiteDown);
  CHECK(world.engine.supervisor(link)->next_try().has_value());
}

TEST_CASE(
    "a hang-up of the entry that others need hangs them up first, as wanted and not as failed") {
  Dialling world;
  const LinkId first = world.add("first", {world.add_line("A")});
  const LinkId link = world.add("link", {world.add_line("B")});
  CHECK(world.engine.require(link, first));
  world.engine.dial(link, world.now, world.fx);
  world.engine.hang_up(first, CauseCode::UserHangUp, world.now, world.fx);
  CHECK(world.engine.supervisor(link)->last_cause() == CauseCode::UserHangUp);
  CHECK(world.engine.resting(link));
}

TEST_CASE("an armed link opens its line when traffic wants it, and not before") {
  Dialling world;
  const LineId a = world.add_line("A");
  const LinkId link = world.add("link", {a});
  world.engine.arm_on_demand(link, world.now, world.fx);
  CHECK(!world.opening());
  CHECK(!world.engine.deadline());
  world.engine.on_demand_traffic(link, world.now, world.fx);
  CHECK(world.opening() == a);
}
