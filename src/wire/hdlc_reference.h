// SPDX-License-Identifier: Apache-2.0
// RFC 1662 one octet at a time: the codec to compare hdlc.h with, in tests, fuzzing and benchmarks.
// Same sink, same results; simple where hdlc.h is fast.
#pragma once

#include "wire/hdlc.h"

namespace redial::wire {

class ReferenceDecoder {
 public:
  explicit ReferenceDecoder(uint16_t frame_max = kDefaultMru + 4)
      : buffer_(size_t{frame_max} + 4), frame_max_(frame_max) {}

  template <FrameSink S>
  size_t decode(ByteView octets, S&& sink) {
    size_t at = 0;
    while (at < octets.size()) {
      const HdlcFound found = next(octets.subspan(at));
      at += found.consumed;
      if (found.kind == HdlcFound::Kind::Bad) sink.on_bad_frame(found.error);
      if (found.kind == HdlcFound::Kind::Outside) sink.on_outside(found.octets);
      if (found.kind == HdlcFound::Kind::Frame && !sink.on_frame(found.octets)) break;
    }
    return at;
  }

  void receive_accm(uint32_t map) { accm_ = map; }
  bool inside_frame() const { return synchronised_ && (gathered_ > 0 || escaping_ || skipping_); }

 private:
  HdlcFound next(ByteView octets);
  HdlcFound close();

  Bytes buffer_;         // Room for the longest frame, with ff 03 and FCS.
  size_t gathered_ = 0;  // Octets of the frame so far.
  uint32_t accm_ = 0;
  uint16_t frame_max_;
  uint16_t fcs_ = 0xffff;      // Over the octets so far.
  bool synchronised_ = false;  // A flag has come.
  bool escaping_ = false;
  bool skipping_ = false;  // Oversize has been reported.
};

/// One frame without its opening flag; `out` has room for encoded_max().
uint8_t* reference_encode_to(const TxFrame& frame, const TxFormat& format, uint8_t* out);

}  // namespace redial::wire
