// SPDX-License-Identifier: Apache-2.0
// Octets from anybody on a line: the decoder, in every instruction set of this machine's choice and
// cut anywhere, reports what the byte-at-a-time reference does; and what is encoded comes back.
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "wire/hdlc.h"
#include "wire/hdlc_kernels.h"
#include "wire/hdlc_reference.h"

namespace {

using namespace redial;
using namespace redial::wire;

struct Report {
  enum class What : uint8_t { Frame, Bad, Outside } what = What::Frame;
  Bytes octets = {};
  FrameError error = FrameError::BadFcs;
  bool operator==(const Report&) const = default;
};

struct Recorder {
  std::vector<Report> all;
  bool on_frame(ByteView frame) {
    all.push_back({Report::What::Frame, Bytes(frame.begin(), frame.end())});
    return all.size() % 3 != 0;  // Every now and then it is full.
  }
  void on_bad_frame(FrameError error) { all.push_back({Report::What::Bad, {}, error}); }
  void on_outside(ByteView noise) {
    if (all.empty() || all.back().what != Report::What::Outside) {
      all.push_back({Report::What::Outside});
    }
    all.back().octets.insert(all.back().octets.end(), noise.begin(), noise.end());
  }
};

void check_decoder(ByteView stream, uint16_t frame_max, uint32_t accm, size_t cut) {
  HdlcDecoder decoder(frame_max);
  ReferenceDecoder reference(frame_max);
  decoder.receive_accm(accm);
  reference.receive_accm(accm);
  Recorder ours, theirs;
  for (size_t at = 0; at < stream.size();) {
    const ByteView batch = stream.subspan(at, std::min(cut, stream.size() - at));
    const size_t consumed = decoder.decode(batch, ours);
    REDIAL_ASSERT(consumed > 0 && consumed == reference.decode(batch, theirs));
    REDIAL_ASSERT(decoder.inside_frame() == reference.inside_frame());
    REDIAL_ASSERT(decoder.inside_frame() || !decoder.holds_buffer());
    at += consumed;
  }
  REDIAL_ASSERT(ours.all == theirs.all);
}

void check_encoder(ByteView information, uint16_t protocol, const TxFormat& format) {
  const TxFrame frame{protocol, information};
  Bytes expected(encoded_max(information.size()) + 1, kFlag);
  expected.resize(static_cast<size_t>(reference_encode_to(frame, format, expected.data() + 1) -
                                      expected.data()));
  Bytes got;
  encode(protocol, information, format, got);
  REDIAL_ASSERT(got == expected);

  Recorder back;
  HdlcDecoder decoder(UINT16_MAX);
  decoder.receive_accm(format.accm);
  decoder.decode(got, back);
  // RFC 1661 §2: protocols are odd; ff03 and ff are none, they would read as address and control.
  const bool address = protocol >> 8 == 0xff || protocol == 0xff;
  if (protocol % 2 == 0 || address || information.empty()) return;
  REDIAL_ASSERT(back.all.size() == 1 && back.all[0].what == Report::What::Frame);
  const ByteView read = back.all[0].octets;
  REDIAL_ASSERT(read.size() > information.size());
  REDIAL_ASSERT(same(read.last(information.size()), information));
}

void check_kernels(ByteView octets, uint32_t accm) {
  for (const InstructionSet set :
       {InstructionSet::Baseline, InstructionSet::Avx2, InstructionSet::Avx512}) {
    const HdlcKernels* const kernels = hdlc_kernels(set);
    if (kernels == nullptr) continue;
    const ByteView before = octets.first(kernels->run_to_flag(octets, accm).octets);
    REDIAL_ASSERT(before.size() == octets.size() || octets[before.size()] == kFlag);
    Bytes fast(before.size() + 64), slow(before.size() + 64);
    const Unescaped a = kernels->unescape(before, false, accm, fast.data());
    const Unescaped b = unescape_bytewise(before, false, accm, slow.data());
    REDIAL_ASSERT(a.octets == b.octets && a.escaping == b.escaping);
    fast.resize(a.octets);
    slow.resize(b.octets);
    REDIAL_ASSERT(fast == slow);
  }
}

}  // namespace

/// Ten octets say how, the rest is the line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader({data, size});
  const auto accm = reader.u32();
  const auto frame_max = reader.u16();
  const auto protocol = reader.u16();
  const auto cut = reader.u8();
  const auto flags = reader.u8();
  if (!flags) return 0;
  const auto frame_max_small = static_cast<uint16_t>(*frame_max % 2048);
  check_decoder(reader.rest(), frame_max_small, *accm, size_t{*cut} + 1);
  check_decoder(reader.rest(), frame_max_small, *accm, size);
  check_kernels(reader.rest(), *accm);
  check_encoder(reader.rest(), *protocol,
                {.accm = *accm, .acfc = (*flags & 1) != 0, .pfc = (*flags & 2) != 0});
  return 0;
}
