// SPDX-License-Identifier: Apache-2.0
// The IPv6 Control Protocol: RFC 5072. Each end gets an interface identifier of 64 bits, from which
// it makes its link-local address; no two the same.
#pragma once

#include <cstdint>

#include "core/rng.h"
#include "ppp/config.h"
#include "ppp/negotiator.h"

namespace redial::ppp {

class Ipv6cp {
 public:
  explicit Ipv6cp(Entropy& entropy);

  LayerNews on(Event event, Context context, Instant now, SessionActions& out);
  LayerNews on_packet(const wire::Packet& packet, Context context, Instant now,
                      SessionActions& out);
  LayerNews on_deadline(Context context, Instant now, SessionActions& out);
  Instant due() const { return negotiator_.due(); }
  State state() const { return negotiator_.state(); }

  uint64_t local() const { return local_; }
  uint64_t peer() const { return peer_; }

 private:
  using Verdict = OptionRules::Verdict;
  friend class RulesOf<Ipv6cp>;
  void write_request(wire::PacketWriter& request, const SessionConfig& config) const;
  void begin_judging() { peer_ = 0; }
  Verdict judge(const wire::Option& option, Context context, wire::PacketWriter& nak);
  bool on_nak(const wire::Option& option, Context context);
  bool on_reject(const wire::Option& option);

  Negotiator negotiator_{wire::Protocol::Ipv6cp};
  uint64_t local_, peer_ = 0;
  uint64_t suggested_ = 0;  // to the peer, in our last Nak
};

}  // namespace redial::ppp
