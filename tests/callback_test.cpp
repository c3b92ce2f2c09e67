// SPDX-License-Identifier: Apache-2.0
// Called back: the call that asks for it ends as agreed, the line stays ours and listens, the
// server's call is answered, and PPP begins anew. A server in virtual time that does so.
#include <doctest/doctest.h>

#include "connection/detection.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

/// An access server that calls its callers back. Its modem answers by itself.
class Office {
 public:
  explicit Office(World& world) : world_(world) {
    modem_ = world.exchange.add_modem({.number = "5550777"}, world.now);
    (void)world.ask(modem_, "ATE0S0=1\r");
    config.accounts = &world.accounts;
    config.local_address = 0x0a400001;
    config.ask_dns = false;
    config.call_back = ppp::CallbackOffer{};
    world.wake_at = world.now;
    world.on_step = [this] { on_step(); };
  }
  ~Office() {
    world_.on_step = nullptr;
    world_.wake_at.reset();
  }
  Office(const Office&) = delete;
  Office& operator=(const Office&) = delete;

  bool up() const { return session_ && session_->up(); }

  ppp::SessionConfig config;
  bool calls = true;              // keeps its promise
  std::string number;             // told by the caller; empty: none
  std::string known = "5550199";  // of the caller, in the server's own book
  int promised = 0;

 private:
  struct Sink {
    Office& office;
    bool on_frame(ByteView octets) {
      office.carry_out(office.session_->on_frame(octets, office.world_.now));
      return true;
    }
    void on_bad_frame(wire::FrameError) {}
    void on_outside(ByteView) {}
  };

  void on_step() {
    Bytes octets;
    world_.exchange.drain(modem_, octets, world_.now);
    const bool online = world_.exchange.online(modem_);
    if (online && !session_) {
      session_.emplace(config, entropy_);
      session_->give_peer(0x0a40000a);
      decoder_.reset();
      carry_out(session_->open(world_.now));
    }
    if (online) decoder_.decode(octets, Sink{*this});
    if (!online) session_.reset();
    if (!online && call_at_ && world_.now >= *call_at_) {
      call_at_.reset();
      config.call_back.reset();  // this call is the one
      say(as_bytes("ATD" + (number.empty() ? known : number) + "\r"));
    }
    if (world_.now < *world_.wake_at) return;
    world_.wake_at = world_.now + 100ms;
    if (session_) carry_out(session_->on_deadline(world_.now));
  }
  void say(ByteView octets) { world_.exchange.on_dte_octets(modem_, octets, world_.now); }
  void carry_out(ppp::SessionActions actions) {
    for (const ppp::SessionAction& action : actions) {
      if (const auto* frame = std::get_if<ppp::SendFrame>(&action)) {
        Bytes octets;
        wire::encode(static_cast<uint16_t>(frame->protocol), frame->information.view(),
                     session_->tx_format(), octets);
        say(octets);
      } else if (const auto* agreed = std::get_if<ppp::CallbackAgreed>(&action)) {
        ++promised;
        number = agreed->number;
        if (calls) call_at_ = world_.now + agreed->delay;
      }
    }
  }

  World& world_;
  SeededEntropy entropy_{99};
  lab::ModemId modem_{};
  std::optional<ppp::Session> session_;
  wire::HdlcDecoder decoder_;
  std::optional<Instant> call_at_;
};

WorldOptions wishing(ppp::CallbackWish wish) {
  WorldOptions options;
  options.dial = [wish](engine::DialPlan& plan) {
    plan.entry.numbers = {{.digits = "5550777"}};
    plan.session.callback = wish;
    plan.attempt_bound = 15min;
  };
  return options;
}

std::vector<std::string> notes(const World& world) {
  std::vector<std::string> texts;
  for (const engine::Noted& noted : world.events<engine::Noted>()) texts.push_back(noted.text);
  return texts;
}

