// SPDX-License-Identifier: Apache-2.0
// The inner loops of RFC 1662 §4.2 (transparency), once per instruction set. All sets give the same
// octets; which one runs depends on nothing but the processor.
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"

namespace redial::wire {

constexpr uint8_t kFlag = 0x7e;
constexpr uint8_t kEscape = 0x7d;
constexpr uint8_t kEscapeBit = 0x20;

enum class InstructionSet : uint8_t {
  Baseline,  // bytes, and SSE2 where there is an x86-64
  Avx2,      // AVX2, BMI, POPCNT, PCLMULQDQ
  Avx512,    // AVX-512 BW, VL and VBMI2, BMI2, VPCLMULQDQ
};

/// The octets before the first flag (all, when there is none).
struct Run {
  size_t octets;
  bool plain;  // Certainly nothing to unescape or drop in them; false may be overcautious.
};

struct Unescaped {
  size_t octets;
  bool escaping;  // The last octet was an escape: the next one is changed.
};

/// `escape` and `unescape` store whole vectors: `out` has room for 64 octets beyond the result.
/// None reads outside `in`.
struct HdlcKernels {
  Run (*run_to_flag)(ByteView in, uint32_t accm);
  /// `in` has no flag; octets in `accm` are dropped.
  Unescaped (*unescape)(ByteView in, bool escaping, uint32_t accm, uint8_t* out);
  /// Returns the end of what was written, at most twice the octets of `in`; stores end within
  /// 2 * in.size() + 32.
  uint8_t* (*escape)(ByteView in, uint32_t accm, uint8_t* out);
  uint16_t (*fcs16)(uint16_t fcs, ByteView octets);
};

/// The best of this machine.
const HdlcKernels& hdlc_kernels();
/// A given one, for tests and measurements; nullptr where the processor cannot.
const HdlcKernels* hdlc_kernels(InstructionSet set);

constexpr bool in_map(uint32_t accm, uint8_t octet) {
  return octet < 0x20 && (accm >> octet & 1) != 0;
}
constexpr bool is_special(uint32_t accm, uint8_t octet) {
  return octet == kFlag || octet == kEscape || in_map(accm, octet);
}

/// One octet as it goes out.
inline uint8_t* put_escaped(uint8_t octet, uint32_t accm, uint8_t* out) {
  const bool special = is_special(accm, octet);
  *out = kEscape;
  out += special;
  *out++ = static_cast<uint8_t>(octet ^ (special ? kEscapeBit : 0));
  return out;
}

/// Fewer than 16 octets as two little-endian numbers, zeros behind them.
struct Part {
  uint64_t low = 0, high = 0;
};
inline Part read_part(ByteView octets) {
  const uint8_t* const at = octets.data();
  const size_t count = octets.size();
  const auto read = [at]<class T>(T value, size_t from) -> uint64_t {
    std::memcpy(&value, at + from, sizeof value);
    return value;
  };
  if (count > 8) return {read(uint64_t{}, 0), read(uint64_t{}, count - 8) >> (8 * (16 - count))};
  if (count == 8) return {read(uint64_t{}, 0), 0};
  if (count >= 4) {
    return {read(uint32_t{}, 0) | read(uint32_t{}, count - 4) << (8 * (count - 4)), 0};
  }
  if (count == 0) return {};
  const size_t middle = count / 2, last = count - 1;
  return {at[0] | uint64_t{at[middle]} << (8 * middle) | uint64_t{at[last]} << (8 * last), 0};
}

Unescaped unescape_bytewise(ByteView in, bool escaping, uint32_t accm, uint8_t* out);
uint8_t* escape_bytewise(ByteView in, uint32_t accm, uint8_t* out);

// Defined in hdlc_avx2.cpp and hdlc_avx512.cpp; empty where not x86-64.
extern const std::optional<HdlcKernels> kHdlcAvx2;
extern const std::optional<HdlcKernels> kHdlcAvx512;

}  // namespace redial::wire
