// SPDX-License-Identifier: Apache-2.0
// The IP Control Protocol: RFC 1332 (address, option 3) and RFC 1877 (DNS, options 129 and 131), as
// the side that asks and as the side that gives.
#pragma once

#include <cstdint>

#include "ppp/config.h"
#include "ppp/negotiator.h"

namespace redial::ppp {

class Ipcp {
 public:
  explicit Ipcp(const SessionConfig& config);

  LayerNews on(Event event, Context context, Instant now, SessionActions& out);
  LayerNews on_packet(const wire::Packet& packet, Context context, Instant now,
                      SessionActions& out);
  LayerNews on_deadline(Context context, Instant now, SessionActions& out);
  Instant due() const { return negotiator_.due(); }
  State state() const { return negotiator_.state(); }

  /// What a peer that asks for an address gets; 0 = nothing to give.
  void give_peer(uint32_t address) { give_peer_ = address; }
  uint32_t local() const { return local_; }
  uint32_t peer() const { return peer_; }
  uint32_t dns() const { return dns_; }
  uint32_t dns2() const { return dns2_; }

 private:
  using Verdict = OptionRules::Verdict;
  friend class RulesOf<Ipcp>;
  void write_request(wire::PacketWriter& request) const;
  void begin_judging() { peer_ = 0; }
  Verdict judge(const wire::Option& option, Context context, wire::PacketWriter& nak);
  Verdict judge_given(const wire::Option& option, uint32_t ours, wire::PacketWriter& nak) const;
  bool on_nak(const wire::Option& option, Context context);
  bool on_reject(const wire::Option& option);

  [[no_unique_address]] Negotiator negotiator_{wire::Protocol::Ipcp};
  bool ask_dns_ : 1, ask_dns2_ : 1;
  uint32_t local_, peer_ = 0, give_peer_ = 0;
  uint32_t dns_ = 0, dns2_ = 0;
};

}  // namespace redial::ppp
