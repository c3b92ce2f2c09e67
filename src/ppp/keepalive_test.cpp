// SPDX-License-Identifier: Apache-2.0
#include "ppp/keepalive.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::ppp;

TEST_CASE("an answer out of a long stall, the first of all, leaves the watch as it was promised") {
  const KeepaliveConfig config;
  Keepalive keepalive(config);
  Instant now{1s};
  keepalive.start(now);
  now += config.echo_after_silence;
  REQUIRE(keepalive.on_deadline(now).size() == 1);
  now += 5min;  // the machine slept, and only the first probe is ever answered
  keepalive.on_reply(0, now);
  keepalive.on_life(now);
  CHECK(keepalive.round_trip() <= config.round_trip_max);

  const Instant silent_since = now;
  bool dead = false;
  while (keepalive.deadline()) {
    now = *keepalive.deadline();
    for (const KeepaliveAction& action : keepalive.on_deadline(now)) {
      dead = dead || std::holds_alternative<PeerDead>(action);
    }
  }
  CHECK(dead);
  CHECK(now - silent_since <= config.bound(config.round_trip_max));
}

TEST_CASE("answers out of stalls, late as they are, do not lengthen what a quick line promises") {
  const KeepaliveConfig config;
  Keepalive keepalive(config);
  Instant now{1s};
  const auto answered_after = [&](Duration round_trip) {
    now = *keepalive.deadline();
    REQUIRE(keepalive.on_deadline(now).size() == 1);
    now += round_trip;
    keepalive.on_reply(0, now);
    keepalive.on_life(now);
  };
  keepalive.start(now);
  keepalive.on_reply(0, now + 100ms);
  for (int i = 0; i < 5; ++i) answered_after(17s);  // the peer's machine slept
  CHECK(keepalive.round_trip() <= config.round_trip_max);
  // A line that is slow indeed stretches it, step by step, and no longer than it is slow.
  for (int i = 0; i < 100; ++i) answered_after(4s);
  CHECK(keepalive.round_trip() > 3s);
  for (int i = 0; i < 5; ++i) answered_after(100ms);
  CHECK(keepalive.round_trip() <= config.round_trip_max);
}
