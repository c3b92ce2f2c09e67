// SPDX-License-Identifier: Apache-2.0
// A path that dies beyond a peer that lives, against whole engines in virtual time: probes leave
// and come back by the link itself, and the link is redialled within the bound that explain prints
// (failures.md F2 and F9).
#include <deque>

#include "connection/detection.h"
#include "support/world.h"

using namespace redial;
using namespace redial::test;

namespace {

/// A world whose far end answers pings to the peer while `answers`, and packets of the user's while
/// `echoes`.
struct PathWorld {
  explicit PathWorld(std::vector<std::string> targets = {})
      : world({.dial = [&](engine::DialPlan& plan) {
          plan.entry.watch.path = targets;
          for (const std::string& text : targets) {
            plan.path_targets.push_back(*wire::read_probe_target(text));
          }
          entry = plan.entry;
          session = plan.session;
        }}) {
    world.on_step = [this] { far_end(); };
  }

  void far_end() {
    for (Bytes& packet : std::exchange(world.received, {})) {
      const bool for_peer = packet.size() >= 20 && packet[16] == 10 && packet[19] == 1;
      const bool icmp = packet.size() >= 28 && packet[9] == 1;
      if (!for_peer) {
        replies_to_user += icmp ? 1 : 0;
        continue;
      }
      const bool ping = icmp && packet[20] == 8;
      pings += ping ? 1 : 0;
      if (!(ping ? answers : echoes)) continue;
      std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
      if (ping) packet[20] = 0;
      world.send_from_server(packet);
    }
  }
  /// The user asks something and, while `echoes`, is answered.
  void use_for(Duration duration) {
    for (Duration used = 0s; used < duration && world.up(); used += 1s) {
      world.send_packet();
      world.run_for(1s);
    }
  }
  Duration bound() const {
    const auto rows = connection::detection(entry, session, {});
    return *connection::noticed_within(rows, connection::Failure::PathDies);
  }

  phonebook::Entry entry;
  ppp::SessionConfig session;
  World world;
  bool answers = true, echoes = true;
  int pings = 0, replies_to_user = 0;
};

TEST_CASE(
    "a requested path that dies is noticed within its bound, though the peer answers echoes") {
  PathWorld path({"icmp:peer"});
  path.world.start();
  REQUIRE(path.world.run_until([&] { return path.world.up(); }));
  path.world.run_for(10min);
  CHECK(path.world.up());
  CHECK(path.pings >= 15);

  path.answers = false;
  const Instant dead = path.world.now;
  REQUIRE(path.world.run_until([&] { return path.world.ended() != nullptr; }, 5min));
  Instant noticed;
  CHECK(path.world.ended(&noticed)->cause.code == CauseCode::PathDead);
  CHECK(noticed - dead <= path.bound());
  path.answers = true;
  CHECK(path.world.run_until([&] { return path.world.up(); }, 5min));
  CHECK(path.world.misplaced.empty());
}

TEST_CASE("data that vanish beyond the peer end a link whose peer was known to answer") {
  PathWorld path;
  path.world.start();
  REQUIRE(path.world.run_until([&] { return path.world.up(); }));
  path.use_for(2min);
  REQUIRE(path.world.up());
  CHECK(path.pings == 1);
  path.answers = path.echoes = false;
  const Instant dead = path.world.now;
  path.use_for(5min);
  Instant noticed;
  REQUIRE(path.world.ended(&noticed) != nullptr);
  CHECK(path.world.ended()->cause.code == CauseCode::PathDead);
  CHECK(noticed - dead <= path.bound());
}

TEST_CASE("a link that only sends stays up while its peer answers the pings") {
  PathWorld path;
  path.echoes = false;
  path.world.start();
  REQUIRE(path.world.run_until([&] { return path.world.up(); }));
  path.use_for(30min);
  CHECK(path.world.up());
  CHECK(path.pings >= 1);
}

TEST_CASE("the answers to probes are the link's own: none reaches its user") {
  PathWorld path({"icmp:peer"});
  path.world.start();
  REQUIRE(path.world.run_until([&] { return path.world.up(); }));
  path.world.run_for(10min);
  CHECK(path.pings > 0);
  CHECK(path.replies_to_user == 0);
}

TEST_CASE("a target that the peer makes impossible is told, and no healthy link is ended for it") {
  PathWorld path({"dns:given"});
  path.world.start();
  REQUIRE(path.world.run_until([&] { return path.world.up(); }));
  path.world.run_for(30min);
  CHECK(path.world.up());
  CHECK(path.world.ended() == nullptr);
  CHECK(std::ranges::any_of(path.world.events<engine::Noted>(), [](const engine::Noted& noted) {
    return noted.text.starts_with("warning: watch.path has dns:given");
  }));
}

}  // namespace
