// SPDX-License-Identifier: Apache-2.0
// IP packets of a stranger: never read beyond their end, and a changed SYN fits afterwards.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "wire/ip.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes packet(data, data + size);
  const wire::IpEdge edge({IpAddress::v4(0x0a000002)}, {*IpPrefix::parse("fd00::/8")});
  if (const auto header = wire::read_ip(packet)) {
    REDIAL_ASSERT(header->octets <= packet.size());
    static_cast<void>(edge.may_enter(*header));
    static_cast<void>(edge.may_leave(*header));
  }
  if (wire::clamp_mss(packet, 576)) REDIAL_ASSERT(!wire::clamp_mss(packet, 576));
  const Bytes answer = wire::unreachable(packet);
  if (!answer.empty()) REDIAL_ASSERT(wire::read_ip(answer) && wire::unreachable(answer).empty());
  return 0;
}
