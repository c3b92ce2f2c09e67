// SPDX-License-Identifier: Apache-2.0
#include "wire/hdlc.h"

#include "wire/fcs.h"
#include "wire/hdlc_kernels.h"

namespace redial::wire {
namespace {

constexpr uint8_t kAllStations = 0xff;
constexpr uint8_t kUnnumberedInformation = 0x03;
constexpr uint16_t kLcp = 0xc021;
constexpr size_t kShortest = 4;  // RFC 1662 §4.3
constexpr size_t kStoreSlack = 64;
constexpr uint16_t kFcsOfAddress =
    fcs16_step(fcs16_step(kFcsInitial, kAllStations), kUnnumberedInformation);

HdlcFound bad(FrameError error) {
  return {.kind = HdlcFound::Kind::Bad, .error = error, .consumed = 0, .octets = {}};
}

}  // namespace

void HdlcDecoder::reset() {
  buffer_.reset();
  gathered_ = 0;
  escaping_ = false;
  part_ = Part::Outside;
}

HdlcFound HdlcDecoder::next(ByteView octets, Scratch& scratch) {
  size_t flags = 0;
  if (part_ == Part::Start) {
    while (flags < octets.size() && octets[flags] == kFlag) ++flags;
  }
  octets = octets.subspan(flags);
  const Run run = hdlc_kernels().run_to_flag(octets, accm_);
  const bool closed = run.octets < octets.size();
  // Made where it goes: copying it right after its parts were written would wait for them.
  HdlcFound found = look_at(octets.first(run.octets), closed, run.plain, scratch);
  found.consumed = flags + run.octets + (closed ? 1 : 0);
  return found;
}

/// What lies before a flag or the end of the batch.
HdlcFound HdlcDecoder::look_at(ByteView octets, bool closed, bool plain, Scratch& scratch) {
  switch (part_) {
    case Part::Outside:
      if (closed) part_ = Part::Start;
      if (octets.empty()) return {};
      return {.kind = HdlcFound::Kind::Outside, .octets = octets};
    case Part::Skipping:
      if (closed) part_ = Part::Start;
      return {};
    case Part::Start:
      if (closed && plain) return judge(octets);
      if (octets.empty()) return {};  // nothing but flags
      break;
    case Part::Inside: break;
  }
  return gather(octets, closed, scratch);
}

/// Unescapes what comes before a flag or the end of the batch: onto the stack when the whole frame
/// is here, else into buffer_, behind what an earlier batch has left there.
HdlcFound HdlcDecoder::gather(ByteView octets, bool closed, Scratch& scratch) {
  const HdlcKernels& kernels = hdlc_kernels();
  const bool on_stack = closed && part_ == Part::Start && raw_max() < Scratch::kOctets;
  if (!on_stack && buffer_ == nullptr) {
    buffer_ = std::make_unique_for_overwrite<uint8_t[]>(raw_max() + 1 + kStoreSlack);
  }
  uint8_t* const to = on_stack ? scratch.octets : buffer_.get();
  const size_t room = on_stack ? Scratch::kOctets : raw_max() + 1;
  size_t gathered = part_ == Part::Inside ? gathered_ : 0;
  bool escaping = part_ == Part::Inside && escaping_;

  // In pieces that fit even if nothing in them is an escape.
  while (!octets.empty() && gathered <= raw_max()) {
    const ByteView piece = octets.first(std::min(octets.size(), room - gathered));
    const Unescaped some = kernels.unescape(piece, escaping, accm_, to + gathered);
    gathered += some.octets;
    escaping = some.escaping;
    octets = octets.subspan(piece.size());
  }

  const bool oversize = gathered > raw_max();
  if (closed) {
    part_ = Part::Start;
    if (oversize) return bad(FrameError::Oversize);
    return escaping ? bad(FrameError::Aborted) : judge({to, gathered});
  }
  if (oversize) {
    buffer_.reset();
    part_ = Part::Skipping;
    return bad(FrameError::Oversize);
  }
  gathered_ = static_cast<uint32_t>(gathered);
  escaping_ = escaping;
  part_ = gathered > 0 || escaping ? Part::Inside : Part::Start;
  return {};
}

/// What lay between two flags, without escapes: a frame, a reason, or nothing at all.
HdlcFound HdlcDecoder::judge(ByteView frame) const {
  if (frame.empty()) return {};
  const bool addressed =
      frame.size() >= 2 && frame[0] == kAllStations && frame[1] == kUnnumberedInformation;
  if (frame.size() > size_t{frame_max_} + (addressed ? 4 : 2)) return bad(FrameError::Oversize);
  if (frame.size() < kShortest) return bad(FrameError::TooShort);
  if (fcs16(frame) != kFcsGood) return bad(FrameError::BadFcs);

  frame = frame.first(frame.size() - 2).subspan(addressed ? 2 : 0);
  // RFC 1661 §2: the protocol field ends with its first odd octet, the second at the latest.
  const size_t protocol = !frame.empty() && (frame[0] & 1) != 0 ? 1 : 2;
  if (frame.size() < protocol) return bad(FrameError::TooShort);
  return {.kind = HdlcFound::Kind::Frame, .octets = frame};
}

uint8_t* encode_to(const TxFrame& frame, const TxFormat& format, uint8_t* out) {
  const HdlcKernels& kernels = hdlc_kernels();
  const TxFormat how = frame.protocol == kLcp ? TxFormat{} : format;
  uint16_t fcs = kFcsInitial;
  const auto put = [&](unsigned value) {
    const auto octet = static_cast<uint8_t>(value);
    fcs = fcs16_step(fcs, octet);
    out = put_escaped(octet, how.accm, out);
  };
  if (!how.acfc) {
    *out++ = kAllStations;
    out = put_escaped(kUnnumberedInformation, how.accm, out);
    fcs = kFcsOfAddress;
  }
  if (!how.pfc || frame.protocol > 0xff) put(frame.protocol >> 8);
  put(frame.protocol & 0xff);

  fcs = static_cast<uint16_t>(~kernels.fcs16(fcs, frame.information));
  out = kernels.escape(frame.information, how.accm, out);
  out = put_escaped(static_cast<uint8_t>(fcs & 0xff), how.accm, out);
  out = put_escaped(static_cast<uint8_t>(fcs >> 8), how.accm, out);
  *out++ = kFlag;
  return out;
}

void encode(uint16_t protocol, ByteView information, const TxFormat& format, Bytes& out) {
  constexpr size_t kOnStack = 2048;
  const size_t size_max = encoded_max(information.size());
  if (size_max <= kOnStack) {  // A vector grows with zeros only: small frames are appended instead.
    uint8_t octets[kOnStack];
    octets[0] = kFlag;
    const uint8_t* const begin = octets;
    const uint8_t* const end = encode_to({protocol, information}, format, octets + 1);
    out.insert(out.end(), begin, end);
    return;
  }
  const size_t at = out.size();
  out.resize(at + size_max);
  out[at] = kFlag;
  const uint8_t* const end = encode_to({protocol, information}, format, out.data() + at + 1);
  out.resize(static_cast<size_t>(end - out.data()));
}

}  // namespace redial::wire
