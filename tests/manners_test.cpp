// SPDX-License-Identifier: Apache-2.0
// A real server behind a filter that mangles its frames in one manner (lab/mangler.h) costs its own
// link at most; a manner that leaves the link usable does not end it; and once it ends, the link is
// up within its bound.
#include "support/world.h"

using namespace redial;
using namespace redial::test;
using lab::Manner;

namespace {

constexpr Duration kSpoilt = 20min;
/// The longest back-off, an attempt that fails at its deadline, and one that does not.
constexpr Duration kBack = 10min;
/// A password that was refused twice is held for half an hour (policy table).
constexpr Duration kHold = 31min;

struct Expected {
  Manner manner;
  /// How calls end that begin with it; nullopt: it may be lived with, and the link stays up.
  std::optional<CauseCode> from_start;
  /// And one that is up already: the first ending.
  std::optional<CauseCode> in_mid_call;
};

constexpr std::array<Expected, lab::kManners - 1> kExpected = {{
    {Manner::SilentlyKilled, CauseCode::PppNoResponse, CauseCode::PeerSilent},
    {Manner::NeverEchoes, {}, {}},
    {Manner::EndlessNak, CauseCode::PppNotConverging, {}},
    {Manner::EndlessReject, CauseCode::PppTimeout, {}},
    {Manner::LateAcks, {}, {}},
    {Manner::Loopback, CauseCode::LoopbackDetected, CauseCode::LoopbackDetected},
    {Manner::WrongMagic, {}, {}},
    {Manner::ChangesAddress, {}, {}},
    {Manner::UnnegotiatedChap, {}, {}},  // asked again and never judged: the link lives
    {Manner::DropsChapSuccess, CauseCode::AuthTimeout, {}},
    {Manner::RefusesPassword, CauseCode::AuthRejected, {}},
    {Manner::Garbage, {}, {}},
    {Manner::RejectsEverything, CauseCode::ProtocolRejected, {}},
    {Manner::Renegotiates, {}, {}},
    {Manner::TerminatesAtOnce, CauseCode::PeerTerminated, CauseCode::PeerTerminated},
    {Manner::BadFcs, {}, {}},
    {Manner::TerminateIgnored, {}, {}},
    {Manner::FalseProof, CauseCode::ServerNotProven, {}},
}};

/// The link of the world, which nobody wrongs; and one to a server that somebody does.
struct Elsewhere : World {
  Elsewhere() {
    start();
    REQUIRE(run_until([&] { return up(); }, 2min));
    port = add_port("5550666");
    wronged = add_link("elsewhere", "5550666");
    run_for(5s);
  }
  void behave(Manner manner) { exchange.set_manner(server.modems[1], manner, now); }
  bool wronged_up() const { return caller.engine.up(wronged) && server.engine.up(port); }
  std::vector<CauseCode> endings(LinkId which) const {
    std::vector<CauseCode> found;
    for (const auto& [at, event] : log) {
      const auto* ended = std::get_if<connection::LinkEnded>(&event.body);
      if (ended != nullptr && event.link == which) found.push_back(ended->cause.code);
    }
    return found;
  }
  void comes_back(Manner manner) {
    behave(Manner::None);
    const Duration bound =
        manner == Manner::RefusesPassword || manner == Manner::FalseProof ? kHold : kBack;
    CHECK(run_until([&] { return wronged_up(); }, bound));
    CHECK(up());
    CHECK(endings(link).empty());
  }
  LinkId port{}, wronged{};
};

}  // namespace

TEST_CASE("calls to a hostile server end by its cause or live with it; mended, the link comes up") {
  for (const Expected& expected : kExpected) {
    CAPTURE(std::string(name(expected.manner)));
    Elsewhere world;
    world.behave(expected.manner);
    world.dial(world.wronged);
    world.run_for(kSpoilt);
    const auto endings = world.endings(world.wronged);
    if (expected.from_start) {
      REQUIRE(endings.size() >= 2);  // given up, and tried again
      CHECK(endings.size() <= 40);
      CHECK(endings.front() == *expected.from_start);
    } else {
      CHECK(endings.empty());
      CHECK(world.wronged_up());
    }
    world.comes_back(expected.manner);
  }
}

TEST_CASE(
    "a server that turns hostile in mid-call: noticed, or lived with; mended, it is up again") {
  for (const Expected& expected : kExpected) {
    CAPTURE(std::string(name(expected.manner)));
    Elsewhere world;
    world.dial(world.wronged);
    REQUIRE(world.run_until([&] { return world.wronged_up(); }, 2min));
    world.behave(expected.manner);
    world.run_for(kSpoilt);
    const auto endings = world.endings(world.wronged);
    if (expected.in_mid_call) {
      REQUIRE_FALSE(endings.empty());
      CHECK(endings.front() == *expected.in_mid_call);
    } else {
      CHECK(endings.empty());
      CHECK(world.wronged_up());
    }
    world.comes_back(expected.manner);
  }
}
