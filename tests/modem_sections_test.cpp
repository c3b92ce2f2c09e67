// SPDX-License-Identifier: Apache-2.0
// Every modem there is a description of dials, listens and hangs up against the virtual modem, with
// modem lines and on a bare pty: afterwards it is on hook, in command state, and answers AT.
#include "support/descriptions.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

/// Runs for every description, on both kinds of line.
void for_every_modem(
    const std::function<void(std::shared_ptr<const modem::CompiledDescription>, bool)>& test) {
  for (const modem::ModemDescription& modem : every_modem()) {
    CAPTURE(modem.name);
    for (const bool modem_lines : {false, true}) {
      CAPTURE(modem_lines);
      test(compiled(modem, modem_lines), modem_lines);
    }
  }
}

/// Really, not by what we believe: the line is free, and it takes a command.
void is_at_rest(World& world, lab::ModemId modem) {
  CHECK_FALSE(world.exchange.online(modem));
  CHECK_FALSE(world.exchange.in_call(modem));
  CHECK(world.exchange.on_hook(modem));
  // Verbose or numeric: as its description has left it.
  const std::string answer = world.ask(modem, "ATI\r");
  CAPTURE(answer);
  CHECK((answer.ends_with("OK<cr><lf>") || answer.ends_with("0<cr>")));
}

/// Two machines on one cable, with no modem and no exchange between them.
class Cable : private engine::IpSink {
 public:
  explicit Cable(const std::shared_ptr<const modem::CompiledDescription>& description) {
    auto plan = std::make_shared<engine::DialPlan>();
    plan->entry.name = "cable";
    plan->session.user = "branch7";
    plan->session.password = Secret("swordfish");
    plan->lines = {caller.engine.add_line({"COM1", description})};
    link = caller.engine.add_link(plan);
    auto answer = std::make_shared<engine::AnswerPlan>();
    answer->name = "COM2";
    answer->line = server.engine.add_line({"COM2", description});
    answer->give_peer = 0x0a40000a;
    answer->session.accounts = &accounts;
    answer->session.local_address = 0x0a400001;
    answer->session.ask_dns = false;
    port_link = server.engine.add_answering(answer);
    server.engine.start_answering(port_link, now, fx_);
    carry_out(server, caller);
  }
  void dial() {
    caller.engine.dial(link, now, fx_);
    carry_out(caller, server);
  }
  void hang_up() {
    caller.engine.hang_up(link, CauseCode::UserHangUp, now, fx_);
    carry_out(caller, server);
  }
  bool up() const { return caller.engine.up(link) && server.engine.up(port_link); }
  bool run_until(const std::function<bool()>& done, Duration at_most) {
    const Instant end = now + at_most;
    while (!done()) {
      const auto next = earlier(caller.engine.deadline(), server.engine.deadline());
      if (!next || *next > end) return false;
      now = std::max(now, *next);
      caller.engine.on_deadline(now, fx_);
      carry_out(caller, server);
      server.engine.on_deadline(now, fx_);
      carry_out(server, caller);
    }
    return true;
  }

  Side caller{1}, server{2};
  LinkId link{}, port_link{};

 private:
  void on_ip(LinkId, ByteView) override {}
  void carry_out(Side& from, Side& to) {
    const engine::Effects fx = std::exchange(fx_, {});
    for (const engine::Effect& effect : fx.list) {
      if (const auto* open = std::get_if<engine::OpenLine>(&effect)) {
        from.engine.on_line_opened(open->line, now, fx_);
        carry_out(from, to);
      }
      if (const auto* transmit = std::get_if<engine::Transmit>(&effect)) {
        to.engine.on_octets(LineId{0}, fx.octets(*transmit), now, *this, fx_);
        carry_out(to, from);
      }
    }
  }

  Accounts accounts;
  Instant now{1s};
  engine::Effects fx_;
};

void nothing_was_misplaced(const World& world) {
  CAPTURE(world.misplaced.empty() ? "" : world.misplaced.front());
  CHECK(world.misplaced.empty());
}

}  // namespace