bool noted(const World& world, std::string_view part) {
  return std::ranges::any_of(
      notes(world), [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

}  // namespace

TEST_CASE("CBCP: the server is given our number, hangs up, calls, and the link is up by its call") {
  World world(wishing({.required = true, .number = "5550199"}));
  Office office(world);
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return noted(world, "listening"); }, 2min));
  CHECK(noted(world, "calls back 5550199 after 12 s"));
  CHECK(world.caller.engine.user_of(LineId{0}) == world.link);  // nobody else gets the line
  REQUIRE(world.run_until([&] { return world.caller.engine.up(world.link); }, 5min));
  CHECK(office.up());
  CHECK(office.promised == 1);
  CHECK(office.number == "5550199");
  CHECK(noted(world, "rings"));
  CHECK(world.ended() == nullptr);  // two calls, one attempt, no failure
  CHECK(world.events<connection::LinkConnected>().size() == 1);
  CHECK(world.misplaced.empty());
  world.run_for(10min);
  CHECK(world.caller.engine.up(world.link));
}

TEST_CASE("a number that the server knows needs none of ours, whoever of the two insists") {
  for (const bool required : {true, false}) {
    World world(wishing({.required = required}));
    Office office(world);
    office.config.call_back->may_stay = required;
    world.dial(world.link);
    REQUIRE(world.run_until([&] { return world.caller.engine.up(world.link); }, 5min));
    CHECK(office.promised == 1);
    CHECK(office.number.empty());
  }
}

TEST_CASE("callback by RFC 1570: the operation alone, and the number in the option") {
  for (const auto operation : {ppp::CallbackOperation::Account, ppp::CallbackOperation::E164}) {
    World world(wishing({.required = true, .operation = operation, .number = "5550199"}));
    Office office(world);
    world.dial(world.link);
    REQUIRE(world.run_until([&] { return world.caller.engine.up(world.link); }, 5min));
    CHECK(office.promised == 1);
  }
}

TEST_CASE("the call that does not come: CallbackMissed a minute after its time, then a redial") {
  World world(wishing({.required = true, .number = "5550199"}));
  Office office(world);
  office.calls = false;
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return noted(world, "listening"); }, 2min));
  const Instant listening = world.now;
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 5min));
  Instant when;
  CHECK(world.ended(&when)->cause.code == CauseCode::CallbackMissed);
  CHECK(world.ended()->action == connection::Action::Redial);
  CHECK(when - listening <= 12s + connection::kCallbackMargin);
  office.calls = true;
  CHECK(world.run_until([&] { return world.caller.engine.up(world.link); }, 10min));
}

TEST_CASE("a call back that rings and gives up, or is busy elsewhere, ends in a cause as well") {
  World world(wishing({.required = true, .number = "5550198"}));  // somebody else's telephone
  Office office(world);
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 10min));
  CHECK(world.ended()->cause.code == CauseCode::CallbackMissed);
}

TEST_CASE("the user hangs up while the call is waited for: the line is free at once") {
  World world(wishing({.required = true, .number = "5550199"}));
  Office office(world);
  office.calls = false;
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return noted(world, "listening"); }, 2min));
  world.run_for(5s);
  world.hang_up();
  CHECK(world.run_until([&] { return !world.caller.engine.user_of(LineId{0}); }, 15s));
  CHECK(world.caller.engine.resting(world.link));
}

TEST_CASE("a device that vanishes while the call is waited for is noticed, not waited out") {
  World world(wishing({.required = true, .number = "5550199"}));
  Office office(world);
  world.dial(world.link);
  REQUIRE(world.run_until([&] { return noted(world, "listening"); }, 2min));
  world.vanish(CauseCode::DeviceVanished);
  REQUIRE(world.ended() != nullptr);
  CHECK(world.ended()->cause.code == CauseCode::DeviceVanished);
}

TEST_CASE("a server without call back: an optional wish is dropped, a required one is a cause") {
  for (const bool required : {false, true}) {
    World world(wishing({.required = required, .number = "5550199"}));
    Office office(world);
    SUBCASE("") { office.config.call_back.reset(); }
    SUBCASE("one that lets callers stay only") {
      office.config.call_back = ppp::CallbackOffer{
          .may_stay = true, .to_callers_number = false, .to_known_number = false};
    }
    world.dial(world.link);
    if (required) {
      REQUIRE(world.run_until([&] { return world.ended() != nullptr; }, 2min));
      CHECK(world.ended()->cause.code == CauseCode::ProtocolRejected);
    } else {
      REQUIRE(world.run_until([&] { return world.caller.engine.up(world.link); }, 2min));
      CHECK(office.promised == 0);
      CHECK(world.events<connection::LinkConnected>().size() == 1);
    }
  }
}
