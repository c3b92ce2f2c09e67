// SPDX-License-Identifier: Apache-2.0
// The classic capture file format (draft-ietf-opsawg-pcap), link type PPP with direction (204): one
// octet, 0 received and 1 sent, then the frame as RFC 1662 §3.1 has it, without flags and FCS.
#pragma once

#include "core/bytes.h"
#include "core/time.h"

namespace redial::wire {

constexpr uint32_t kPcapPppWithDirection = 204;

/// What a file begins with.
void append_pcap_header(Bytes& out);

struct PcapFrame {
  WallTime at;
  bool sent = false;
  uint16_t protocol = 0;
  ByteView information;
};
void append_pcap_frame(const PcapFrame& frame, Bytes& out);

}  // namespace redial::wire
