// SPDX-License-Identifier: Apache-2.0
// What the engine makes of a line: frames counted, a device that returns, circuits refused.
#include "engine/engine.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/test_engine.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::engine;
using redial::engine::test::Answering;

namespace {

/// One entry on one line, its supervisor's next try an hour away after a failure.
struct Dialling : test::Bench {
  explicit Dialling(LineConfig config) {
    plan->entry.numbers = {{.digits = "5550100"}};
    plan->entry.redial.first_pause = plan->entry.redial.longest_pause = 1h;
    line = engine.add_line(std::move(config));
    plan->lines = {line};
    link = engine.add_link(plan);
    engine.dial(link, now, fx);
  }
  bool opens() {
    const bool found = std::ranges::any_of(
        fx.list, [](const Effect& effect) { return std::holds_alternative<OpenLine>(effect); });
    fx.clear();
    return found;
  }

  std::shared_ptr<DialPlan> plan = std::make_shared<DialPlan>();
  LineId line{};
};

}  // namespace

TEST_CASE(
    "frames are counted per call, damaged ones by kind; too many are told once, with a remedy") {
  Answering port;
  wire::PacketWriter request(wire::Code::ConfigureRequest, 1);
  Bytes good;
  wire::encode(static_cast<uint16_t>(wire::Protocol::Lcp), request.information(), {}, good);
  port.engine.on_octets(port.plan->line, good, port.now, port.ip, port.fx);
  CHECK(port.engine.counters(port.link).in == 1);
  CHECK(port.engine.counters(port.link).out == 2);

  Bytes damaged = good;
  damaged[6] ^= 1;
  for (int i = 0; i < 30; ++i) {
    port.engine.on_octets(port.plan->line, damaged, port.now, port.ip, port.fx);
  }
  const Bytes aborted = {0x7e, 0xff, 0x7d, 0x23, 0x7d, 0x7e};
  port.engine.on_octets(port.plan->line, aborted, port.now, port.ip, port.fx);
  const FrameCounts counted = port.engine.counters(port.link);
  CHECK(counted.in == 1);
  CHECK(counted.damaged.bad_fcs == 30);
  CHECK(counted.damaged.aborted == 1);
  int told = 0;
  for (const Effect& effect : port.fx.list) {
    const auto* event = std::get_if<Event>(&effect);
    const auto* noted = event ? std::get_if<Noted>(&event->body) : nullptr;
    if (noted && noted->text.find("flow control") != std::string::npos) ++told;
  }
  CHECK(told == 1);
}

TEST_CASE(
    "a device that returns is dialled at once; a line that nobody waits for changes nothing") {
  Dialling site({"cable", nullptr});
  CHECK(site.opens());
  site.engine.on_line_failed(site.line, {CauseCode::DeviceMissing, "gone"}, site.now, site.fx);
  CHECK_FALSE(site.opens());
  const LineId other = site.engine.add_line({"other", nullptr});
  site.engine.on_line_returned(other, site.now, site.fx);
  CHECK_FALSE(site.opens());
  site.engine.on_line_returned(site.line, site.now, site.fx);
  CHECK(site.opens());
  site.engine.on_line_returned(site.line, site.now, site.fx);  // while it is being opened
  CHECK_FALSE(site.opens());
  site.engine.on_line_failed(site.line, {CauseCode::ConnectionRefused, ""}, site.now, site.fx);
  site.engine.on_line_returned(site.line, site.now, site.fx);  // not what this one waits for
  CHECK_FALSE(site.opens());
}

TEST_CASE(
    "a line that turns out to have no circuits keeps the modem's escape; the next call asks anew") {
  const auto with = modem::compile(modem::hayes(), {});
  REQUIRE(with.has_value());
  modem::CompiledDescription without = *with;
  modem::fit_to_line(without, false);
  for (const bool circuits : {true, false}) {
    Dialling site(
        {.name = "rack",
         .description = std::make_shared<const modem::CompiledDescription>(*with),
         .without_circuits = std::make_shared<const modem::CompiledDescription>(without)});
    site.engine.on_circuits(site.line, !circuits);
    site.engine.on_circuits(site.line, circuits);
    site.engine.on_line_opened(site.line, site.now, site.fx);
    std::string sent;
    for (int step = 0; step < 20; ++step) {
      const size_t before = sent.size();
      for (const Effect& effect : std::exchange(site.fx.list, {})) {
        const auto* transmit = std::get_if<Transmit>(&effect);
        if (transmit) sent += as_text(site.fx.octets(*transmit));
      }
      if (sent.size() > before) {
        site.engine.on_octets(site.line, as_bytes("\r\nOK\r\n"), site.now, site.ip, site.fx);
      } else {
        site.now = site.engine.deadline().value();
        site.engine.on_deadline(site.now, site.fx);
      }
      if (sent.find("ATD") != std::string::npos) break;
    }
    CHECK((sent.find("S2=43") != std::string::npos) == !circuits);
  }
}

TEST_CASE("a line that a rung of the ladder keeps shut is not closed once more by a hang-up") {
  Dialling site({.name = "cable",
                 .description = nullptr,
                 .recovery = {.traits = {.modem = false, .power_cycle = true}}});
  const auto has = [&](auto what) {
    return std::ranges::any_of(site.fx.list, [&](const Effect& effect) {
      return std::holds_alternative<decltype(what)>(effect);
    });
  };
  // Fails to open, until the ladder's last rung.
  for (int tries = 0; tries < 100 && !has(RunCommand{}); ++tries) {
    if (site.opens()) {
      site.engine.on_line_failed(site.line, {CauseCode::DeviceMissing, ""}, site.now, site.fx);
    } else {
      site.now = site.engine.deadline().value();
      site.engine.on_deadline(site.now, site.fx);
    }
  }
  REQUIRE(has(RunCommand{}));
  site.fx.clear();
  site.engine.hang_up(site.link, CauseCode::UserHangUp, site.now, site.fx);
  CHECK_FALSE(has(CloseLine{}));
  CHECK(site.engine.resting(site.link));
  CHECK_FALSE(site.engine.line_of(site.link).has_value());
}
