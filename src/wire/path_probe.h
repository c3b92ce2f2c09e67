// SPDX-License-Identifier: Apache-2.0
// Probes beyond the peer as IPv4 packets, made and recognised here so that they can leave by one
// link only: ICMP echo (RFC 792), a TCP SYN (RFC 9293), a DNS query (RFC 1035 §4.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace redial::wire {

enum class PathProbe : uint8_t { Icmp, Tcp, Dns };

struct ProbeTarget {
  PathProbe how = PathProbe::Icmp;
  uint32_t address = 0;  // host byte order; 0: the peer, or for Dns the server that it gave
  uint16_t port = 0;     // Tcp, Dns
  bool operator==(const ProbeTarget&) const = default;
};

/// "icmp:10.0.0.1", "icmp:peer", "tcp:10.0.0.5:80", "dns:10.0.0.3", "dns:given"; nullopt: none of
/// these.
std::optional<ProbeTarget> read_probe_target(std::string_view text);
std::string to_text(const ProbeTarget& target);

/// Ours and theirs, host byte order; `tag`: of the link, in port or identifier; `number`: of the
/// probe.
struct ProbeIds {
  uint32_t ours, theirs;
  uint16_t tag, number;
};
Bytes probe_packet(const ProbeTarget& target, const ProbeIds& ids);

/// What came for a probe of ours: any answer will do, a refusal included.
struct ProbeAnswer {
  bool beyond = true;  // of the target; false: an unreachable from somebody on the way
  Bytes farewell;      // to be sent: RST to a SYN-ACK; else empty
};
/// Nullopt: not for us. `ids.number` is not looked at: a late answer is an answer.
std::optional<ProbeAnswer> probe_answer(const ProbeTarget& target, const ProbeIds& ids,
                                        ByteView packet);

}  // namespace redial::wire
