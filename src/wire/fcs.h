// SPDX-License-Identifier: Apache-2.0
// FCS-16, the frame check sequence of RFC 1662 appendix C.1 (reflected x^16 + x^12 + x^5 + 1).
#pragma once

#include <array>
#include <cstdint>

#include "core/bytes.h"

namespace redial::wire {

constexpr uint16_t kFcsInitial = 0xffff;
constexpr uint16_t kFcsGood = 0xf0b8;  // Over a whole frame, its FCS included.

constexpr std::array<uint16_t, 256> make_fcs_table() {
  std::array<uint16_t, 256> table{};
  for (unsigned octet = 0; octet < 256; ++octet) {
    unsigned fcs = octet;
    for (int bit = 0; bit < 8; ++bit) fcs = (fcs & 1) != 0 ? fcs >> 1 ^ 0x8408u : fcs >> 1;
    table[octet] = static_cast<uint16_t>(fcs);
  }
  return table;
}
inline constexpr std::array<uint16_t, 256> kFcsTable = make_fcs_table();

/// The FCS after one more octet.
constexpr uint16_t fcs16_step(uint16_t fcs, uint8_t octet) {
  return static_cast<uint16_t>(fcs >> 8 ^ kFcsTable[(fcs ^ octet) & 0xff]);
}

/// The FCS after all of `octets`; what is sent is its complement, low octet first. All three give
/// the same; the latter two need PCLMULQDQ and VPCLMULQDQ (hdlc_kernels.h chooses).
uint16_t fcs16_bytewise(uint16_t fcs, ByteView octets);
uint16_t fcs16_pclmul(uint16_t fcs, ByteView octets);
uint16_t fcs16_vpclmul(uint16_t fcs, ByteView octets);

/// By the fastest means this machine has.
uint16_t fcs16(ByteView octets, uint16_t fcs = kFcsInitial);

}  // namespace redial::wire
