// SPDX-License-Identifier: Apache-2.0
// The side that answers: modems of the virtual network with a PPP access server of ours behind
// them, and user-mode NAT behind that. What the demo and `redial exchange` have at the far end.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cli/lab_network.h"
#include "host/host.h"
#include "io/nat.h"

namespace redial::cli {

class FarSide {
 public:
  /// All outlive it. `accounts` null: callers need not prove themselves.
  FarSide(io::Loop& loop, LabNetwork& network, Entropy& entropy, uint64_t seed,
          const ppp::AccountBook* accounts);

  /// How soon it misses a caller of whom it hears nothing, and hangs up.
  static constexpr Duration kCallerGoneWithin = 11s;

  Result<void> start_nat();
  /// One more modem with that number, a port on it, and an address for its caller; it listens.
  /// `lcp_restart`: how patient it is with a caller that speaks no PPP; ten times this.
  LinkId add_port(const std::string& number, Duration lcp_restart = 3s);
  host::Host& host() { return host_; }
  const host::Host& host() const { return host_; }

 private:
  io::Loop& loop_;
  LabNetwork& network_;
  const ppp::AccountBook* accounts_;
  host::Host host_;
  std::unique_ptr<io::Nat> nat_;
  std::vector<std::pair<uint32_t, LinkId>> callers_;  // by the caller's address
};

}  // namespace redial::cli
