// SPDX-License-Identifier: Apache-2.0
#include "ppp/ipcp.h"

namespace redial::ppp {
namespace {

// RFC 1332 §3, RFC 1877 §1.
enum class IpcpOption : uint8_t { Address = 3, Dns = 129, Dns2 = 131 };

constexpr uint32_t kDummyAddress = 0xc0000008;  // 192.0.0.8

std::optional<uint32_t> address_of(const wire::Option& option) {
  ByteReader reader(option.data);
  return option.data.size() == 4 ? reader.u32() : std::nullopt;
}

}  // namespace

Ipcp::Ipcp(const SessionConfig& config)
    : ask_dns_(config.ask_dns), ask_dns2_(config.ask_dns), local_(config.local_address) {}

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

void Ipcp::write_request(wire::PacketWriter& request) const {
  request.option_u32(static_cast<uint8_t>(IpcpOption::Address), local_);
  if (ask_dns_) request.option_u32(static_cast<uint8_t>(IpcpOption::Dns), dns_);
  if (ask_dns2_) request.option_u32(static_cast<uint8_t>(IpcpOption::Dns2), dns2_);
}

bool Ipcp::on_nak(const wire::Option& option, Context context) {
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
  }
  return true;
}

bool Ipcp::on_reject(const wire::Option& option) {
  switch (static_cast<IpcpOption>(option.type)) {
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
    case IpcpOption::Dns: return judge_given(option, context.config.give_dns, nak);
    case IpcpOption::Dns2: return judge_given(option, context.config.give_dns2, nak);
  }
  return Verdict::Reject;
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
