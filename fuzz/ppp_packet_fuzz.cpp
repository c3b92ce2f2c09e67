// SPDX-License-Identifier: Apache-2.0
// Any octets as a PPP frame: what is read lies inside them, and what was read can be written and
// read again, the same.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "wire/ppp.h"

using namespace redial;
using namespace redial::wire;

namespace {

void look_at(const Packet& packet) {
  PacketWriter copy(packet.code, packet.id);
  OptionReader options(packet.data);
  size_t octets = 0;
  while (const auto option = options.next()) {
    REDIAL_ASSERT(option->whole.size() == option->data.size() + 2);
    REDIAL_ASSERT(option->whole.data() == packet.data.data() + octets);
    octets += option->whole.size();
    if (!copy.option(option->type, option->data)) return;  // more than a packet may hold
  }
  REDIAL_ASSERT(octets <= packet.data.size());
  REDIAL_ASSERT(options.broken() == (octets < packet.data.size()));
  const auto again = parse_packet(copy.information());
  REDIAL_ASSERT(again && again->code == packet.code && again->id == packet.id);
  REDIAL_ASSERT(same(again->data, packet.data.first(octets)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto frame = parse_frame({data, size});
  if (!frame) return 0;
  REDIAL_ASSERT((frame->protocol & 1) == 1 && (frame->protocol & 0x100) == 0);
  REDIAL_ASSERT(frame->information.size() < size);
  const auto packet = parse_packet(frame->information);
  if (!packet) return 0;
  REDIAL_ASSERT(packet->data.size() + 4 <= frame->information.size());
  look_at(*packet);
  return 0;
}
