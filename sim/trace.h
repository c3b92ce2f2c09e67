// SPDX-License-Identifier: Apache-2.0
// The fingerprint of a run: every octet sent, every event told, at its instant and in its order.
// Two runs of a seed that differ anywhere differ here. Integers only, so that every build agrees.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "core/bytes.h"
#include "core/time.h"

namespace redial::sim {

class Trace {
 public:
  void mix(uint64_t value) {
    hash_ = (hash_ ^ value) * 0x9fb21c651e98df25;
    hash_ ^= hash_ >> 32;
  }
  void mix(Instant at) { mix(static_cast<uint64_t>(at.time_since_epoch().count())); }
  void mix(ByteView octets) {
    mix(octets.size());
    const uint8_t* at = octets.data();
    size_t left = octets.size();
    for (; left >= 8; at += 8, left -= 8) mix(word(at));
    if (left == 0) return;
    // What is left over: the last eight octets once more, if there are so many.
    mix(octets.size() >= 8 ? word(at + left - 8) : short_word(at, left));
  }
  uint64_t hash() const { return hash_; }

 private:
  // Little endian on every machine.
  static uint64_t short_word(const uint8_t* at, size_t octets) {
    uint64_t value = 0;
    for (size_t i = octets; i-- > 0;) value = value << 8 | at[i];
    return value;
  }
  static uint64_t word(const uint8_t* at) {
    if constexpr (std::endian::native != std::endian::little) return short_word(at, 8);
    uint64_t value;
    std::memcpy(&value, at, sizeof value);
    return value;
  }

  uint64_t hash_ = 0x243f6a8885a308d3;
};

}  // namespace redial::sim
