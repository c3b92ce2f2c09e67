// SPDX-License-Identifier: Apache-2.0
// Async HDLC-like framing, RFC 1662: octets of a line <-> PPP frames. Batches in, a sink out, nothing
// allocated per frame; the byte-at-a-time reference (hdlc_reference.h) is what it is fuzzed against.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>

#include "core/bytes.h"

namespace redial::wire {

enum class FrameError : uint8_t { BadFcs, Aborted, TooShort, Oversize };

constexpr uint32_t kDefaultAccm = 0xffffffff;  // RFC 1662 §7.1
constexpr uint16_t kDefaultMru = 1500;         // RFC 1661 §6.1

/// How our frames are written. LCP always goes out with the defaults (RFC 1661 §6.5, RFC 1662 §7).
struct TxFormat {
  uint32_t accm = kDefaultAccm;  // bit n set: octet n is escaped
  bool acfc = false;             // leave out ff 03
  bool pfc = false;              // one octet for protocols below 0x100
  bool operator==(const TxFormat&) const = default;
};

/// What a decoder reports to. `on_frame` gets the protocol field, still as sent (one or two octets),
/// and the information; address, control and FCS are checked and gone. False: full, stop reading.
/// `on_outside` gets octets that belong to no frame (before the first flag): prompts, noise, AT.
template <class S>
concept FrameSink = requires(S& sink, ByteView view, FrameError error) {
  { sink.on_frame(view) } -> std::convertible_to<bool>;
  sink.on_bad_frame(error);
  sink.on_outside(view);
};

/// One direction of one line. Between frames it holds no heap block.
class HdlcDecoder {
 public:
  /// `frame_max`: octets of protocol plus information; longer frames are dropped as Oversize.
  explicit HdlcDecoder(uint16_t frame_max = kDefaultMru + 4) : frame_max_(frame_max) {}

  /// Reads until the end or until the sink is full; returns the octets consumed.
  template <FrameSink S>
  size_t decode(ByteView octets, S&& sink);

  /// Unescaped control octets in this map were inserted on the way and are dropped (RFC 1662 §4.2).
  void receive_accm(uint32_t map) { accm_ = map; }
  /// True between the opening flag's first octet and the closing flag.
  bool inside_frame() const;
  void reset();

 private:
  uint16_t frame_max_;
  uint32_t accm_ = 0;
};

}  // namespace redial::wire
