// SPDX-License-Identifier: Apache-2.0
// The loops with AVX-512 VBMI2, whose byte compress makes and closes gaps in one instruction,
// however dense the escapes are.
#include "wire/hdlc_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <bit>

#include "wire/fcs.h"

namespace redial::wire {
namespace {

/// The first `octets` of 64 bits.
uint64_t first_bits(size_t octets) {
  return octets >= 64 ? ~uint64_t{0} : (uint64_t{1} << octets) - 1;
}

/// Bits of the control octets that are in the map: the map itself, looked up by octet.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline __mmask64
controls_in(__m512i octets, __m512i map) {
  const __m512i bit_in_octet =
      _mm512_shuffle_epi8(_mm512_set4_epi32(0, 0, static_cast<int>(0x80402010), 0x08040201),
                          _mm512_and_si512(octets, _mm512_set1_epi8(0x07)));
  const __m512i octet_of_map =
      _mm512_and_si512(_mm512_srli_epi16(octets, 3), _mm512_set1_epi8(0x1f));
  return _mm512_mask_test_epi8_mask(_mm512_cmplt_epu8_mask(octets, _mm512_set1_epi8(0x20)),
                                    _mm512_shuffle_epi8(map, octet_of_map), bit_in_octet);
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline __m512i as_map(
    uint32_t accm) {
  return _mm512_set4_epi32(0, 0, 0, static_cast<int>(accm));
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline __mmask64 equal(
    __m512i octets, uint8_t value) {
  return _mm512_cmpeq_epi8_mask(octets, _mm512_set1_epi8(static_cast<char>(value)));
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline __m512i load(
    const uint8_t* at) {
  return _mm512_loadu_si512(at);
}

/// The smallest of what was seen, place by place: a cheap "was there any" for many groups. Any
/// control octet counts as special while the map is not empty: whoever asks looks closer then.
struct Seen {
  __m512i from_escape;  // octet ^ escape
  __m512i octet;
};

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline void look(
    __m512i octets, Seen& seen) {
  const __m512i escape = _mm512_set1_epi8(kEscape);
  seen.from_escape = _mm512_min_epu8(seen.from_escape, _mm512_xor_si512(octets, escape));
  seen.octet = _mm512_min_epu8(seen.octet, octets);
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline bool plain(
    const Seen& seen, uint32_t accm) {
  const __m512i controls_end = _mm512_set1_epi8(accm != 0 ? 0x20 : 0);
  return (_mm512_testn_epi8_mask(seen.from_escape, seen.from_escape) |
          _mm512_cmplt_epu8_mask(seen.octet, controls_end)) == 0;
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi")]] Run run_to_flag(ByteView in,
                                                                             uint32_t accm) {
  const __m512i flag = _mm512_set1_epi8(kFlag), harmless = _mm512_set1_epi8(-1);
  const uint8_t* const octets = in.data();
  size_t at = 0;
  Seen seen{harmless, harmless};
  for (; in.size() - at >= 128; at += 128) {
    const __m512i a = load(octets + at), b = load(octets + at + 64);
    const __m512i nearest = _mm512_min_epu8(_mm512_xor_si512(a, flag), _mm512_xor_si512(b, flag));
    if (_mm512_testn_epi8_mask(nearest, nearest) != 0) break;
    look(a, seen);
    look(b, seen);
  }
  while (at < in.size()) {
    const size_t left = std::min<size_t>(in.size() - at, 64);
    const __m512i group = _mm512_mask_loadu_epi8(harmless, first_bits(left), octets + at);
    const uint64_t flags = equal(group, kFlag);
    if (flags != 0) {
      const uint64_t place = _tzcnt_u64(flags);
      look(_mm512_mask_blend_epi8(first_bits(place), harmless, group), seen);
      return {at + place, plain(seen, accm)};
    }
    look(group, seen);
    at += left;
  }
  return {at, plain(seen, accm)};
}

/// Where unescaping stands between two groups.
struct Unescaping {
  uint8_t* out;
  uint64_t before;  // 1: the group before ended with an escape
};

/// One group more, `in`, which has been loaded to the `valid` octets of `group`.
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt"), gnu::always_inline]] inline void
put_unescaped(ByteView in, __m512i group, __mmask64 valid, uint32_t accm, Unescaping& now) {
  const uint64_t escapes = equal(group, kEscape);
  const uint64_t gone = accm != 0 ? escapes | (controls_in(group, as_map(accm)) & valid) : escapes;
  const uint64_t changed = escapes << 1 | now.before;
  if ((changed & gone) != 0) [[unlikely]] {  // 7d 7d, or noise after 7d
    const Unescaped some = unescape_bytewise(in, now.before != 0, accm, now.out);
    now = {now.out + some.octets, some.escaping ? 1u : 0u};
    return;
  }
  const __m512i lifted =
      _mm512_mask_blend_epi8(changed, group, _mm512_xor_si512(group, _mm512_set1_epi8(kEscapeBit)));
  _mm512_storeu_si512(now.out, _mm512_maskz_compress_epi8(valid & ~gone, lifted));
  now.out += std::popcount(valid & ~gone);
  now.before = escapes >> (in.size() - 1);
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,popcnt")]] Unescaped unescape(ByteView in,
                                                                                   bool escaping,
                                                                                   uint32_t accm,
                                                                                   uint8_t* out) {
  const uint8_t* at = in.data();
  size_t left = in.size();
  Unescaping now{out, escaping ? 1u : 0u};
  for (; left >= 64; at += 64, left -= 64) {
    put_unescaped({at, 64}, load(at), ~uint64_t{0}, accm, now);
  }
  if (left > 0) {
    const __mmask64 valid = first_bits(left);
    put_unescaped({at, left}, _mm512_maskz_loadu_epi8(valid, at), valid, accm, now);
  }
  return {static_cast<size_t>(now.out - out), now.before != 0};
}

constexpr uint64_t kEscapePlaces = 0x5555555555555555;

/// Each octet is widened to an escape and itself, then the escapes not needed go.
struct Pairs {
  __m512i octets;
  uint64_t keep;
};
[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2"), gnu::always_inline]] inline Pairs
widened(__m256i group, uint32_t specials) {
  const __m256i lifted = _mm256_mask_blend_epi8(
      specials, group, _mm256_xor_si256(group, _mm256_set1_epi8(kEscapeBit)));
  const __m512i pairs = _mm512_or_si512(_mm512_slli_epi16(_mm512_cvtepu8_epi16(lifted), 8),
                                        _mm512_set1_epi16(kEscape));
  return {pairs, ~kEscapePlaces | _pdep_u64(specials, kEscapePlaces)};
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt"),
  gnu::always_inline]] inline uint8_t*
put_escaped_half(__m256i group, uint32_t specials, uint8_t* out) {
  const Pairs pairs = widened(group, specials);
  _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(pairs.keep, pairs.octets));
  return out + 32 + std::popcount(specials);
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2"), gnu::always_inline]] inline uint64_t
specials_of(__m512i group, uint32_t accm, __m512i map) {
  const uint64_t marks = equal(group, kFlag) | equal(group, kEscape);
  return accm != 0 ? marks | controls_in(group, map) : marks;
}

[[gnu::target("avx512f,avx512bw,avx512vl,avx512vbmi2,bmi2,popcnt")]] uint8_t* escape(ByteView in,
                                                                                     uint32_t accm,
                                                                                     uint8_t* out) {
  const __m512i map = as_map(accm);
  const uint8_t* at = in.data();
  size_t left = in.size();
  for (; left >= 64; at += 64, left -= 64) {
    const __m512i group = load(at);
    const uint64_t specials = specials_of(group, accm, map);
    _mm512_storeu_si512(out, group);
    if (specials == 0) {
      out += 64;
      continue;
    }
    out = put_escaped_half(_mm512_maskz_extracti64x4_epi64(0xff, group, 0),
                           static_cast<uint32_t>(specials), out);
    out = put_escaped_half(_mm512_maskz_extracti64x4_epi64(0xff, group, 1),
                           static_cast<uint32_t>(specials >> 32), out);
  }
  while (left > 0) {
    const size_t octets = std::min<size_t>(left, 32);
    const auto valid = static_cast<uint32_t>(first_bits(octets));
    const __m512i group = _mm512_maskz_loadu_epi8(valid, at);
    const auto specials = static_cast<uint32_t>(specials_of(group, accm, map)) & valid;
    const Pairs pairs = widened(_mm512_maskz_extracti64x4_epi64(0xff, group, 0), specials);
    const size_t written = octets + static_cast<size_t>(std::popcount(specials));
    const __m512i packed =
        _mm512_maskz_compress_epi8(pairs.keep & first_bits(2 * octets), pairs.octets);
    _mm512_mask_storeu_epi8(out, first_bits(written), packed);
    out += written;
    at += octets;
    left -= octets;
  }
  return out;
}

}  // namespace

constexpr std::optional<HdlcKernels> kHdlcAvx512 =
    HdlcKernels{run_to_flag, unescape, escape, fcs16_vpclmul};

}  // namespace redial::wire

#else

namespace redial::wire {
constexpr std::optional<HdlcKernels> kHdlcAvx512 = std::nullopt;
}  // namespace redial::wire

#endif
