// SPDX-License-Identifier: Apache-2.0
// The main job, in virtual time: dial, watch, redial. The product's engines on both sides.
#include "support/descriptions.h"
#include "support/world.h"

#include "connection/policy.h"

using namespace redial;
using namespace redial::test;

namespace {

struct Described {
  std::string name;
  std::shared_ptr<const modem::CompiledDescription> description;
};

// Every modem there is a description of, on a line without circuits.
std::vector<Described> every_description() {
  std::vector<Described> all;
  for (const modem::ModemDescription& modem : every_modem()) {
    all.push_back({modem.name, compiled(modem)});
  }
  return all;
}

void dies_and_is_redialled(World& world, const std::string& what, CauseCode expected,
                           const std::function<void()>& kill, Duration notice_bound) {
  INFO(what);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(90s);  // a good call
  REQUIRE(world.up());
  const Instant fault = world.now;
  kill();
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }));
  Instant noticed;
  const auto* ended = world.ended(&noticed);
  CHECK(std::string(name(ended->cause.code)) == std::string(name(expected)));
  CHECK(ended->action == connection::Action::Restore);
  CHECK(noticed - fault <= notice_bound);
  const auto next = world.events<connection::NextTry>();
  REQUIRE(next.size() == 1);
  CHECK(next[0].at - noticed <= 1s);
  CHECK(world.run_until([&] { return world.up(); }, 3min));
  CHECK(world.events<connection::LinkConnected>().size() == 2);
}

}  // namespace

TEST_CASE("a phonebook entry and a modem make a link: dialled, authenticated, registered, up") {
  World world;
  world.start();
  CHECK(world.run_until([&] { return world.up(); }, 2min));
  std::vector<Phase> phases;
  for (const auto& progress : world.events<connection::LinkProgress>()) {
    phases.push_back(progress.phase);
  }
  CHECK(phases == std::vector{Phase::Preparing, Phase::Dialing, Phase::Establishing,
                              Phase::Authenticating, Phase::Registering, Phase::Up});
  CHECK(world.exchange.last_dialled(world.modem()) == "5550100");
}

TEST_CASE(
    "Q153376: an established link that dies is redialled, whatever file described its modem") {
  for (const Described& modem : every_description()) {
    CAPTURE(modem.name);
    for (const bool modem_lines : {false, true}) {
      CAPTURE(modem_lines);
      const WorldOptions options{.description = modem.description, .modem_lines = modem_lines};
      {
        World world(options);
        dies_and_is_redialled(
            world, "the call drops", CauseCode::CarrierLost,
            [&] { world.exchange.drop_carrier(world.modem(), world.now); },
            modem_lines ? 100ms : 1500ms);
      }
      {
        World world(options);
        dies_and_is_redialled(
            world, "the peer is killed silently", CauseCode::PeerSilent,
            [&] { world.exchange.freeze(world.modem(), true, true, world.now); }, 20s);
      }
    }
  }
}

TEST_CASE("the death of an established link is noticed and redialled for every way it can die") {
  for (const bool modem_lines : {false, true}) {
    CAPTURE(modem_lines);
    const WorldOptions options{.modem_lines = modem_lines};
    {
      World world(options);
      dies_and_is_redialled(
          world, "the peer terminates", CauseCode::PeerTerminated, [&] { world.server_hangs_up(); },
          1s);
    }
    {
      World world(options);
      dies_and_is_redialled(
          world, "black hole towards us", CauseCode::PeerSilent,
          [&] { world.exchange.freeze(world.modem(), true, false, world.now); }, 20s);
    }
    for (const CauseCode how : {CauseCode::DeviceVanished, CauseCode::TransportClosed}) {
      World world(options);
      dies_and_is_redialled(
          world, "the device goes away", how, [&] { world.vanish(how); }, 1ms);
    }
  }
}

TEST_CASE("a modem that says CONNECT by a number of its maker's makes links, and loses them") {
  for (const bool wired : {true, false}) {
    CAPTURE(wired);
    WorldOptions options;
    options.modem.habits.numeric_codes = true;  // 64 is CONNECT 28800
    options.modem_lines = wired;
    options.description = compiled(modem::hayes(), wired);
    options.answering_modem_lines = wired;
    options.answering = compiled(modem::hayes(), wired);
    World world(options);
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    world.run_for(90s);
    REQUIRE(world.up());
    CHECK(world.misplaced.empty());  // nothing was sent into a modem that still dialled
    world.exchange.drop_carrier(world.modem(), world.now);
    REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 1min));
    CHECK(world.ended()->cause.code == CauseCode::CarrierLost);
    CHECK(world.run_until([&] { return world.up(); }, 3min));
    world.exchange.set_fate("5550100", lab::Fate::Busy);
    world.server_hangs_up();
    CHECK(world.run_until([&] { return world.ended()->cause.code == CauseCode::Busy; }, 3min));
  }
}

TEST_CASE("a failed attempt is redialled: busy, no answer, no dial tone, a voice, nobody's PPP") {
  struct Case {
    lab::Fate fate;
    CauseCode expected;
  };
  for (const Case& each :
       {Case{lab::Fate::Busy, CauseCode::Busy}, Case{lab::Fate::NoAnswer, CauseCode::NoCarrier},
        Case{lab::Fate::NoDialtone, CauseCode::NoDialTone},
        Case{lab::Fate::Voice, CauseCode::VoiceAnswer}}) {
    World world;
    world.exchange.set_fate_once("5550100", each.fate, 2);
    world.start();
    CHECK(world.run_until([&] { return world.up(); }, 10min));
    const auto ended = world.events<connection::LinkEnded>();
    REQUIRE(ended.size() == 2);
    for (const auto& one : ended) {
      CHECK(std::string(name(one.cause.code)) == std::string(name(each.expected)));
      CHECK(one.phase == Phase::Dialing);
    }
    const auto next = world.events<connection::NextTry>();
    CHECK(next[0].reason == connection::PauseReason::BackOff);
  }
}

