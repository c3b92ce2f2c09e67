// SPDX-License-Identifier: Apache-2.0
#include "ppp/ipv6cp.h"

namespace redial::ppp {
namespace {

constexpr uint8_t kInterfaceIdentifier = 1;  // RFC 5072 §4.1

// Random, and said to be so: the "universal" bit is clear (RFC 5072 §4.1, RFC 4291 §2.5.1).
uint64_t fresh_identifier(Entropy& entropy) {
  const uint64_t high = entropy.u32();
  const uint64_t value = (high << 32 | entropy.u32()) & ~(uint64_t{0x02} << 56);
  return value != 0 ? value : 1;
}

std::optional<uint64_t> identifier_of(const wire::Option& option) {
  ByteReader reader(option.data);
  const auto high = reader.u32();
  const auto low = reader.u32();
  if (!low || reader.left() != 0) return std::nullopt;
  return uint64_t{*high} << 32 | *low;
}

void write_identifier(uint64_t identifier, wire::PacketWriter& packet) {
  uint8_t octets[8];
  for (unsigned i = 0; i < 8; ++i) octets[i] = static_cast<uint8_t>(identifier >> (56 - 8 * i));
  packet.option(kInterfaceIdentifier, octets);
}

}  // namespace

Ipv6cp::Ipv6cp(Entropy& entropy) : local_(fresh_identifier(entropy)) {}

LayerNews Ipv6cp::on(Event event, Context context, Instant now, SessionActions& out) {
  RulesOf<Ipv6cp> rules(*this, context);
  return negotiator_.on(event, rules, now, out);
}

LayerNews Ipv6cp::on_packet(const wire::Packet& packet, Context context, Instant now,
                            SessionActions& out) {
  RulesOf<Ipv6cp> rules(*this, context);
  return negotiator_.on_packet(packet, rules, now, out);
}

LayerNews Ipv6cp::on_deadline(Context context, Instant now, SessionActions& out) {
  RulesOf<Ipv6cp> rules(*this, context);
  return negotiator_.on_deadline(rules, now, out);
}

void Ipv6cp::write_request(wire::PacketWriter& request, const SessionConfig&) const {
  write_identifier(local_, request);
}

// §4.1: what the peer may keep is any identifier but zero and ours.
OptionRules::Verdict Ipv6cp::judge(const wire::Option& option, Context context,
                                   wire::PacketWriter& nak) {
  const auto asked = identifier_of(option);
  if (option.type != kInterfaceIdentifier || !asked) return Verdict::Reject;
  if (*asked != 0 && *asked != local_) {
    peer_ = *asked;
    return Verdict::Ack;
  }
  do {
    suggested_ = fresh_identifier(context.entropy);
  } while (suggested_ == local_);
  write_identifier(suggested_, nak);
  return Verdict::Nak;
}

// §4.1: one that we have just suggested ourselves is the same collision again, or a loop.
bool Ipv6cp::on_nak(const wire::Option& option, Context context) {
  const auto given = identifier_of(option);
  if (option.type != kInterfaceIdentifier || !given) return true;
  local_ = *given != 0 && *given != suggested_ ? *given : fresh_identifier(context.entropy);
  return true;
}

// Without an identifier there is no address; IPv6 is given up, not the link.
bool Ipv6cp::on_reject(const wire::Option& option) { return option.type != kInterfaceIdentifier; }

}  // namespace redial::ppp
