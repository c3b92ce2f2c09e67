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
    hash_ = (hash_ ^ value) * kTimes;
    hash_ ^= hash_ >> 32;
  }
  void mix(Instant at) { mix(static_cast<uint64_t>(at.time_since_epoch().count())); }
  /// Octets that went to this modem.
  void mix(Instant at, uint32_t modem, ByteView octets) {
    mix(at);
    mix(uint64_t{modem} << 32 | octets.size());
    mix(octets);
  }
  uint64_t hash() const { return hash_; }

 private:
  /// Two words at a time, each on a way of its own: one waits for the other only at the end.
  void mix(ByteView octets) {
    const uint8_t* at = octets.data();
    size_t left = octets.size();
    uint64_t other = hash_ ^ kOther;
    for (; left >= 16; at += 16, left -= 16) {
      mix(word(at));
      other = (other ^ word(at + 8)) * kTimes;
      other ^= other >> 32;
    }
    mix(other);
    if (left >= 8) mix(word(at));
    if (left % 8 == 0) return;
    // What is left over: the last eight octets once more, if there are so many.
    const uint8_t* const end = at + left;
    mix(octets.size() >= 8 ? word(end - 8) : short_word(at, left));
  }
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

  static constexpr uint64_t kTimes = 0x9fb21c651e98df25, kOther = 0x13198a2e03707344;

  uint64_t hash_ = 0x243f6a8885a308d3;
};

}  // namespace redial::sim