TEST_CASE("every modem dials, carries PPP and hangs up: on hook, in command state, answering AT") {
  for_every_modem([](auto description, bool modem_lines) {
    World world({.description = std::move(description), .modem_lines = modem_lines});
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    world.run_for(2min);
    REQUIRE(world.up());
    world.hang_up();
    REQUIRE(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
    REQUIRE_FALSE(world.caller.engine.line_of(world.link).has_value());
    is_at_rest(world, world.modem());
    nothing_was_misplaced(world);
  });
}

TEST_CASE(
    "every modem hangs up a call that the peer no longer hears, and one it is still dialling") {
  for_every_modem([](auto description, bool modem_lines) {
    {
      INFO("half-open");
      World world({.description = description, .modem_lines = modem_lines});
      world.start();
      REQUIRE(world.run_until([&] { return world.up(); }, 2min));
      world.exchange.freeze(world.modem(), true, true, world.now);
      world.hang_up();
      REQUIRE(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
      is_at_rest(world, world.modem());
      nothing_was_misplaced(world);
    }
    {
      INFO("still dialling");
      World world({.description = std::move(description), .modem_lines = modem_lines});
      world.exchange.set_fate("5550100", lab::Fate::NoAnswer);
      world.start();
      REQUIRE(world.run_until([&] { return world.exchange.dials(world.modem()) == 1; }, 2min));
      world.run_for(5s);
      world.hang_up();
      REQUIRE(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
      is_at_rest(world, world.modem());
      nothing_was_misplaced(world);
    }
  });
}

TEST_CASE("every modem listens and answers, and listens again after its caller has hung up") {
  for_every_modem([](auto description, bool modem_lines) {
    World world({.answering = std::move(description), .answering_modem_lines = modem_lines});
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    world.run_for(2min);
    REQUIRE(world.up());
    world.hang_up();
    REQUIRE(world.run_until([&] { return world.caller.engine.resting(world.link); }, 1min));
    world.run_for(1min);
    CHECK(world.exchange.on_hook(world.server.modems[0]));
    world.dial(world.link);
    CHECK(world.run_until([&] { return world.up(); }, 2min));
    nothing_was_misplaced(world);
  });
}

TEST_CASE("every modem whose carrier is lost in mid-call notices it and is redialled") {
  for_every_modem([](auto description, bool modem_lines) {
    World world({.description = std::move(description), .modem_lines = modem_lines});
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    world.run_for(1min);
    const Instant lost = world.now;
    world.exchange.drop_carrier(world.modem(), world.now);
    REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 1min));
    Instant noticed{};
    const connection::LinkEnded* ended = world.ended(&noticed);
    CHECK(ended->cause.code == CauseCode::CarrierLost);
    CHECK(noticed - lost <= 2s);
    CHECK(world.run_until([&] { return world.up(); }, 3min));
    // Without DCD a frame may be on its way before NO CARRIER is known for what it is.
    if (modem_lines) nothing_was_misplaced(world);
  });
}

TEST_CASE("every modem that answers hangs up its caller: on hook, in command state, answering AT") {
  for_every_modem([](auto description, bool modem_lines) {
    World world({.answering = std::move(description), .answering_modem_lines = modem_lines});
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    world.run_for(2min);
    world.server_stops();
    const auto stopped = [&] { return world.server.engine.resting(world.port_link); };
    REQUIRE(world.run_until(stopped, 1min));
    is_at_rest(world, world.server.modems[0]);
    nothing_was_misplaced(world);
  });
}

TEST_CASE("a modem that its description would have quiet is heard, dials and listens") {
  const auto file = modem::read_descriptions(
      "[Shy]\nCOMMAND_INIT=AT&F<cr>\nCOMMAND_INIT=ATE0Q1V1&C1&D2<cr>\n"
      "COMMAND_DIAL=ATDT<phonenumber><cr>\nCOMMAND_LISTEN=ATS0=1<cr>\n",
      "MODEM.INF");
  REQUIRE(file.modems.size() == 1);
  for (const bool answers : {false, true}) {
    CAPTURE(answers);
    const auto shy = compiled(file.modems[0]);
    World world(answers ? WorldOptions{.answering = shy} : WorldOptions{.description = shy});
    world.start();
    CHECK(world.run_until([&] { return world.up(); }, 2min));
  }
}

TEST_CASE("a section that is a cable, with words instead of AT, calls, answers and hangs up too") {
  const auto description = modem_named("Cable between two machines");
  REQUIRE(description.has_value());
  Cable cable(compiled(*description));
  cable.run_until([] { return false; }, 10s);
  for (int call = 0; call < 2; ++call) {
    CAPTURE(call);
    cable.dial();
    REQUIRE(cable.run_until([&] { return cable.up(); }, 1min));
    cable.hang_up();
    REQUIRE(cable.run_until([&] { return cable.caller.engine.resting(cable.link); }, 1min));
    cable.run_until([] { return false; }, 1min);  // and the far side listens again
  }
}

TEST_CASE("two machines on a cable by a setup file: DialPrefix is one's word, Answer the other's") {
  const auto file = modem::read_descriptions(
      "[Manufacturer]\nWren=Models\n[Models]\nCable=I\n[I]\nAddReg=V\n[V]\n"
      "HKR,Settings,DialPrefix,,CLIENT\nHKR,Answer,1,,SERVER\n"
      "HKR,Responses,CLIENT,1,08\nHKR,Responses,SERVER,1,02\n",
      "cable.inf");
  REQUIRE(file.modems.size() == 1);
  Cable cable(compiled(file.modems[0]));
  cable.run_until([] { return false; }, 10s);
  cable.dial();
  REQUIRE(cable.run_until([&] { return cable.up(); }, 1min));
  cable.hang_up();
  REQUIRE(cable.run_until([&] { return cable.caller.engine.resting(cable.link); }, 1min));
}
