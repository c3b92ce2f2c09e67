// SPDX-License-Identifier: Apache-2.0
// Van Jacobson's compression of TCP/IP headers for slow lines: RFC 1144, as PPP carries it (RFC
// 1332 §4). Forty octets become three to five; what was lost on the way shows as a wrong TCP check
// sum, so a frame lost means: toss, until a packet says which connection it belongs to.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/bytes.h"
#include "wire/ppp.h"

namespace redial::wire {

constexpr uint8_t kVjSlotMax = 15;  // slots 0 to 15, as everybody has

/// The IP and TCP header of a connection as it was in its last packet; options included.
struct VjHeader {
  static constexpr size_t kOctetsMax = 120;
  std::array<uint8_t, kOctetsMax> octets{};
  uint8_t size = 0;  // 0: none yet
  ByteView view() const { return ByteView(octets).first(size); }
};

class VjCompressor {
 public:
  /// What the peer said of its decompressor.
  VjCompressor(uint8_t slot_max, bool slot_may_be_left_out);

  /// How an IPv4 packet goes. What is returned views `packet` or the compressor, until the next
  /// call.
  Frame compress(ByteView packet);

 private:
  struct Slot {
    VjHeader header;
    uint64_t used = 0;  // the least is the connection that has been silent longest
  };
  uint8_t slot_of(ByteView packet);
  Frame uncompressed(ByteView packet, size_t header_size, uint8_t slot);

  std::vector<Slot> slots_;
  Bytes out_;
  uint64_t packets_ = 0;
  int last_slot_ = -1;  // as the peer knows it
  bool may_leave_out_;
};

class VjDecompressor {
 public:
  explicit VjDecompressor(uint8_t slot_max) : slots_(size_t{slot_max} + 1) {}

  /// The IPv4 packet of a frame of either protocol; empty: it was damaged, or cannot be told. Views
  /// the decompressor, until the next call.
  ByteView decompress(const Frame& frame);
  /// A frame was lost or damaged: it may have been the one that named the connection.
  void on_error() { tossing_ = true; }

 private:
  bool take_uncompressed(ByteView packet);
  bool take_compressed(ByteView octets);

  std::vector<VjHeader> slots_;
  Bytes out_;
  uint8_t last_slot_ = 0;
  bool tossing_ = true;  // until a packet names its slot
};

}  // namespace redial::wire
