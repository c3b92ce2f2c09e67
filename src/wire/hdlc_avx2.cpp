// SPDX-License-Identifier: Apache-2.0
// The loops in groups of 16 octets. Two groups without special octets are copied (the search takes
// four). With one special octet or none in a group a single shuffle makes or closes the gap; with
// more, each half of the group looks its shuffle up by the bits that say where they are.
#include "wire/hdlc_kernels.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include <bit>

#include "wire/fcs.h"

namespace redial::wire {
namespace {

constexpr unsigned kNone = 0x10000;  // Bit 16: the place of the special octet where there is none.
constexpr uint8_t kGap = 0x80;       // pshufb writes zero.

template <size_t Rows, size_t Columns>
struct Shuffles {
  alignas(16) uint8_t row[Rows][Columns];
};

/// [p]: octet p goes, those behind it close up.
consteval Shuffles<17, 16> make_remove_one() {
  Shuffles<17, 16> table{};
  for (size_t p = 0; p <= 16; ++p) {
    for (size_t i = 0; i < 16; ++i) table.row[p][i] = static_cast<uint8_t>(i + (i >= p ? 1 : 0));
    if (p < 16) table.row[p][15] = kGap;
  }
  return table;
}

/// [p]: a gap at p, those behind it move up.
consteval Shuffles<17, 16> make_gap_one() {
  Shuffles<17, 16> table{};
  for (size_t p = 0; p <= 16; ++p) {
    for (size_t i = 0; i < 16; ++i) table.row[p][i] = static_cast<uint8_t>(i - (i > p ? 1 : 0));
    if (p < 16) table.row[p][p] = kGap;
  }
  return table;
}

/// [p]: an escape at p, for the gap.
consteval Shuffles<17, 16> make_escape_at() {
  Shuffles<17, 16> table{};
  for (size_t p = 0; p < 16; ++p) table.row[p][p] = kEscape;
  return table;
}

/// [bits]: of eight octets, those with a bit go.
consteval Shuffles<256, 8> make_remove() {
  Shuffles<256, 8> table{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    size_t to = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((bits >> i & 1) == 0) table.row[bits][to++] = static_cast<uint8_t>(i);
    }
    while (to < 8) table.row[bits][to++] = kGap;
  }
  return table;
}

/// [bits]: of eight octets, octet 8 (an escape) comes before those with a bit.
consteval Shuffles<256, 16> make_insert() {
  Shuffles<256, 16> table{};
  for (unsigned bits = 0; bits < 256; ++bits) {
    size_t to = 0;
    for (unsigned i = 0; i < 8; ++i) {
      if ((bits >> i & 1) != 0) table.row[bits][to++] = 8;
      table.row[bits][to++] = static_cast<uint8_t>(i);
    }
    while (to < 16) table.row[bits][to++] = kGap;
  }
  return table;
}

constexpr Shuffles<17, 16> kRemoveOne = make_remove_one();
constexpr Shuffles<17, 16> kGapOne = make_gap_one();
constexpr Shuffles<17, 16> kEscapeAt = make_escape_at();
constexpr Shuffles<256, 8> kRemove = make_remove();
constexpr Shuffles<256, 16> kInsert = make_insert();

[[gnu::target("avx2"), gnu::always_inline]] inline __m128i load(const uint8_t* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}
[[gnu::target("avx2"), gnu::always_inline]] inline void store(uint8_t* at, __m128i octets) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(at), octets);
}
[[gnu::target("avx2"), gnu::always_inline]] inline __m128i all(uint8_t octet) {
  return _mm_set1_epi8(static_cast<char>(octet));
}
[[gnu::target("avx2"), gnu::always_inline]] inline unsigned bits_of(__m128i mask) {
  return static_cast<unsigned>(_mm_movemask_epi8(mask));
}

[[gnu::target("avx2"), gnu::always_inline]] inline __m128i load_part(const uint8_t* at,
                                                                     size_t octets) {
  const Part part = read_part({at, octets});
  return _mm_set_epi64x(static_cast<int64_t>(part.high), static_cast<int64_t>(part.low));
}

/// Which octets are special, by their two nibbles: one bit each for 00-0f, 10-1f and 7d-7e.
class Classes {
 public:
  [[gnu::target("avx2"), gnu::always_inline]] inline Classes(uint32_t accm, unsigned row_seven) {
    const __m128i bit = _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
    const auto expanded = [&](uint32_t map) __attribute__((target("avx2"))) {
      const __m128i twice = _mm_set_epi64x(static_cast<int64_t>((map >> 8 & 0xff) * kEachOctet),
                                           static_cast<int64_t>((map & 0xff) * kEachOctet));
      return _mm_cmpeq_epi8(_mm_and_si128(twice, bit), bit);
    };
    low_ = _mm_or_si128(_mm_and_si128(expanded(accm), all(1)),
                        _mm_or_si128(_mm_and_si128(expanded(accm >> 16), all(2)),
                                     _mm_and_si128(expanded(row_seven), all(4))));
    high_ = _mm_setr_epi8(1, 2, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0);
  }
  [[gnu::target("avx2"), gnu::always_inline]] inline __m128i of(__m128i octets) const {
    // pshufb gives zero for octets from 80 up, which are never special.
    const __m128i high_nibble = _mm_and_si128(_mm_srli_epi16(octets, 4), all(0x0f));
    const __m128i common =
        _mm_and_si128(_mm_shuffle_epi8(low_, octets), _mm_shuffle_epi8(high_, high_nibble));
    return _mm_cmpgt_epi8(common, _mm_setzero_si128());
  }

