// SPDX-License-Identifier: Apache-2.0
// Async HDLC-like framing, RFC 1662: octets of a line <-> PPP frames. Batches in, a sink out,
// nothing allocated per frame; the byte-at-a-time reference (hdlc_reference.h) is what it is fuzzed
// against.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <ranges>

#include "core/bytes.h"

namespace redial::wire {

enum class FrameError : uint8_t { BadFcs, Aborted, TooShort, Oversize };

constexpr uint32_t kDefaultAccm = 0xffffffff;  // RFC 1662 §7.1
constexpr uint16_t kDefaultMru = 1500;         // RFC 1661 §6.1

/// How our frames are written. LCP always goes out with the defaults (RFC 1661 §6.5, RFC 1662 §7),
/// whatever the format says.
struct TxFormat {
  uint32_t accm = kDefaultAccm;  // bit n set: octet n is escaped
  bool acfc = false;             // leave out ff 03
  bool pfc = false;              // one octet for protocols below 0x100
  bool operator==(const TxFormat&) const = default;
};

struct TxFrame {
  uint16_t protocol = 0;
  ByteView information;
};

/// What a decoder reports to. `on_frame` gets the protocol field, still as sent (one or two
/// octets), and the information; address, control and FCS are checked and gone. False: full, stop
/// reading. `on_outside` gets octets that belong to no frame (before the first flag): prompts,
/// noise, AT.
template <class S>
concept FrameSink = requires(S& sink, ByteView view, FrameError error) {
  { sink.on_frame(view) } -> std::convertible_to<bool>;
  sink.on_bad_frame(error);
  sink.on_outside(view);
};

/// The next thing in a batch; `decode` turns it into a call of the sink.
struct HdlcFound {
  enum class Kind : uint8_t { Nothing, Frame, Bad, Outside };
  Kind kind = Kind::Nothing;
  FrameError error = FrameError::BadFcs;
  size_t consumed = 0;
  ByteView octets;  // in the batch, or in the decoder's buffers until its next call
};

/// One direction of one line. Between frames it holds no heap block.
class HdlcDecoder {
 public:
  /// `frame_max`: octets of protocol plus information; longer frames are dropped as Oversize.
  explicit HdlcDecoder(uint16_t frame_max = kDefaultMru + 4) : frame_max_(frame_max) {}

  /// Reads until the end or until the sink is full; returns the octets consumed. Views given to the
  /// sink are good during the call only.
  template <FrameSink S>
  size_t decode(ByteView octets, S&& sink) {
    Scratch scratch;
    size_t at = 0;
    while (at < octets.size()) {
      const HdlcFound found = next(octets.subspan(at), scratch);
      at += found.consumed;
      bool go_on = true;
      if (found.kind == HdlcFound::Kind::Frame) go_on = sink.on_frame(found.octets);
      if (found.kind == HdlcFound::Kind::Bad) sink.on_bad_frame(found.error);
      if (found.kind == HdlcFound::Kind::Outside) sink.on_outside(found.octets);
      if (part_ == Part::Start) buffer_.reset();
      if (!go_on) break;
    }
    return at;
  }

  /// Unescaped control octets in this map were inserted on the way and are dropped (RFC 1662 §4.2).
  void receive_accm(uint32_t map) { accm_ = map; }
  /// True between the opening flag's first octet and the closing flag.
  bool inside_frame() const { return part_ == Part::Inside || part_ == Part::Skipping; }
  /// A heap block is held only for a frame of which a part has come.
  bool holds_buffer() const { return buffer_ != nullptr; }
  /// Back to before the first flag, as on a new call.
  void reset();

 private:
  enum class Part : uint8_t {
    Outside,   // no flag yet
    Start,     // after a flag
    Inside,    // octets of a frame are in buffer_
    Skipping,  // the rest of a frame that was reported as Oversize
  };
  /// Where a frame is unescaped that lies whole in the batch. Not initialised: it costs nothing.
  struct Scratch {
    static constexpr size_t kOctets = 4096;
    uint8_t octets[kOctets + 64];
  };

  HdlcFound next(ByteView octets, Scratch& scratch);
  HdlcFound look_at(ByteView octets, bool closed, bool plain, Scratch& scratch);
  HdlcFound gather(ByteView octets, bool closed, Scratch& scratch);
  HdlcFound judge(ByteView frame) const;
  size_t raw_max() const { return size_t{frame_max_} + 4; }  // ff 03 and the FCS

  std::unique_ptr<uint8_t[]> buffer_;  // Exists only while Inside, and until its frame is read.
  uint32_t accm_ = 0;
  uint32_t gathered_ = 0;  // Octets in buffer_.
  uint16_t frame_max_;
  Part part_ = Part::Outside;
  bool escaping_ = false;  // The last octet was an escape; only while Inside.
};
static_assert(sizeof(HdlcDecoder) <= 40);

/// What `encode` may need for a frame, flags and vector stores included.
constexpr size_t encoded_max(size_t information) { return 2 * information + 64; }

/// Appends one frame between two flags. No allocation when the capacity suffices.
void encode(uint16_t protocol, ByteView information, const TxFormat& format, Bytes& out);

/// Writes one frame without its opening flag to `out`, which has room for encoded_max(); returns
/// the end of it.
uint8_t* encode_to(const TxFrame& frame, const TxFormat& format, uint8_t* out);

struct Encoded {
  size_t frames = 0;  // how many of the batch
  size_t octets = 0;  // in the buffer
};

/// Writes frames that share their flags, as many as surely fit (encoded_max() each) into the
/// buffer.
template <std::ranges::input_range Frames>
Encoded encode(const Frames& frames, const TxFormat& format, std::span<uint8_t> buffer) {
  Encoded done;
  for (const TxFrame& frame : frames) {
    if (buffer.size() - done.octets < encoded_max(frame.information.size())) break;
    if (done.frames == 0) buffer[done.octets++] = 0x7e;
    uint8_t* const end = encode_to(frame, format, buffer.data() + done.octets);
    done.octets = static_cast<size_t>(end - buffer.data());
    ++done.frames;
  }
  return done;
}

}  // namespace redial::wire
