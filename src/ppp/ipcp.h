// SPDX-License-Identifier: Apache-2.0
// The IP Control Protocol: RFC 1332 (compression, option 2; address, option 3) and RFC 1877 (DNS,
// options 129 and 131), as the side that asks and as the side that gives.
#pragma once

#include <cstdint>
#include <optional>

#include "ppp/config.h"
#include "ppp/negotiator.h"
#include "wire/vj.h"

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
  /// Van Jacobson's compression towards the peer, and from it (RFC 1332 §4).
  struct Vj {
    uint8_t slot_max;
    bool slot_may_be_left_out;
  };
  std::optional<Vj> vj_to_peer() const;
  std::optional<Vj> vj_from_peer() const;

 private:
  using Verdict = OptionRules::Verdict;
  friend class RulesOf<Ipcp>;
  void write_request(wire::PacketWriter& request, const SessionConfig& config) const;
  void begin_judging() {
    peer_ = 0;
    vj_to_peer_ = false;
  }
  Verdict judge_compression(const wire::Option& option, bool wanted, wire::PacketWriter& nak);
  void on_compression_nak(const wire::Option& option);
  Verdict judge(const wire::Option& option, Context context, wire::PacketWriter& nak);
  Verdict judge_given(const wire::Option& option, uint32_t ours, wire::PacketWriter& nak) const;
  bool on_nak(const wire::Option& option, Context context);
  bool on_reject(const wire::Option& option);

  [[no_unique_address]] Negotiator negotiator_{wire::Protocol::Ipcp};
  bool ask_dns_ : 1, ask_dns2_ : 1, ask_vj_ : 1;
  bool vj_to_peer_ : 1 = false, to_peer_without_slot_ : 1 = false;
  bool from_peer_without_slot_ : 1 = true;
  uint8_t to_peer_slot_max_ = 0, from_peer_slot_max_ = wire::kVjSlotMax;
  uint32_t local_, peer_ = 0, give_peer_ = 0;
  uint32_t dns_ = 0, dns2_ = 0;
};

}  // namespace redial::ppp
