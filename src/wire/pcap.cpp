// SPDX-License-Identifier: Apache-2.0
#include "wire/pcap.h"

namespace redial::wire {
namespace {

constexpr uint32_t kSnapLength = 65535;

// Big-endian, which the magic number tells every reader.
void u16(Bytes& out, uint32_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}
void u32(Bytes& out, uint32_t value) {
  u16(out, value >> 16);
  u16(out, value & 0xffff);
}

}  // namespace

void append_pcap_header(Bytes& out) {
  u32(out, 0xa1b2c3d4);  // microseconds
  u16(out, 2);
  u16(out, 4);
  u32(out, 0);
  u32(out, 0);
  u32(out, kSnapLength);
  u32(out, kPcapPppWithDirection);
}

void append_pcap_frame(const PcapFrame& frame, Bytes& out) {
  constexpr size_t kHeader = 5;  // direction, address, control, protocol
  const size_t kept = std::min<size_t>(frame.information.size(), kSnapLength - kHeader);
  u32(out, static_cast<uint32_t>(frame.at.us_since_1970 / 1'000'000));
  u32(out, static_cast<uint32_t>(frame.at.us_since_1970 % 1'000'000));
  u32(out, static_cast<uint32_t>(kept + kHeader));
  u32(out, static_cast<uint32_t>(frame.information.size() + kHeader));
  out.push_back(frame.sent ? 1 : 0);
  out.push_back(0xff);
  out.push_back(0x03);
  u16(out, frame.protocol);
  out.insert(out.end(), frame.information.begin(),
             frame.information.begin() + static_cast<ptrdiff_t>(kept));
}

}  // namespace redial::wire
