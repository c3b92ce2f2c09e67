// SPDX-License-Identifier: Apache-2.0
// Dice from one seed (Rng) and secrets nobody can foresee (Entropy). Own generator, because the
// standard's distributions differ between libraries and two runs of a seed must give the same
// bytes.
#pragma once

#include <cstdint>
#include <span>

#include "core/check.h"
#include "core/time.h"

namespace redial {

/// splitmix64 (Steele, Lea, Flood 2014). For jitter and faults, never for secrets.
class Rng {
 public:
  explicit constexpr Rng(uint64_t seed) : state_(seed) {}

  constexpr uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Uniform in 0..n-1; n > 0. Multiply-shift (Lemire 2019): bias below 2^-32 for 32-bit n.
  constexpr uint64_t below(uint64_t n) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<uint64_t>(static_cast<Wide>(next()) * n >> 64);
  }
  /// Uniform in 0..longest.
  constexpr Duration up_to(Duration longest) {
    return Duration(static_cast<int64_t>(below(static_cast<uint64_t>(longest.count()) + 1)));
  }
  /// True in `per_million` of a million cases.
  constexpr bool chance(uint32_t per_million) { return below(1'000'000) < per_million; }
  /// A generator of its own, so that one part's dice do not move another's.
  constexpr Rng child() { return Rng(next()); }

 private:
  uint64_t state_;
};

/// Challenges, magic numbers, keys. The product's is the kernel's CSPRNG, the simulator's is
/// seeded.
class Entropy {
 public:
  virtual ~Entropy() = default;
  virtual void fill(std::span<uint8_t> octets) = 0;
  uint32_t u32() {
    uint8_t octets[4];
    fill(octets);
    return static_cast<uint32_t>(octets[0]) << 24 | octets[1] << 16 | octets[2] << 8 | octets[3];
  }
};

/// For tests and the simulator: the same seed gives the same octets.
class SeededEntropy final : public Entropy {
 public:
  explicit SeededEntropy(uint64_t seed) : rng_(seed) {}
  void fill(std::span<uint8_t> octets) override {
    for (uint8_t& octet : octets) octet = static_cast<uint8_t>(rng_.next());
  }

 private:
  Rng rng_;
};

}  // namespace redial
