// SPDX-License-Identifier: Apache-2.0
// The IP Control Protocol: RFC 1332 (address, option 3) and RFC 1877 (DNS, options 129 and 131), as
// the side that asks and as the side that gives.
#pragma once

#include <cstdint>

#include "ppp/config.h"
#include "ppp/negotiator.h"

namespace redial::ppp {

class Ipcp final : private OptionRules {
 public:
  explicit Ipcp(const SessionConfig& config);

  LayerNews on(Event event, Instant now, SessionActions& out);
  LayerNews on_packet(const wire::Packet& packet, Instant now, SessionActions& out);
  LayerNews on_deadline(Instant now, SessionActions& out);
  std::optional<Instant> deadline() const { return negotiator_.deadline(); }
  State state() const { return negotiator_.state(); }

  /// What a peer that asks for an address gets; 0 = nothing to give.
  void give_peer(uint32_t address) { give_peer_ = address; }
  uint32_t local() const { return local_; }
  uint32_t peer() const { return peer_; }
  uint32_t dns() const { return dns_; }
  uint32_t dns2() const { return dns2_; }

 private:
  void write_request(wire::PacketWriter& request) const override;
  void begin_judging() override { peer_ = 0; }
  Verdict judge(const wire::Option& option, wire::PacketWriter& nak) override;
  Verdict judge_given(const wire::Option& option, uint32_t ours, wire::PacketWriter& nak) const;
  bool on_nak(const wire::Option& option) override;
  bool on_reject(const wire::Option& option) override;

  const SessionConfig* config_;
  Negotiator negotiator_;
  uint32_t local_, peer_ = 0, give_peer_ = 0;
  uint32_t dns_ = 0, dns2_ = 0;
  bool ask_dns_, ask_dns2_;
};

}  // namespace redial::ppp
