// SPDX-License-Identifier: Apache-2.0
// IP packets of a stranger: never read beyond their end, a changed SYN fits afterwards, and what is
// taken for the answer to a probe is answered by whole packets alone.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "wire/ip.h"
#include "wire/path_probe.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Bytes packet(data, data + size);
  const wire::IpEdge edge({IpAddress::v4(0x0a000002)}, {*IpPrefix::parse("fd00::/8")});
  if (const auto header = wire::read_ip(packet)) {
    REDIAL_ASSERT(header->octets <= packet.size());
    static_cast<void>(edge.may_enter(*header));
    static_cast<void>(edge.may_leave(*header));
  }
  for (const std::string_view text : {"icmp:10.0.0.1", "tcp:10.0.0.1:80", "dns:10.0.0.1"}) {
    const wire::ProbeTarget target = *wire::read_probe_target(text);
    const wire::ProbeIds ids{.ours = 0x0a000002, .theirs = 0x0a000001, .tag = 0, .number = 1};
    const auto answer = wire::probe_answer(target, ids, packet);
    if (answer && !answer->farewell.empty()) REDIAL_ASSERT(wire::read_ip(answer->farewell));
  }
  if (const auto target = wire::read_probe_target(as_text(packet))) {
    REDIAL_ASSERT(wire::read_probe_target(wire::to_text(*target)) == target);
  }
  if (wire::clamp_mss(packet, 576)) REDIAL_ASSERT(!wire::clamp_mss(packet, 576));
  const Bytes answer = wire::unreachable(packet);
  if (!answer.empty()) REDIAL_ASSERT(wire::read_ip(answer) && wire::unreachable(answer).empty());
  return 0;
}
