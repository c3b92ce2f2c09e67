// SPDX-License-Identifier: Apache-2.0
#include "wire/fcs.h"

#include "wire/hdlc_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace redial::wire {

uint16_t fcs16_bytewise(uint16_t fcs, ByteView octets) {
  for (const uint8_t octet : octets) fcs = fcs16_step(fcs, octet);
  return fcs;
}

#if defined(__x86_64__)
namespace {

// Folding, after Gopal et al., "Fast CRC Computation Using PCLMULQDQ" (Intel 2009). Octets are
// loaded as they lie, so bit i of a 128-bit register is the coefficient of x^(127-i), and a
// carry-less product of two such 64-bit halves comes out multiplied by one extra x: constants
// are a power lower than the distance they stand for.

constexpr uint32_t kPolynomial = 0x11021;  // x^16 + x^12 + x^5 + 1

constexpr uint64_t reflected(uint64_t polynomial) {
  uint64_t mirror = 0;
  for (int bit = 0; bit < 64; ++bit) mirror |= (polynomial >> bit & 1) << (63 - bit);
  return mirror;
}

/// x^n mod P.
constexpr uint64_t x_to(unsigned n) {
  uint32_t power = 1;
  for (unsigned i = 0; i < n; ++i) {
    power <<= 1;
    if ((power & 0x10000) != 0) power ^= kPolynomial;
  }
  return reflected(power);
}

/// The low 64 coefficients of floor(x^80 / P); the 65th is one.
consteval uint64_t barrett_quotient() {
  uint64_t quotient = 0;
  uint32_t rest = 1u << 16;  // x^16, the leading coefficients of x^80
  for (int bit = 64; bit >= 0; --bit) {
    if ((rest & 0x10000) != 0) {
      rest ^= kPolynomial;
      if (bit < 64) quotient |= uint64_t{1} << bit;
    }
    rest <<= 1;
  }
  return reflected(quotient);
}

/// Two multipliers that move a block `Bits` towards the end of the message.
template <unsigned Bits>
struct Fold {
  static constexpr uint64_t kEarlier = x_to(Bits + 63), kLater = x_to(Bits - 1);
};

struct ShiftTable {
  alignas(16) uint8_t by[16][16];
};
/// by[r]: the first r octets move to the end of the register, zeros before them.
consteval ShiftTable make_shift_table() {
  ShiftTable table{};
  for (unsigned r = 0; r < 16; ++r) {
    for (unsigned i = 0; i < 16; ++i) {
      table.by[r][i] = i + r >= 16 ? static_cast<uint8_t>(i + r - 16) : 0x80;
    }
  }
  return table;
}
constexpr ShiftTable kToTheEnd = make_shift_table();

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline __m128i multipliers(uint64_t earlier,
                                                                                uint64_t later) {
  return _mm_set_epi64x(static_cast<int64_t>(later), static_cast<int64_t>(earlier));
}

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline __m128i load(const uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline __m128i fold(__m128i block,
                                                                         __m128i by) {
  return _mm_xor_si128(_mm_clmulepi64_si128(block, by, 0x00),
                       _mm_clmulepi64_si128(block, by, 0x11));
}

/// block * x^16 mod P: two folds by 64 bits, then Barrett.
[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline uint16_t reduce(__m128i block) {
  const __m128i by64 = _mm_cvtsi64_si128(static_cast<int64_t>(x_to(63)));
  const __m128i late = _mm_set_epi64x(-1, 0);
  for (int i = 0; i < 2; ++i) {
    block = _mm_xor_si128(_mm_clmulepi64_si128(block, by64, 0x00), _mm_and_si128(block, late));
  }
  const __m128i rest = _mm_srli_si128(block, 8);
  const __m128i barrett = multipliers(barrett_quotient(), reflected(kPolynomial & 0xffff));
  const __m128i product = _mm_clmulepi64_si128(rest, barrett, 0x00);
  const __m128i quotient = _mm_xor_si128(rest, _mm_slli_epi64(product, 1));
  const __m128i remainder = _mm_clmulepi64_si128(quotient, barrett, 0x10);
  return static_cast<uint16_t>(_mm_extract_epi64(remainder, 1) >> 47);
}

/// A message cut to whole blocks: the FCS so far is added to its first two octets, and zeros are
/// put before the odd octets, which changes nothing in a polynomial. At least 17 octets.
struct Blocks {
  __m128i first;
  const uint8_t* at;
  size_t left;  // blocks after the first
};

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline Blocks cut(uint16_t fcs,
                                                                       ByteView octets) {
  if (octets.size() % 16 == 1) {  // Two octets of FCS do not fit into one.
    fcs = fcs16_step(fcs, octets[0]);
    octets = octets.subspan(1);
  }
  const size_t odd = octets.size() % 16;
  __m128i first = _mm_xor_si128(load(octets.data()), _mm_cvtsi32_si128(fcs));
  if (odd != 0) first = _mm_shuffle_epi8(first, load(kToTheEnd.by[odd]));
  const size_t used = odd != 0 ? odd : 16;
  return {first, octets.data() + used, (octets.size() - used) / 16};
}

[[gnu::target("pclmul,sse4.1"), gnu::always_inline]] inline uint16_t finish(__m128i block,
                                                                            const uint8_t* at,
                                                                            size_t blocks) {
  const __m128i by128 = multipliers(Fold<128>::kEarlier, Fold<128>::kLater);
  for (; blocks > 0; --blocks, at += 16) block = _mm_xor_si128(fold(block, by128), load(at));
  return reduce(block);
}

/// At most 16 octets: one block. For the very few, going by octet is quicker.
[[gnu::target("pclmul,sse4.1")]] uint16_t fcs16_short(uint16_t fcs, ByteView octets) {
  if (octets.size() < 5) return fcs16_bytewise(fcs, octets);
  if (octets.size() == 16)
    return reduce(_mm_xor_si128(load(octets.data()), _mm_cvtsi32_si128(fcs)));
  const Part part = read_part(octets);
  const __m128i block =
      _mm_set_epi64x(static_cast<int64_t>(part.high), static_cast<int64_t>(part.low ^ fcs));
  return reduce(_mm_shuffle_epi8(block, load(kToTheEnd.by[octets.size()])));
}

}  // namespace

[[gnu::target("pclmul,sse4.1")]] uint16_t fcs16_pclmul(uint16_t fcs, ByteView octets) {
  if (octets.size() < 17) return fcs16_short(fcs, octets);
  auto [first, at, left] = cut(fcs, octets);
  if (left < 7) return finish(first, at, left);

  const __m128i by512 = multipliers(Fold<512>::kEarlier, Fold<512>::kLater);
  __m128i a = first, b = load(at), c = load(at + 16), d = load(at + 32);
  for (at += 48, left -= 3; left >= 4; at += 64, left -= 4) {
    a = _mm_xor_si128(fold(a, by512), load(at));
    b = _mm_xor_si128(fold(b, by512), load(at + 16));
    c = _mm_xor_si128(fold(c, by512), load(at + 32));
    d = _mm_xor_si128(fold(d, by512), load(at + 48));
  }
  const __m128i by128 = multipliers(Fold<128>::kEarlier, Fold<128>::kLater);
  b = _mm_xor_si128(b, fold(a, by128));
  c = _mm_xor_si128(c, fold(b, by128));
  d = _mm_xor_si128(d, fold(c, by128));
  return finish(d, at, left);
}

namespace {

[[gnu::target("avx512f,avx512bw,vpclmulqdq,pclmul,sse4.1"), gnu::always_inline]] inline __m512i
fold4(__m512i blocks, __m512i by, __m512i into) {
  // 0x96: exclusive or of all three.
  return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(blocks, by, 0x00),
                                   _mm512_clmulepi64_epi128(blocks, by, 0x11), into, 0x96);
}

[[gnu::target("avx512f,avx512bw,vpclmulqdq,pclmul,sse4.1"), gnu::always_inline]] inline __m512i
load4(const uint8_t* at) {
  return _mm512_loadu_si512(at);
}

/// Four neighbouring blocks to one.
[[gnu::target("avx512f,avx512bw,vpclmulqdq,pclmul,sse4.1"), gnu::always_inline]] inline __m128i
gather(__m512i blocks) {
  const __m512i by = _mm512_set_epi64(
      0, 0, static_cast<int64_t>(Fold<128>::kLater), static_cast<int64_t>(Fold<128>::kEarlier),
      static_cast<int64_t>(Fold<256>::kLater), static_cast<int64_t>(Fold<256>::kEarlier),
      static_cast<int64_t>(Fold<384>::kLater), static_cast<int64_t>(Fold<384>::kEarlier));
  const __m512i last = _mm512_maskz_mov_epi64(0xc0, blocks);
  const __m512i moved = fold4(blocks, by, last);
  const __m256i half = _mm256_xor_si256(_mm512_maskz_extracti64x4_epi64(0xff, moved, 0),
                                        _mm512_maskz_extracti64x4_epi64(0xff, moved, 1));
  return _mm_xor_si128(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

}  // namespace

[[gnu::target("avx512f,avx512bw,vpclmulqdq,pclmul,sse4.1")]] uint16_t fcs16_vpclmul(
    uint16_t fcs, ByteView octets) {
  if (octets.size() < 17) return fcs16_short(fcs, octets);
  auto [first, at, left] = cut(fcs, octets);
  if (left < 7) return finish(first, at, left);

  const __m512i by512 =
      _mm512_maskz_broadcast_i32x4(0xffff, multipliers(Fold<512>::kEarlier, Fold<512>::kLater));
  __m512i a = _mm512_mask_expandloadu_epi64(_mm512_zextsi128_si512(first), 0xfc, at);
  at += 48, left -= 3;
  if (left >= 24) {
    const __m512i by2048 =
        _mm512_maskz_broadcast_i32x4(0xffff, multipliers(Fold<2048>::kEarlier, Fold<2048>::kLater));
    __m512i b = load4(at), c = load4(at + 64), d = load4(at + 128);
    for (at += 192, left -= 12; left >= 16; at += 256, left -= 16) {
      a = fold4(a, by2048, load4(at));
      b = fold4(b, by2048, load4(at + 64));
      c = fold4(c, by2048, load4(at + 128));
      d = fold4(d, by2048, load4(at + 192));
    }
    a = fold4(a, by512, b);
    a = fold4(a, by512, c);
    a = fold4(a, by512, d);
  }
  for (; left >= 4; at += 64, left -= 4) a = fold4(a, by512, load4(at));
  return finish(gather(a), at, left);
}

#else

uint16_t fcs16_pclmul(uint16_t fcs, ByteView octets) { return fcs16_bytewise(fcs, octets); }
uint16_t fcs16_vpclmul(uint16_t fcs, ByteView octets) { return fcs16_bytewise(fcs, octets); }

#endif

}  // namespace redial::wire