 private:
  static constexpr uint64_t kEachOctet = 0x0101010101010101;
  __m128i low_, high_;
};
constexpr unsigned kEscapeOnly = 1u << 0xd, kEscapeAndFlag = 1u << 0xd | 1u << 0xe;

struct Marks {
  __m256i flags, specials;
};

/// Any control octet counts as special while the map is not empty: whoever asks looks closer then.
[[gnu::target("avx2"), gnu::always_inline]] inline Marks marks_of(__m256i octets,
                                                                  __m256i controls) {
  const __m256i flags = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(kFlag));
  const __m256i escapes = _mm256_cmpeq_epi8(octets, _mm256_set1_epi8(kEscape));
  const __m256i low = _mm256_cmpeq_epi8(_mm256_min_epu8(octets, _mm256_set1_epi8(0x1f)), octets);
  return {flags, _mm256_or_si256(escapes, _mm256_and_si256(low, controls))};
}

[[gnu::target("avx2,bmi"), gnu::always_inline]] inline bool find(const Marks& marks, Run& run,
                                                                 size_t octets) {
  const auto flags = static_cast<unsigned>(_mm256_movemask_epi8(marks.flags));
  const auto specials = static_cast<unsigned>(_mm256_movemask_epi8(marks.specials));
  const uint64_t valid = (uint64_t{1} << octets) - 1;
  const uint64_t at = _tzcnt_u64((flags & valid) | uint64_t{1} << octets);
  if ((specials & ((uint64_t{1} << at) - 1)) != 0) run.plain = false;
  run.octets += at;
  return at < octets;
}

[[gnu::target("avx2,bmi")]] Run run_to_flag(ByteView in, uint32_t accm) {
  const __m256i controls = _mm256_set1_epi8(accm != 0 ? -1 : 0);
  const uint8_t* const octets = in.data();
  const auto load32 = [octets](size_t at) __attribute__((target("avx2"))) {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(octets + at));
  };
  Run run{0, true};
  __m256i seen = _mm256_setzero_si256();
  while (in.size() - run.octets >= 64) {
    const Marks a = marks_of(load32(run.octets), controls);
    const Marks b = marks_of(load32(run.octets + 32), controls);
    const __m256i flags = _mm256_or_si256(a.flags, b.flags);
    if (_mm256_testz_si256(flags, flags) == 0) break;
    seen = _mm256_or_si256(seen, _mm256_or_si256(a.specials, b.specials));
    run.octets += 64;
  }
  run.plain = _mm256_testz_si256(seen, seen) != 0;
  while (in.size() - run.octets >= 32) {
    if (find(marks_of(load32(run.octets), controls), run, 32)) return run;
  }
  const size_t left = in.size() - run.octets;
  const uint8_t* const rest = octets + run.octets;
  const __m128i low = left >= 16 ? load(rest) : load_part(rest, left);
  const __m128i high = left > 16 ? load_part(rest + 16, left - 16) : _mm_setzero_si128();
  find(marks_of(_mm256_set_m128i(high, low), controls), run, left);
  return run;
}

/// A group without the octets that have a bit in `gone`.
[[gnu::target("avx2,popcnt"), gnu::always_inline]] inline uint8_t* put_halves(__m128i group,
                                                                              unsigned gone,
                                                                              uint8_t* out) {
  for (const unsigned half : {gone & 0xff, gone >> 8 & 0xff}) {
    const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kRemove.row[half]));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out), _mm_shuffle_epi8(group, order));
    out += 8 - std::popcount(half);
    group = _mm_srli_si128(group, 8);
  }
  return out;
}

