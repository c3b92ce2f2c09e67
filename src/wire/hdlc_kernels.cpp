// SPDX-License-Identifier: Apache-2.0
// The baseline loops, and the choice between the instruction sets.
#include "wire/hdlc_kernels.h"

#include "wire/fcs.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace redial::wire {

Unescaped unescape_bytewise(ByteView in, bool escaping, uint32_t accm, uint8_t* out) {
  const uint8_t* const begin = out;
  for (const uint8_t octet : in) {
    if (in_map(accm, octet)) continue;
    if (octet == kEscape && !escaping) {
      escaping = true;
      continue;
    }
    *out++ = static_cast<uint8_t>(octet ^ (escaping ? kEscapeBit : 0));
    escaping = false;
  }
  return {static_cast<size_t>(out - begin), escaping};
}

uint8_t* escape_bytewise(ByteView in, uint32_t accm, uint8_t* out) {
  for (const uint8_t octet : in) out = put_escaped(octet, accm, out);
  return out;
}

namespace {

Run run_bytewise(ByteView in, uint32_t accm, Run before) {
  for (size_t at = before.octets; at < in.size(); ++at) {
    if (in[at] == kFlag) return {at, before.plain};
    if (is_special(accm, in[at])) before.plain = false;
  }
  return {in.size(), before.plain};
}

#if defined(__x86_64__)

constexpr size_t kWide = 16;

struct Marks {
  unsigned flags, specials;  // bit n: octet n
};

__m128i load(const uint8_t* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); }

/// Any control octet counts as special while the map is not empty: whoever asks looks closer then.
Marks marks_of(__m128i octets, bool controls) {
  const auto equal = [&](uint8_t value) {
    return static_cast<unsigned>(
        _mm_movemask_epi8(_mm_cmpeq_epi8(octets, _mm_set1_epi8(static_cast<char>(value)))));
  };
  const unsigned flags = equal(kFlag);
  unsigned specials = flags | equal(kEscape);
  if (controls) {
    const __m128i low = _mm_min_epu8(octets, _mm_set1_epi8(0x1f));
    specials |= static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(octets, low)));
  }
  return {flags, specials};
}

Run run_to_flag(ByteView in, uint32_t accm) {
  Run run{0, true};
  while (in.size() - run.octets >= kWide) {
    const Marks marks = marks_of(load(in.data() + run.octets), accm != 0);
    if (marks.flags != 0) break;
    if (marks.specials != 0) run.plain = false;
    run.octets += kWide;
  }
  return run_bytewise(in, accm, run);
}

Unescaped unescape(ByteView in, bool escaping, uint32_t accm, uint8_t* out) {
  size_t written = 0;
  while (in.size() >= kWide) {
    const __m128i octets = load(in.data());
    if (!escaping && marks_of(octets, accm != 0).specials == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out + written), octets);
      written += kWide;
    } else {
      const Unescaped some = unescape_bytewise(in.first(kWide), escaping, accm, out + written);
      written += some.octets;
      escaping = some.escaping;
    }
    in = in.subspan(kWide);
  }
  const Unescaped rest = unescape_bytewise(in, escaping, accm, out + written);
  return {written + rest.octets, rest.escaping};
}

uint8_t* escape(ByteView in, uint32_t accm, uint8_t* out) {
  while (in.size() >= kWide) {
    const __m128i octets = load(in.data());
    if (marks_of(octets, accm != 0).specials == 0) {
      _mm_storeu_si128(reinterpret_cast<__m128i*>(out), octets);
      out += kWide;
    } else {
      out = escape_bytewise(in.first(kWide), accm, out);
    }
    in = in.subspan(kWide);
  }
  return escape_bytewise(in, accm, out);
}

constexpr HdlcKernels kBaseline{run_to_flag, unescape, escape, fcs16_bytewise};

bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
         __builtin_cpu_supports("popcnt") && __builtin_cpu_supports("pclmul");
}
bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("vpclmulqdq");
}

#else

Run run_to_flag(ByteView in, uint32_t accm) { return run_bytewise(in, accm, {0, true}); }

constexpr HdlcKernels kBaseline{run_to_flag, unescape_bytewise, escape_bytewise, fcs16_bytewise};

bool has_avx2() { return false; }
bool has_avx512() { return false; }

#endif

const HdlcKernels& best() {
  for (const InstructionSet set : {InstructionSet::Avx512, InstructionSet::Avx2}) {
    if (const HdlcKernels* kernels = hdlc_kernels(set)) return *kernels;
  }
  return kBaseline;
}

}  // namespace

const HdlcKernels* hdlc_kernels(InstructionSet set) {
  switch (set) {
    case InstructionSet::Baseline: return &kBaseline;
    case InstructionSet::Avx2: return kHdlcAvx2 && has_avx2() ? &*kHdlcAvx2 : nullptr;
    case InstructionSet::Avx512: return kHdlcAvx512 && has_avx512() ? &*kHdlcAvx512 : nullptr;
  }
  return nullptr;
}

const HdlcKernels& hdlc_kernels() {
  static const HdlcKernels& chosen = best();  // A fact about the processor, not a state.
  return chosen;
}

uint16_t fcs16(ByteView octets, uint16_t fcs) { return hdlc_kernels().fcs16(fcs, octets); }

}  // namespace redial::wire
