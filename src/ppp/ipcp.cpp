// SPDX-License-Identifier: Apache-2.0
#include "ppp/ipcp.h"

#include <algorithm>
#include <array>

namespace redial::ppp {
namespace {

// RFC 1332 §3, RFC 1877 §1.
enum class IpcpOption : uint8_t { Compression = 2, Address = 3, Dns = 129, Dns2 = 131 };

constexpr uint32_t kDummyAddress = 0xc0000008;  // 192.0.0.8

std::optional<uint32_t> address_of(const wire::Option& option) {
  ByteReader reader(option.data);
  return option.data.size() == 4 ? reader.u32() : std::nullopt;
}

/// RFC 1332 §4: max-slot-id, and whether the slot may be left out of a frame.
std::optional<Ipcp::Vj> vj_of(const wire::Option& option) {
  const ByteView data = option.data;
  if (data.size() != 4 || data[0] != 0x00 || data[1] != 0x2d) return std::nullopt;
  return Ipcp::Vj{data[2], data[3] != 0};
}
std::array<uint8_t, 4> vj_option(Ipcp::Vj vj) {
  return {0x00, 0x2d, vj.slot_max, vj.slot_may_be_left_out ? uint8_t{1} : uint8_t{0}};
}

}  // namespace

Ipcp::Ipcp(const SessionConfig& config)
    : ask_dns_(config.ask_dns),
      ask_dns2_(config.ask_dns),
      ask_vj_(config.vj),
      local_(config.local_address) {}

LayerNews Ipcp::on(Event event, Context context, Instant now, SessionActions& out) {
  RulesOf<Ipcp> rules(*this, context);
  return negotiator_.on(event, rules, now, out);
}

LayerNews Ipcp::on_packet(const wire::Packet& packet, Context context, Instant now,
                          SessionActions& out) {
  RulesOf<Ipcp> rules(*this, context);
  return negotiator_.on_packet(packet, rules, now, out);
}

LayerNews Ipcp::on_deadline(Context context, Instant now, SessionActions& out) {
  RulesOf<Ipcp> rules(*this, context);
  return negotiator_.on_deadline(rules, now, out);
}

void Ipcp::write_request(wire::PacketWriter& request, const SessionConfig&) const {
  if (const auto vj = vj_from_peer()) {
    request.option(static_cast<uint8_t>(IpcpOption::Compression), vj_option(*vj));
  }
  request.option_u32(static_cast<uint8_t>(IpcpOption::Address), local_);
  if (ask_dns_) request.option_u32(static_cast<uint8_t>(IpcpOption::Dns), dns_);
  if (ask_dns2_) request.option_u32(static_cast<uint8_t>(IpcpOption::Dns2), dns2_);
}

bool Ipcp::on_nak(const wire::Option& option, Context context) {
  if (static_cast<IpcpOption>(option.type) == IpcpOption::Compression) {
    on_compression_nak(option);
    return true;
  }
  const auto given = address_of(option);
  if (!given) return true;
  switch (static_cast<IpcpOption>(option.type)) {
    case IpcpOption::Address:
      // A fixed address of the entry is a demand: RAS error 735 when the peer wants another.
      if (context.config.local_address != 0) return *given == context.config.local_address;
      local_ = *given;
      return true;
    case IpcpOption::Dns: dns_ = *given; return true;
    case IpcpOption::Dns2: dns2_ = *given; return true;
    case IpcpOption::Compression: break;
  }
  return true;
}

bool Ipcp::on_reject(const wire::Option& option) {
  switch (static_cast<IpcpOption>(option.type)) {
    case IpcpOption::Compression: ask_vj_ = false; return true;
    case IpcpOption::Address: return false;
    case IpcpOption::Dns:
      ask_dns_ = false;
      dns_ = 0;
      return true;
    case IpcpOption::Dns2:
      ask_dns2_ = false;
      dns2_ = 0;
      return true;
  }
  return true;
}

OptionRules::Verdict Ipcp::judge(const wire::Option& option, Context context,
                                 wire::PacketWriter& nak) {
  switch (static_cast<IpcpOption>(option.type)) {
    case IpcpOption::Address: {
      const auto asked = address_of(option);
      if (!asked) return Verdict::Reject;
      // Nothing to give: any address the peer has is its own business. One that has none and asks
      // would end IPCP when refused (slirp does, as pppd does), so it gets the dummy address of
      // RFC 7600 §4.8 for its end of this link.
      const uint32_t own = *asked != 0 ? *asked : kDummyAddress;
      const uint32_t wanted = give_peer_ != 0 ? give_peer_ : own;
      if (*asked != wanted) {
        nak.option_u32(option.type, wanted);
        return Verdict::Nak;
      }
      peer_ = *asked;
      return Verdict::Ack;
    }
    case IpcpOption::Compression: return judge_compression(option, context.config.vj, nak);
    case IpcpOption::Dns: return judge_given(option, context.config.give_dns, nak);
    case IpcpOption::Dns2: return judge_given(option, context.config.give_dns2, nak);
  }
  return Verdict::Reject;
}

// What the peer can decompress; we use no more than our own number of slots of it.
OptionRules::Verdict Ipcp::judge_compression(const wire::Option& option, bool wanted,
                                             wire::PacketWriter& nak) {
  if (!wanted) return Verdict::Reject;
  const auto vj = vj_of(option);
  if (!vj) {  // another method, or the form of RFC 1172
    nak.option(option.type, vj_option({wire::kVjSlotMax, true}));
    return Verdict::Nak;
  }
  vj_to_peer_ = true;
  to_peer_slot_max_ = vj->slot_max;
  to_peer_without_slot_ = vj->slot_may_be_left_out;
  return Verdict::Ack;
}

// The peer's compressor wants fewer slots, or the slot in every frame; another method we have not.
void Ipcp::on_compression_nak(const wire::Option& option) {
  const auto vj = vj_of(option);
  if (!vj) {
    ask_vj_ = false;
    return;
  }
  from_peer_slot_max_ = std::min(vj->slot_max, from_peer_slot_max_);
  from_peer_without_slot_ = from_peer_without_slot_ && vj->slot_may_be_left_out;
}

std::optional<Ipcp::Vj> Ipcp::vj_to_peer() const {
  if (!vj_to_peer_) return std::nullopt;
  return Vj{to_peer_slot_max_, to_peer_without_slot_};
}

std::optional<Ipcp::Vj> Ipcp::vj_from_peer() const {
  if (!ask_vj_) return std::nullopt;
  return Vj{from_peer_slot_max_, from_peer_without_slot_};
}

OptionRules::Verdict Ipcp::judge_given(const wire::Option& option, uint32_t ours,
                                       wire::PacketWriter& nak) const {
  const auto asked = address_of(option);
  if (!asked || ours == 0) return Verdict::Reject;
  if (*asked == ours) return Verdict::Ack;
  nak.option_u32(option.type, ours);
  return Verdict::Nak;
}

}  // namespace redial::ppp
