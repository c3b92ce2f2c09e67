// SPDX-License-Identifier: Apache-2.0
// A peer that does anything at any moment, in every phase. The first octet says who we are; then
// an honest peer's frames may pass, forged ones come between, time goes by. No state without a
// deadline, one LinkDown, one Finished, and silence ends every session.
#include <array>
#include <cstddef>
#include <cstdint>

#include "session_pair.h"

#include "core/check.h"
#include "ppp/session.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::fuzz;

namespace {

constexpr std::array<uint16_t, 8> kProtocols = {0xc021, 0xc023, 0xc223, 0x8021,
                                                0x0021, 0x80fd, 0x8057, 0xc029};

/// A control packet whose length is right, unless `raw`.
Bytes forged(uint8_t kind, ByteView octets) {
  const uint16_t protocol = kProtocols[kind & 7];
  Bytes frame{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
  const bool raw = (kind & 8) != 0;
  frame.insert(frame.end(), octets.begin(), octets.begin() + std::min<size_t>(2, octets.size()));
  if (!raw && octets.size() >= 2) {
    const size_t length = octets.size() + 2;
    frame.push_back(static_cast<uint8_t>(length >> 8));
    frame.push_back(static_cast<uint8_t>(length));
  }
  if (octets.size() > 2) frame.insert(frame.end(), octets.begin() + 2, octets.end());
  return frame;
}

}  // namespace

// 00..3f: that many honest frames each way. 40..bf: a forged one, of so many octets. c0..cf: the
// honest peer's next one, damaged. e0..: time goes by. f0..: from above and below.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  World world((data[0] & 1) != 0, static_cast<AuthMethod>((data[0] >> 1 & 7) % 5), data[0] >> 5);
  for (size_t at = 1; at < size;) {
    const uint8_t what = data[at++];
    Watched& ours = world.ours;
    if (what < 0x40) {
      world.converse(what);
    } else if (what < 0xc0) {
      const uint8_t kind = at < size ? data[at++] : uint8_t{0};
      const size_t length = std::min<size_t>(what - 0x40, size - at);
      ours.hear(forged(kind, {data + at, length}), world.now);
      at += length;
    } else if (what < 0xe0) {
      if (world.peer.sent.empty() || at >= size) continue;
      Bytes& next = world.peer.sent.front();
      next[(what & 0x1f) % next.size()] ^= data[at++];
      world.converse(1);
    } else if (what < 0xf0) {
      world.wait(std::chrono::milliseconds(10 << (what & 15)));
    } else if (what < 0xf4) {
      ours.look(ours.session.close(world.now), world.now);
    } else if (what < 0xf8) {
      ours.look(ours.session.lower_down(world.now), world.now);
    } else {
      const size_t length = std::min<size_t>(20, size - at);
      (void)ours.session.on_ip({data + at, length}, world.now);
    }
  }
  world.wait(kSilenceEndsAll);
  REDIAL_ASSERT(world.ours.finishes == 1 && world.peer.finishes == 1);
  return 0;
}
