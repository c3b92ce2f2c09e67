// SPDX-License-Identifier: Apache-2.0
// For the fuzzers of a PPP session: the watched one and its honest peer, joined by whoever passes
// their frames.
#pragma once

#include "session_world.h"

namespace redial::ppp::fuzz {

struct World {
  World(bool we_call, AuthMethod method, unsigned more)
      : calling(caller(method, more)),
        answering(server(accounts, method, more)),
        ours(we_call ? calling : answering, entropy),
        peer(we_call ? answering : calling, entropy) {
    ours.open(now);
    peer.open(now);
  }

  Accounts accounts;
  SessionConfig calling, answering;
  SeededEntropy entropy{7};
  Instant now{std::chrono::seconds(1)};
  Watched ours, peer;

  void wait(Duration duration) {
    const Instant until = now + duration;
    for (int wakes = 0;; ++wakes) {
      const auto next = earlier(ours.session.deadline(), peer.session.deadline());
      if (!next || *next > until) break;
      REDIAL_ASSERT(wakes < 10'000);
      now = std::max(now, *next);
      ours.wake(now);
      peer.wake(now);
    }
    now = until;
  }
  static void pass(Watched& from, Watched& to, Instant now) {
    if (from.sent.empty()) return;
    const Bytes octets = std::move(from.sent.front());
    from.sent.pop_front();
    to.hear(octets, now);
  }
  void converse(unsigned frames) {
    for (; frames > 0; --frames) {
      pass(ours, peer, now);
      pass(peer, ours, now);
    }
  }
};

}  // namespace redial::ppp::fuzz
