// SPDX-License-Identifier: Apache-2.0
#include "wire/housekeeping.h"

namespace redial::wire {

bool is_housekeeping(ByteView packet) {
  constexpr size_t kIpv4Octets = 20, kIpv6Octets = 40;
  constexpr uint8_t kIgmp = 2, kHopByHop = 0, kIcmpV6 = 58;
  if (packet.size() >= kIpv4Octets && packet[0] >> 4 == 4) return packet[9] == kIgmp;
  if (packet.size() < kIpv6Octets || packet[0] >> 4 != 6) return false;
  uint8_t next = packet[6];
  size_t at = kIpv6Octets;
  if (next == kHopByHop && packet.size() >= at + 2) {  // RFC 8200 §4.3
    next = packet[at];
    at += (packet[at + 1] + 1u) * 8;
  }
  if (next != kIcmpV6 || packet.size() <= at) return false;
  const uint8_t type = packet[at];
  return (type >= 130 && type <= 137) || type == 143;
}

}  // namespace redial::wire