[[gnu::target("avx2,bmi,popcnt")]] Unescaped unescape(ByteView in, bool escaping, uint32_t accm,
                                                      uint8_t* out) {
  const Classes dropped(accm, kEscapeOnly);
  const __m256i controls = _mm256_set1_epi8(accm != 0 ? -1 : 0);
  const uint8_t* const begin = out;
  const uint8_t* at = in.data();
  size_t left = in.size();
  __m128i before = all(escaping ? 0xff : 0);  // Only its last octet counts.
  while (left > 0) {
    if (left >= 32 && (bits_of(before) & 0x8000) == 0) {
      const __m256i pair = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
      const __m256i specials = marks_of(pair, controls).specials;
      if (_mm256_testz_si256(specials, specials) != 0) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), pair);
        at += 32, out += 32, left -= 32;
        before = _mm_setzero_si128();
        continue;
      }
    }
    const size_t octets = std::min<size_t>(left, 16);
    const bool whole = octets == 16;
    const __m128i group = whole ? load(at) : load_part(at, octets);
    const __m128i escapes = _mm_cmpeq_epi8(group, all(kEscape));
    const __m128i changed = _mm_alignr_epi8(escapes, before, 15);
    const __m128i drops = accm != 0 ? dropped.of(group) : escapes;
    if (_mm_testz_si128(changed, drops) == 0) [[unlikely]] {  // 7d 7d, or noise after 7d
      const Unescaped some =
          unescape_bytewise({at, octets}, (bits_of(changed) & 1) != 0, accm, out);
      out += some.octets;
      before = all(some.escaping ? 0xff : 0);
    } else {
      const __m128i meant = _mm_xor_si128(group, _mm_and_si128(changed, all(kEscapeBit)));
      const unsigned gone = bits_of(drops);
      if (whole && (gone & (gone - 1)) == 0) {
        store(out, _mm_shuffle_epi8(meant, load(kRemoveOne.row[_tzcnt_u32(gone | kNone)])));
        out += 16 - (gone != 0 ? 1 : 0);
      } else {
        out = put_halves(meant, gone | ~0u << octets, out);
      }
      before = whole ? escapes : all((bits_of(escapes) >> (octets - 1) & 1) != 0 ? 0xff : 0);
    }
    at += octets;
    left -= octets;
  }
  return {static_cast<size_t>(out - begin), (bits_of(before) & 0x8000) != 0};
}

/// Both halves of a group, of which `octets` count, with escapes before those that have a bit.
[[gnu::target("avx2,popcnt"), gnu::always_inline]] inline uint8_t* put_escaped_halves(
    __m128i group, unsigned specials, unsigned octets, uint8_t* out) {
  const __m128i escape = all(kEscape);
  store(out,
        _mm_shuffle_epi8(_mm_unpacklo_epi64(group, escape), load(kInsert.row[specials & 0xff])));
  out += std::min(octets, 8u) + static_cast<unsigned>(std::popcount(specials & 0xff));
  if (octets <= 8) return out;
  store(out, _mm_shuffle_epi8(_mm_unpackhi_epi64(group, escape), load(kInsert.row[specials >> 8])));
  return out + (octets - 8) + static_cast<unsigned>(std::popcount(specials >> 8));
}

/// A whole group.
[[gnu::target("avx2,bmi,popcnt"), gnu::always_inline]] inline uint8_t* put_escaped_group(
    __m128i group, const Classes& special, uint8_t* out) {
  const __m128i marked = special.of(group);
  const __m128i changed = _mm_xor_si128(group, _mm_and_si128(marked, all(kEscapeBit)));
  const unsigned specials = bits_of(marked);
  if ((specials & (specials - 1)) != 0) return put_escaped_halves(changed, specials, 16, out);
  const unsigned place = _tzcnt_u32(specials | kNone);
  store(out + 1, changed);  // Its last octet is what the shuffle pushes out.
  store(out, _mm_or_si128(_mm_shuffle_epi8(changed, load(kGapOne.row[place])),
                          load(kEscapeAt.row[place])));
  return out + 16 + (specials != 0 ? 1 : 0);
}

[[gnu::target("avx2,bmi,popcnt")]] uint8_t* escape(ByteView in, uint32_t accm, uint8_t* out) {
  const Classes special(accm, kEscapeAndFlag);
  const __m256i controls = _mm256_set1_epi8(accm != 0 ? -1 : 0);
  const uint8_t* at = in.data();
  size_t left = in.size();
  for (; left >= 32; at += 32, left -= 32) {
    const __m256i pair = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const Marks marks = marks_of(pair, controls);
    const __m256i any = _mm256_or_si256(marks.flags, marks.specials);
    if (_mm256_testz_si256(any, any) != 0) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), pair);
      out += 32;
    } else {
      out = put_escaped_group(_mm256_castsi256_si128(pair), special, out);
      out = put_escaped_group(_mm256_extracti128_si256(pair, 1), special, out);
    }
  }
  if (left >= 16) {
    out = put_escaped_group(load(at), special, out);
    at += 16, left -= 16;
  }
  if (left == 0) return out;
  const __m128i octets = load_part(at, left);
  const __m128i marked = special.of(octets);
  const __m128i changed = _mm_xor_si128(octets, _mm_and_si128(marked, all(kEscapeBit)));
  const unsigned specials = bits_of(marked) & ((1u << left) - 1);
  return put_escaped_halves(changed, specials, static_cast<unsigned>(left), out);
}

}  // namespace

constexpr std::optional<HdlcKernels> kHdlcAvx2 =
    HdlcKernels{run_to_flag, unescape, escape, fcs16_pclmul};

}  // namespace redial::wire

#else

namespace redial::wire {
constexpr std::optional<HdlcKernels> kHdlcAvx2 = std::nullopt;
}  // namespace redial::wire

#endif
