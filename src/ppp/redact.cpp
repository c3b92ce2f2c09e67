// SPDX-License-Identifier: Apache-2.0
#include "ppp/redact.h"

#include "wire/ppp.h"

namespace redial::ppp {
namespace {

using wire::Protocol;

constexpr uint8_t kPlaceholder = '*';
constexpr size_t kHeader = 4;  // code, identifier, length

void cover(std::span<uint8_t> octets, uint8_t with = kPlaceholder) {
  std::fill(octets.begin(), octets.end(), with);
}

/// RFC 1334 §2.2.1: Peer-ID-Length, Peer-ID, Passwd-Length, Password.
void cover_pap(std::span<uint8_t> packet) {
  if (packet[0] != 1) return;
  std::span<uint8_t> rest = packet.subspan(kHeader);
  if (rest.empty()) return;
  const size_t id = size_t{rest[0]} + 1;
  if (rest.size() <= id) return;
  cover(rest.subspan(id + 1));
}

/// RFC 1994 §4: challenges and responses carry a Value; RFC 2759 adds one to a Success ("S=...")
/// and a password to a Change-Password.
void cover_chap(std::span<uint8_t> packet) {
  std::span<uint8_t> rest = packet.subspan(kHeader);
  if (rest.empty()) return;
  if (packet[0] == 1 || packet[0] == 2) {
    cover(rest.subspan(1, std::min<size_t>(rest[0], rest.size() - 1)), 0);
    return;
  }
  if (packet[0] > 4) return cover(rest, 0);
  for (const std::string_view mark : {"S=", "C="}) {
    const size_t found = as_text(rest).find(mark);
    if (found == std::string_view::npos) continue;
    for (size_t at = found + mark.size(); at < rest.size() && rest[at] != ' '; ++at) rest[at] = '0';
  }
}

void cover_packet(uint16_t protocol, std::span<uint8_t> packet) {
  if (packet.size() < kHeader) return;
  switch (Protocol{protocol}) {
    case Protocol::Pap: return cover_pap(packet);
    case Protocol::Chap: return cover_chap(packet);
    case Protocol::Eap: return cover(packet.subspan(kHeader), 0);
    case Protocol::Lcp:
      // RFC 1661 §5.7: a rejected frame comes back in the Protocol-Reject.
      if (packet[0] == static_cast<uint8_t>(wire::Code::ProtocolReject) &&
          packet.size() >= kHeader + 2) {
        cover_packet(static_cast<uint16_t>(packet[kHeader] << 8 | packet[kHeader + 1]),
                     packet.subspan(kHeader + 2));
      }
      return;
    case Protocol::Ip:
    case Protocol::VjCompressed:
    case Protocol::VjUncompressed:
    case Protocol::Ipv6:
    case Protocol::Ipcp:
    case Protocol::Ipv6cp:
    case Protocol::Ccp:
    case Protocol::Lqr:
    case Protocol::Cbcp: return;
  }
}

}  // namespace

Bytes redacted(uint16_t protocol, ByteView information, const Secret& secret) {
  Bytes kept(information.begin(), information.end());
  if (protocol < 0x8000) return kept;  // RFC 1661 §2: the network layer's own data
  cover_packet(protocol, kept);
  const ByteView value = as_bytes(secret.reveal());
  if (value.empty()) return kept;
  for (auto at = kept.begin();;) {
    at = std::search(at, kept.end(), value.begin(), value.end());
    if (at == kept.end()) return kept;
    at = std::fill_n(at, value.size(), kPlaceholder);
  }
}

}  // namespace redial::ppp
