// SPDX-License-Identifier: Apache-2.0
// Any frames for a VJ decompressor, and any packets for a compressor: what is decompressed is a
// whole TCP packet, and what is compressed comes out of an honest decompressor as it went in. Each
// input is a row of chunks: the first octet says what it is, the second how long.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "wire/vj.h"

using namespace redial;
using namespace redial::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  VjDecompressor hostile(data[0] & 15), honest(kVjSlotMax);
  VjCompressor compressor(data[0] >> 4, (data[0] & 1) != 0);
  for (size_t at = 1; at + 1 < size;) {
    const uint8_t kind = data[at] & 3;
    const size_t length = std::min<size_t>(data[at + 1], size - at - 2);
    const ByteView octets{data + at + 2, length};
    at += 2 + length;
    if (kind == 0) {
      hostile.on_error();
    } else if (kind < 3) {
      const Protocol protocol = kind == 1 ? Protocol::VjCompressed : Protocol::VjUncompressed;
      const ByteView packet = hostile.decompress({static_cast<uint16_t>(protocol), octets});
      REDIAL_ASSERT(packet.empty() || (packet.size() >= 40 && packet[9] == 6));
    } else {
      const Frame sent = compressor.compress(octets);
      if (sent.protocol == static_cast<uint16_t>(Protocol::Ip)) continue;
      const ByteView packet = honest.decompress(sent);
      REDIAL_ASSERT(packet.size() == octets.size());
      // The IP check sum is made anew; a wrong one in the input comes out right.
      REDIAL_ASSERT(same(packet.first(10), octets.first(10)));
      REDIAL_ASSERT(same(packet.subspan(12), octets.subspan(12)));
    }
  }
  return 0;
}
