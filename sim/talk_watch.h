// SPDX-License-Identifier: Apache-2.0
// What one link's call says over its line, and when: commands before the carrier and frames after
// it, a negotiation that ends in its time, and good-byes that are answered.
#pragma once

#include <optional>

#include "core/bytes.h"
#include "engine/effects.h"
#include "sim/broken.h"

namespace redial::sim {

/// What is known of the call when something is said in it.
struct CallMoment {
  bool carrier = false;  // there has been one
  bool up = false;
  bool online = false;  // the modem passes on what it is given
  bool clean = false;   // nothing is wrong with line, modem and peer, nor has been a moment ago
};

class TalkWatch {
 public:
  using MaybeBroken = std::optional<Broken>;

  void on_calling() { *this = {}; }
  /// `no_ppp`: from here on until a peer that says nothing is given up; `agreed`: until the link is
  /// up, or the negotiation has ended.
  void on_carrier(Duration no_ppp, Duration agreed, Instant now) {
    no_ppp_by_ = now + no_ppp;
    agreed_by_ = now + agreed;
  }
  MaybeBroken on_connected(Instant now) { return in_time(now); }
  MaybeBroken on_ended(const connection::LinkEnded& ended, Instant now);
  /// What the caller sends.
  MaybeBroken on_sent(ByteView octets, const CallMoment& at);
  /// Whether there is a good-bye in what somebody sends.
  static bool says_goodbye(ByteView octets);
  /// What its far end sends: a good-bye must be answered.
  void on_heard(ByteView octets, const CallMoment& at, Instant now);
  /// The line is closed: nothing more will be said.
  MaybeBroken on_closed(Instant now);
  /// Whatever was about to be said may not be heard.
  void on_fault() {
    goodbye_.reset();
    said_goodbye_ = false;
  }
  void on_sleep(Duration asleep);

 private:
  MaybeBroken in_time(Instant now);

  struct Goodbye {
    uint8_t id;
    Instant at;
  };
  std::optional<Goodbye> goodbye_;  // heard, and not answered yet
  bool said_goodbye_ = false;       // heard, whether answered or not
  Instant no_ppp_by_ = kNever, agreed_by_ = kNever;
};

}  // namespace redial::sim
