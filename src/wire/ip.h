// SPDX-License-Identifier: Apache-2.0
// IP packets at the edge of a link: who they are from and for (RFC 791, RFC 8200), what may pass,
// the segment size of a TCP connection cut to the link's MTU, and the refusal of a packet.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/bytes.h"
#include "core/ip_address.h"

namespace redial::wire {

struct IpHeader {
  IpAddress source, destination;
  uint8_t protocol = 0;   // of what follows; an IPv6 packet's first next header
  size_t octets = 0;      // of the header
  bool fragment = false;  // not the whole datagram
  bool operator==(const IpHeader&) const = default;
};

/// Nullopt: neither IPv4 nor IPv6, or shorter than it says itself.
std::optional<IpHeader> read_ip(ByteView packet);

/// One site never reaches another: what may come in on a link, and go out on it.
class IpEdge {
 public:
  /// `ours`: addresses of this end; `behind`: networks reached through us on purpose.
  IpEdge() = default;
  IpEdge(std::vector<IpAddress> ours, std::vector<IpPrefix> behind);

  /// A packet from the link: for one of our addresses or a network behind us, and from neither. To
  /// groups (multicast) only within the link.
  bool may_enter(const IpHeader& header) const;
  /// A packet for the link: from one of our addresses or a network behind us.
  bool may_leave(const IpHeader& header) const;

 private:
  bool is_ours(const IpAddress& address) const;
  bool is_behind(const IpAddress& address) const;

  std::vector<IpAddress> ours_;
  std::vector<IpPrefix> behind_;
};

/// A packet of a program's that wants to reach somebody: not to a group, not link-local.
bool asks_for_link(ByteView packet);

/// A TCP SYN that announces segments which do not fit into `mtu` announces smaller ones afterwards,
/// its checksum mended (RFC 1624). True: it was changed.
bool clamp_mss(std::span<uint8_t> packet, uint16_t mtu);

/// ICMP "host unreachable" (RFC 792) or ICMPv6 "no route" (RFC 4443 §3.1) to the sender of
/// `packet`. Empty for what must not be answered: ICMP errors, fragments but the first, groups.
Bytes unreachable(ByteView packet);

}  // namespace redial::wire