TEST_CASE("a wrong password is not hammered: 15 minutes, then 30, and it says so") {
  World world;
  world.accounts.password = "changed";
  world.start();
  world.run_for(1h);
  const auto next = world.events<connection::NextTry>();
  REQUIRE(next.size() >= 2);
  CHECK(next[0].reason == connection::PauseReason::AuthHold);
  CHECK(world.exchange.dials(world.modem()) == 3);  // at 0, 15 and 45 minutes
  CHECK(world.events<connection::LinkEnded>()[0].cause.code == CauseCode::AuthRejected);
  // Mended meanwhile: the next try after the hold gets through without anybody's hand.
  world.accounts.password = "swordfish";
  CHECK(world.run_until([&] { return world.up(); }, 2h));
}

TEST_CASE("the user hangs up: clean, no redial, and the line is free") {
  World world;
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.hang_up();
  CHECK(world.run_until([&] { return world.caller.engine.resting(world.link); }, 30s));
  CHECK_FALSE(world.caller.engine.line_of(world.link).has_value());
  CHECK_FALSE(world.exchange.in_call(world.modem()));
  const uint32_t dials = world.exchange.dials(world.modem());
  world.run_for(10h);
  CHECK(world.exchange.dials(world.modem()) == dials);
}

TEST_CASE("a modem that answers nothing, for an hour, comes back when it does") {
  World world;
  world.exchange.wedge(world.modem(), lab::Cure::PowerCycle, world.now);
  world.start();
  world.run_for(1h);
  CHECK(world.ended()->cause.code == CauseCode::ModemSilent);
  world.exchange.power_cycle(world.modem(), world.now);
  CHECK(world.run_until([&] { return world.up(); }, 10min));
}

TEST_CASE("a device that is gone is waited for, and dialled when it is back") {
  World world;
  world.caller.absent = true;
  world.start();
  world.run_for(30min);
  CHECK(world.ended()->cause.code == CauseCode::DeviceMissing);
  world.caller.absent = false;
  CHECK(world.run_until([&] { return world.up(); }, 10min));
}

TEST_CASE("RedialOnLinkFailure=0: the death is noticed, announced, and the link rests") {
  World world({.redial = {.on_link_failure = false}});
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(90s);
  world.exchange.drop_carrier(world.modem(), world.now);
  CHECK(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
  CHECK(world.events<connection::Resting>().size() == 1);
}

TEST_CASE("IdleDisconnectSeconds: a link nobody uses is hung up, and that is no failure") {
  World world({.idle_disconnect = 5min});
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  for (int minute = 0; minute < 20; ++minute) {
    world.run_for(1min);
    REQUIRE(world.send_packet());  // echoes go every five seconds; only this counts as use
  }
  const Instant last_used = world.now;
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }));
  Instant when;
  CHECK(world.ended(&when)->cause.code == CauseCode::IdleTimeout);
  CHECK(when - last_used >= 5min);
  CHECK(when - last_used <= 5min + 10ms);
  world.run_for(2h);
  CHECK(world.caller.engine.resting(world.link));
  CHECK(world.exchange.dials(world.modem()) == 1);
}

TEST_CASE("a healthy link stays up: noise, loss and a day of silence tear nothing down") {
  WorldOptions options;
  options.modem.channel.octet_error_ppm = 200;
  World world(options);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  world.run_for(24h);
  CHECK(world.up());
  CHECK(world.ended() == nullptr);
}

TEST_CASE(
    "TCP with its headers compressed, and IPv6, pass through both engines as they were sent") {
  WorldOptions options;
  options.dial = [](engine::DialPlan& plan) { plan.session.vj = plan.session.ipv6 = true; };
  options.answer = [](engine::AnswerPlan& plan) { plan.session.vj = plan.session.ipv6 = true; };
  World world(options);
  world.start();
  REQUIRE(world.run_until([&] { return world.up(); }));
  std::vector<Bytes> sent;
  for (uint8_t i = 0; i < 20; ++i) {
    Bytes tcp = {
        0x45, 0,  0,  50, 0,    i,    0,    0, 64, 6,  0, 0, 10, 64,
        0,    10, 10, 64, 0,    1,    0x10, 0, 0,  80, 0, 0, 0,  static_cast<uint8_t>(10 * i),
        0,    0,  0,  1,  0x50, 0x10, 0x20, 0, 1,  2,  0, 0};
    tcp.resize(50, i);
    uint32_t sum = 0;
    for (size_t k = 0; k < 20; k += 2) sum += tcp[k] * 256u + tcp[k + 1];
    while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
    tcp[10] = static_cast<uint8_t>(~sum >> 8);
    tcp[11] = static_cast<uint8_t>(~sum);
    sent.push_back(std::move(tcp));
    Bytes ipv6(48, i);
    ipv6[0] = 0x60;
    sent.push_back(std::move(ipv6));
  }
  for (const Bytes& packet : sent) {
    CHECK(world.send_packet(packet));
    world.run_for(1s);
  }
  CHECK(world.received == sent);
}

TEST_CASE("the same seed tells the same story, event by event") {
  const auto story = [](uint64_t seed) {
    World world({.seed = seed});
    world.exchange.set_fate_once("5550100", lab::Fate::Busy, 3);
    world.start();
    world.run_for(10min);
    std::vector<Instant> when;
    for (const auto& [at, event] : world.log) when.push_back(at);
    return when;
  };
  CHECK(story(1) == story(1));
  CHECK(story(1) != story(2));
}
