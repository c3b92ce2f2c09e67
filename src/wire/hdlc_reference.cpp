// SPDX-License-Identifier: Apache-2.0
#include "wire/hdlc_reference.h"

#include "wire/fcs.h"

namespace redial::wire {
namespace {

HdlcFound bad(FrameError error) {
  return {.kind = HdlcFound::Kind::Bad, .error = error, .consumed = 0, .octets = {}};
}

bool in_map(uint32_t accm, uint8_t octet) { return octet < 0x20 && (accm >> octet & 1) != 0; }

}  // namespace

HdlcFound ReferenceDecoder::next(ByteView octets) {
  size_t at = 0;
  if (!synchronised_) {
    while (at < octets.size() && octets[at] != 0x7e) ++at;
    synchronised_ = at < octets.size();
    const HdlcFound::Kind kind = at > 0 ? HdlcFound::Kind::Outside : HdlcFound::Kind::Nothing;
    return {.kind = kind, .consumed = at + (synchronised_ ? 1 : 0), .octets = octets.first(at)};
  }
  // In locals, as a loop that is to be a fair rival must be: octets written to the buffer might be
  // parts of this object, for all a compiler knows.
  size_t gathered = gathered_;
  uint16_t fcs = fcs_;
  bool escaping = escaping_, ends = false, oversize = false;
  uint8_t* const buffer = buffer_.data();
  const uint32_t accm = accm_;
  const bool skipping = skipping_;
  const size_t room = buffer_.size();
  while (at < octets.size() && !ends && !oversize) {
    uint8_t octet = octets[at++];
    if (octet == 0x7e) {
      ends = true;
    } else if (skipping || in_map(accm, octet)) {
      continue;
    } else if (octet == 0x7d && !escaping) {
      escaping = true;
    } else if (gathered == room) {
      oversize = true;
    } else {
      if (escaping) octet ^= 0x20;
      escaping = false;
      buffer[gathered++] = octet;
      fcs = fcs16_step(fcs, octet);
    }
  }
  gathered_ = gathered;
  fcs_ = fcs;
  escaping_ = escaping;

  HdlcFound found;
  if (oversize) {
    found = bad(FrameError::Oversize);
    skipping_ = true;
  } else if (ends) {
    found = close();
    gathered_ = 0;
    fcs_ = kFcsInitial;
    escaping_ = skipping_ = false;
  }
  found.consumed = at;
  return found;
}

HdlcFound ReferenceDecoder::close() {
  if (skipping_) return {};
  if (escaping_) return bad(FrameError::Aborted);
  if (gathered_ == 0) return {};
  const bool addressed = gathered_ >= 2 && buffer_[0] == 0xff && buffer_[1] == 0x03;
  if (gathered_ > frame_max_ + (addressed ? 4u : 2u)) return bad(FrameError::Oversize);
  if (gathered_ < 4) return bad(FrameError::TooShort);
  if (fcs_ != kFcsGood) return bad(FrameError::BadFcs);
  const size_t begin = addressed ? 2 : 0;
  const size_t size = gathered_ - 2 - begin;
  if (size == 0 || (size == 1 && buffer_[begin] % 2 == 0)) return bad(FrameError::TooShort);
  return {.kind = HdlcFound::Kind::Frame, .octets = ByteView(buffer_).subspan(begin, size)};
}

uint8_t* reference_encode_to(const TxFrame& frame, const TxFormat& format, uint8_t* out) {
  const TxFormat how = frame.protocol == 0xc021 ? TxFormat{} : format;
  const auto write = [&](uint8_t octet) {
    if (octet == 0x7d || octet == 0x7e || in_map(how.accm, octet)) {
      *out++ = 0x7d;
      octet ^= 0x20;
    }
    *out++ = octet;
  };
  uint16_t fcs = kFcsInitial;
  const auto put = [&](unsigned value) {
    fcs = fcs16_step(fcs, static_cast<uint8_t>(value));
    write(static_cast<uint8_t>(value));
  };
  if (!how.acfc) put(0xff), put(0x03);
  if (!how.pfc || frame.protocol >= 0x100) put(frame.protocol >> 8);
  put(frame.protocol & 0xff);
  for (const uint8_t octet : frame.information) put(octet);
  fcs ^= 0xffff;
  write(static_cast<uint8_t>(fcs & 0xff));
  write(static_cast<uint8_t>(fcs >> 8));
  *out++ = 0x7e;
  return out;
}

}  // namespace redial::wire
