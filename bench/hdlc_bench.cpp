// SPDX-License-Identifier: Apache-2.0
// HDLC encoding and decoding against the byte-at-a-time codec and against memcpy, which moves the
// information only. Batches of 32 frames of 1500 octets; control frames one by one. Exit status 1
// when a goal is missed.
#include <cstring>

#include "core/rng.h"
#include "ratios.h"
#include "wire/hdlc.h"
#include "wire/hdlc_kernels.h"
#include "wire/hdlc_reference.h"

namespace redial::wire {
namespace {

using bench::Contestant;
using bench::Goal;
using bench::Table;

constexpr size_t kFrames = 32, kInformation = 1500;
constexpr uint16_t kIp = 0x0021;

struct Counting {
  size_t frames = 0, bad = 0;
  bool on_frame(ByteView) { return ++frames > 0; }
  void on_bad_frame(FrameError) { ++bad; }
  void on_outside(ByteView) {}
};

/// What the byte loop does for a batch.
size_t encode_by_byte(const std::vector<TxFrame>& frames, const TxFormat& format, Bytes& buffer) {
  uint8_t* out = buffer.data();
  *out++ = 0x7e;
  for (const TxFrame& frame : frames) out = reference_encode_to(frame, format, out);
  return static_cast<size_t>(out - buffer.data());
}

/// Frames to send, and the same on the line.
struct Load {
  Load(uint32_t accm, const std::function<uint8_t(size_t)>& octet) : format{.accm = accm} {
    for (size_t i = 0; i < information.size(); ++i) information[i] = octet(i);
    for (size_t i = 0; i < kFrames; ++i) {
      frames.push_back({kIp, ByteView(information).subspan(i * kInformation, kInformation)});
    }
    line.resize(encode(frames, format, buffer).octets);
    std::memcpy(line.data(), buffer.data(), line.size());
  }
  TxFormat format;
  Bytes information = Bytes(kFrames * kInformation);
  std::vector<TxFrame> frames;
  Bytes buffer = Bytes(kFrames * encoded_max(kInformation));
  Bytes line;
};

Contestant copying(Load& load) {
  return {"memcpy", [&load] {
            uint8_t* out = load.buffer.data();
            for (const TxFrame& frame : load.frames) {
              std::memcpy(out, frame.information.data(), frame.information.size());
              bench::use(out);
              out += frame.information.size();
            }
          }};
}

std::vector<Contestant> encoders(Load& load) {
  return {{"ours",
           [&load] {
             encode(load.frames, load.format, load.buffer);
             bench::use(load.buffer.data());
           }},
          {"byte loop",
           [&load] {
             encode_by_byte(load.frames, load.format, load.buffer);
             bench::use(load.buffer.data());
           }},
          copying(load)};
}

template <class Decoder>
void read_all(Decoder& decoder, ByteView line, size_t frames) {
  Counting sink;
  decoder.decode(line, sink);
  if (sink.frames != frames || sink.bad != 0) std::abort();
}

std::vector<Contestant> decoders(Load& load) {
  return {{"ours",
           [&load, decoder = std::make_shared<HdlcDecoder>()] {
             read_all(*decoder, load.line, kFrames);
           }},
          {"byte loop",
           [&load, decoder = std::make_shared<ReferenceDecoder>()] {
             read_all(*decoder, load.line, kFrames);
           }},
          copying(load)};
}

void bulk(Table& table, const std::string& name, Load load, double encode_goal, double decode_goal,
          double copy_goal) {
  const auto goal = [](double bound) { return bound > 0 ? Goal::AtLeast : Goal::None; };
  for (const bool encoding : {true, false}) {
    std::vector<Contestant> all = encoding ? encoders(load) : decoders(load);
    measure(all);
    const std::string metric = (encoding ? "encode " : "decode ") + name;
    const double bound = encoding ? encode_goal : decode_goal;
    table.speed(metric + ", times as fast", all[0], all[1], goal(bound), bound);
    table.speed(metric + ", times as fast", all[0], all[2], goal(copy_goal), copy_goal);
  }
}

/// An LCP echo, 20 octets of PPP, written and read.
void control(Table& table) {
  const Bytes echo = {9, 1, 0, 16, 0x5a, 0x17, 0x3c, 0x81, 'r', 'e', 'd', 'i', 'a', 'l', 0, 1};
  const TxFrame frame{0xc021, echo};
  Bytes buffer(256);
  HdlcDecoder decoder;
  ReferenceDecoder reference;
  std::vector<Contestant> all = {{"ours",
                                  [&] {
                                    const Encoded done = encode(std::span(&frame, 1), {}, buffer);
                                    read_all(decoder, ByteView(buffer).first(done.octets), 1);
                                  }},
                                 {"byte loop", [&] {
                                    buffer[0] = 0x7e;
                                    const uint8_t* const end =
                                        reference_encode_to(frame, {}, buffer.data() + 1);
                                    read_all(reference, {buffer.data(), end}, 1);
                                  }}};
  measure(all);
  table.time("control frame of 20, part of the time", all[0], all[1], Goal::AtMost, 0.7);
}

uint8_t text_octet(size_t at) {
  constexpr char kText[] = "GET /index.html HTTP/1.0, and the quick brown fox jumps over it. ";
  return static_cast<uint8_t>(kText[at % (sizeof kText - 1)]);
}

int run() {
  Table table;
  const auto random = [rng = Rng(7)](size_t) mutable { return static_cast<uint8_t>(rng.next()); };
  const auto flags = [](size_t) { return uint8_t{0x7e}; };
  bulk(table, "random, ACCM 0", Load(0, random), 15, 15, 0.20);
  bulk(table, "text, ACCM 0", Load(0, text_octet), 15, 15, 0.20);
  bulk(table, "all 7e, ACCM 0", Load(0, flags), 8, 6, 0);
  bulk(table, "random, default ACCM", Load(kDefaultAccm, random), 0, 0, 0);
  bulk(table, "text, default ACCM", Load(kDefaultAccm, text_octet), 0, 0, 0);
  control(table);
  return table.all_met() ? 0 : 1;
}

}  // namespace
}  // namespace redial::wire

int main() { return redial::wire::run(); }
