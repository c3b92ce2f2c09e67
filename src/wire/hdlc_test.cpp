// SPDX-License-Identifier: Apache-2.0
#include "wire/hdlc.h"

#include <doctest/doctest.h>

#include "core/rng.h"
#include "wire/fcs.h"
#include "wire/hdlc_kernels.h"
#include "wire/hdlc_reference.h"

namespace redial::wire {
namespace {

struct Reported {
  enum class What : uint8_t { Frame, Bad, Outside } what;
  Bytes octets;
  FrameError error = FrameError::BadFcs;
  bool operator==(const Reported&) const = default;
};

/// Remembers what a decoder reports; noise in neighbouring batches counts as one piece.
struct Recorder {
  size_t frames_max = SIZE_MAX;
  std::vector<Reported> all;
  size_t frames = 0;

  bool on_frame(ByteView frame) {
    all.push_back({Reported::What::Frame, Bytes(frame.begin(), frame.end())});
    return ++frames < frames_max;
  }
  void on_bad_frame(FrameError error) { all.push_back({Reported::What::Bad, {}, error}); }
  void on_outside(ByteView noise) {
    if (all.empty() || all.back().what != Reported::What::Outside) {
      all.push_back({Reported::What::Outside, {}});
    }
    all.back().octets.insert(all.back().octets.end(), noise.begin(), noise.end());
  }
};

Reported frame_of(Bytes octets) { return {Reported::What::Frame, std::move(octets)}; }
Reported bad(FrameError error) { return {Reported::What::Bad, {}, error}; }
Reported outside(std::string_view text) {
  return {Reported::What::Outside, Bytes(text.begin(), text.end())};
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
Bytes text(std::string_view from) { return Bytes(from.begin(), from.end()); }

Bytes encoded(uint16_t protocol, ByteView information, const TxFormat& format = {}) {
  Bytes out;
  encode(protocol, information, format, out);
  return out;
}

/// Octets and their good FCS between flags, nothing escaped or put before them.
Bytes raw_frame(Bytes octets) {
  const auto fcs = static_cast<uint16_t>(~fcs16(octets));
  octets.push_back(static_cast<uint8_t>(fcs & 0xff));
  octets.push_back(static_cast<uint8_t>(fcs >> 8));
  return Bytes{0x7e} + octets + Bytes{0x7e};
}

std::vector<Reported> decoded(ByteView octets, uint32_t accm = 0, uint16_t frame_max = 1504) {
  HdlcDecoder decoder(frame_max);
  decoder.receive_accm(accm);
  Recorder recorder;
  CHECK(decoder.decode(octets, recorder) == octets.size());
  return recorder.all;
}

Bytes random_octets(Rng& rng, size_t count, uint64_t specials_in_100) {
  constexpr uint8_t kSpecials[] = {0x7e, 0x7d, 0x11, 0x13, 0x00, 0x1f, 0x5d, 0x5e, 0xff, 0x03};
  Bytes octets(count);
  for (uint8_t& octet : octets) {
    const bool special = rng.below(100) < specials_in_100;
    octet = special ? kSpecials[rng.below(std::size(kSpecials))] : static_cast<uint8_t>(rng.next());
  }
  return octets;
}

struct NamedKernels {
  std::string name;
  const HdlcKernels* kernels;
};

std::vector<NamedKernels> all_kernels() {
  std::vector<NamedKernels> found;
  const std::pair<std::string, InstructionSet> sets[] = {{"baseline", InstructionSet::Baseline},
                                                         {"AVX2", InstructionSet::Avx2},
                                                         {"AVX-512", InstructionSet::Avx512}};
  for (const auto& [name, set] : sets) {
    if (const HdlcKernels* kernels = hdlc_kernels(set)) {
      found.push_back({name, kernels});
    } else {
      MESSAGE("skipped on this processor: " << name);
    }
  }
  return found;
}

const Bytes kEchoRequest = {0x09, 0x01, 0x00, 0x08, 0x12, 0x34, 0x7d, 0x7e};

}  // namespace

TEST_CASE("the FCS is the one of RFC 1662: good FCS f0b8, \"123456789\" gives 906e") {
  const Bytes digits = text("123456789");
  CHECK(static_cast<uint16_t>(~fcs16(digits)) == 0x906e);
  const Bytes with_fcs = digits + Bytes{0x6e, 0x90};
  CHECK(fcs16(with_fcs) == kFcsGood);
}

TEST_CASE("every instruction set computes the FCS of the table, for every length and start") {
  Rng rng(1);
  const Bytes octets = random_octets(rng, 5000, 10);
  for (const auto& set : all_kernels()) {
    CAPTURE(set.name);
    const HdlcKernels* const kernels = set.kernels;
    for (size_t size = 0; size < 1200; ++size) {
      const ByteView some = ByteView(octets).subspan(rng.below(2000), size);
      const auto before = static_cast<uint16_t>(rng.next());
      REQUIRE(kernels->fcs16(before, some) == fcs16_bytewise(before, some));
    }
    CHECK(kernels->fcs16(kFcsInitial, octets) == fcs16_bytewise(kFcsInitial, octets));
  }
}

TEST_CASE("every instruction set escapes, unescapes and finds flags as the byte loop does") {
  for (const auto& set : all_kernels()) {
    CAPTURE(set.name);
    const HdlcKernels* const kernels = set.kernels;
    for (uint64_t seed = 0; seed < 4000; ++seed) {
      CAPTURE(seed);
      Rng rng(seed);
      const Bytes octets = random_octets(rng, rng.below(300), rng.below(3) * rng.below(101) / 2);
      const uint32_t accm = rng.below(3) == 0 ? 0 : static_cast<uint32_t>(rng.next() & rng.next());

      Bytes expected(2 * octets.size() + 64), got(expected.size(), 0xaa);
      expected.resize(
          static_cast<size_t>(escape_bytewise(octets, accm, expected.data()) - expected.data()));
      const auto end = static_cast<size_t>(kernels->escape(octets, accm, got.data()) - got.data());
      for (size_t i = 2 * octets.size() + 32; i < got.size(); ++i) REQUIRE(got[i] == 0xaa);
      got.resize(end);
      REQUIRE(got == expected);

      const auto flag = std::ranges::find(octets, kFlag) - octets.begin();
      const Run run = kernels->run_to_flag(octets, accm);
      REQUIRE(run.octets == static_cast<size_t>(flag));
      const ByteView before = ByteView(octets).first(run.octets);
      if (run.plain) {
        REQUIRE(std::ranges::none_of(before, [&](uint8_t o) { return is_special(accm, o); }));
      }
      const bool escaping = rng.below(2) == 1;
      Bytes lifted(before.size() + 64), lifted_by_byte(before.size() + 64);
      const Unescaped fast = kernels->unescape(before, escaping, accm, lifted.data());
      const Unescaped slow = unescape_bytewise(before, escaping, accm, lifted_by_byte.data());
      REQUIRE(fast.octets == slow.octets);
      REQUIRE(fast.escaping == slow.escaping);
      lifted.resize(fast.octets);
      lifted_by_byte.resize(fast.octets);
      REQUIRE(lifted == lifted_by_byte);
    }
  }
}

TEST_CASE("a search that finds nothing special says so, or nothing would be passed on in place") {
  const Bytes plain = Bytes(777, 'x') + Bytes{0x7e, 0x7d};
  for (const auto& set : all_kernels()) {
    CAPTURE(set.name);
    const HdlcKernels* const kernels = set.kernels;
    for (size_t from = 0; from < 777; from += 7) {
      const Run run = kernels->run_to_flag(ByteView(plain).subspan(from), 0);
      CHECK(run.octets == 777 - from);
      CHECK(run.plain);
    }
  }
}

TEST_CASE("an LCP frame has ff 03 and escaped control octets, whatever was negotiated") {
  const Bytes expected = {0x7e, 0xff, 0x7d, 0x23, 0xc0, 0x21, 0x7d, 0x29, 0x7d, 0x21, 0x7d,
                          0x20, 0x7d, 0x28, 0x7d, 0x32, 0x34, 0x7d, 0x5d, 0x7d, 0x5e};
  for (const TxFormat& format : {TxFormat{}, TxFormat{.accm = 0, .acfc = true, .pfc = true}}) {
    const Bytes frame = encoded(0xc021, kEchoRequest, format);
    CHECK(same(ByteView(frame).first(expected.size()), expected));
    CHECK(frame.back() == 0x7e);
    CHECK(decoded(frame) == std::vector{frame_of(Bytes{0xc0, 0x21} + kEchoRequest)});
  }
}

TEST_CASE("address, control and protocol are left out exactly as negotiated") {
  for (const uint32_t accm : {0u, 0x000a0000u, kDefaultAccm}) {
    for (const bool acfc : {false, true}) {
      for (const bool pfc : {false, true}) {
        for (const uint16_t protocol : {uint16_t{0x0021}, uint16_t{0x8021}}) {
          Rng rng(protocol);
          const Bytes information = random_octets(rng, 400, 50);
          const Bytes frame = encoded(protocol, information, {accm, acfc, pfc});
          for (const uint8_t octet : ByteView(frame).subspan(1, frame.size() - 2)) {
            REQUIRE(octet != 0x7e);
            REQUIRE(!in_map(accm, octet));
          }
          Bytes head = {static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
          if (pfc && protocol < 0x100) head.erase(head.begin());
          CHECK(decoded(frame, accm) == std::vector{frame_of(head + information)});
          CHECK((frame[1] == 0xff) == !acfc);
        }
      }
    }
  }
}

TEST_CASE(
    "neighbouring frames of a batch share a flag, and stop where the buffer may not suffice") {
  const Bytes information(100, 'i');
  const std::vector<TxFrame> frames(5, TxFrame{0x0021, information});
  const TxFormat format{.accm = 0};
  Bytes buffer(10 * encoded_max(100));
  const Encoded done = encode(frames, format, buffer);
  CHECK(done.frames == 5);
  CHECK(done.octets == 1 + 5 * (100 + 6 + 1));
  CHECK(decoded(ByteView(buffer).first(done.octets)).size() == 5);

  buffer.resize(2 * 107 + encoded_max(100));
  CHECK(encode(frames, format, buffer).frames == 2);
  buffer.resize(encoded_max(100) - 1);
  CHECK(encode(frames, format, buffer).octets == 0);
}

TEST_CASE("encoding appends and does not allocate when the capacity suffices") {
  for (const size_t size : {0, 20, 1500, 60000}) {
    const Bytes information(size, 0x7e);
    Bytes out = text("before");
    out.reserve(out.size() + encoded_max(size));
    const uint8_t* const storage = out.data();
    encode(0x0021, information, {}, out);
    CHECK(out.data() == storage);
    CHECK(as_text(ByteView(out).first(6)) == "before");
    CHECK(decoded(ByteView(out).subspan(6), 0, 65000).size() == 1);
  }
}

TEST_CASE("a stream gives the same frames wherever it is cut") {
  const Bytes stream = text("\r\nCONNECT 33600\r\n") + encoded(0xc021, kEchoRequest) +
                       encoded(0x0021, text("plain text"), {.accm = 0}) +
                       Bytes{0x7e, 'x', 0x7d, 0x7e} + encoded(0x0021, Bytes(30, 0x7d));
  const std::vector<Reported> expected = {
      outside("\r\nCONNECT 33600\r\n"), frame_of(Bytes{0xc0, 0x21} + kEchoRequest),
      frame_of(Bytes{0x00, 0x21} + text("plain text")), bad(FrameError::Aborted),
      frame_of(Bytes{0x00, 0x21} + Bytes(30, 0x7d))};
  for (size_t a = 0; a <= stream.size(); ++a) {
    for (size_t b = a; b <= stream.size(); ++b) {
      HdlcDecoder decoder;
      Recorder recorder;
      decoder.decode(ByteView(stream).first(a), recorder);
      decoder.decode(ByteView(stream).subspan(a, b - a), recorder);
      decoder.decode(ByteView(stream).subspan(b), recorder);
      REQUIRE(recorder.all == expected);
      REQUIRE(!decoder.holds_buffer());
    }
  }
}

TEST_CASE("flags between frames are not frames") {
  const Bytes frame = encoded(0x0021, text("data"));
  CHECK(decoded(Bytes(5, 0x7e) + frame + Bytes(100, 0x7e) + frame + Bytes(3, 0x7e)).size() == 2);
}

TEST_CASE("a frame with a wrong octet is reported and the next one is read") {
  Bytes broken = encoded(0x0021, text("data"));
  broken[8] ^= 1;
  const Bytes good = encoded(0x0021, text("next"));
  CHECK(decoded(broken + good) ==
        std::vector{bad(FrameError::BadFcs), frame_of(Bytes{0x00, 0x21} + text("next"))});
}

TEST_CASE("an escape before the flag aborts the frame, and the flag begins the next") {
  const Bytes next = encoded(0x0021, text("next"));
  const Bytes body(next.begin() + 1, next.end());
  const std::vector expected{bad(FrameError::Aborted), frame_of(Bytes{0x00, 0x21} + text("next"))};
  CHECK(decoded(Bytes{0x7e, 'a', 'b', 'c', 0x7d, 0x7e} + body) == expected);
  CHECK(decoded(Bytes{0x7e, 0x7d, 0x7e} + body) == expected);
}

TEST_CASE("fewer than four octets, or no protocol in a frame, are too short") {
  for (const Bytes& octets : {Bytes{1}, Bytes{1, 2}, Bytes{1, 2, 3}}) {
    CHECK(decoded(Bytes{0x7e} + octets + Bytes{0x7e}) == std::vector{bad(FrameError::TooShort)});
  }
  CHECK(decoded(raw_frame({0xff, 0x03})) == std::vector{bad(FrameError::TooShort)});
  CHECK(decoded(raw_frame({0xff, 0x03, 0x20})) == std::vector{bad(FrameError::TooShort)});
  CHECK(decoded(raw_frame({0xff, 0x03, 0x21})) == std::vector{frame_of({0x21})});
}

TEST_CASE("the longest frame passes, one octet more is Oversize, once, however long it goes on") {
  const TxFormat plain{.accm = 0}, short_head{.accm = 0, .acfc = true};
  const Bytes fits(98, 'f'), too_long(99, 't'), endless(70000, 0x7d);
  for (const TxFormat& format : {TxFormat{}, plain, short_head}) {
    CHECK(decoded(encoded(0x0021, fits, format), 0, 100) ==
          std::vector{frame_of(Bytes{0x00, 0x21} + fits)});
    const Bytes after = encoded(0x0021, text("after"), format);
    const std::vector expected{bad(FrameError::Oversize),
                               frame_of(Bytes{0x00, 0x21} + text("after"))};
    CHECK(decoded(encoded(0x0021, too_long, format) + after, 0, 100) == expected);
    CHECK(decoded(encoded(0x0021, endless, format) + after, 0, 100) == expected);
  }
}

TEST_CASE("while an oversized frame goes on, no memory is held for it") {
  HdlcDecoder decoder(100);
  Recorder recorder;
  decoder.decode(Bytes{0x7e}, recorder);
  for (int i = 0; i < 50; ++i) decoder.decode(Bytes(10, 'x'), recorder);
  CHECK(recorder.all == std::vector{bad(FrameError::Oversize)});
  CHECK(!decoder.holds_buffer());
  CHECK(decoder.inside_frame());
  decoder.decode(Bytes{0x7e}, recorder);
  CHECK(!decoder.inside_frame());
}

TEST_CASE("control octets in the map were put in on the way and are dropped, escaped ones stay") {
  Bytes noisy;
  for (const uint8_t octet : encoded(0x0021, Bytes(40, 0x11))) {
    noisy.push_back(octet);
    noisy.push_back(0x13);  // XOFF from a careless modem, even between an escape and its octet
  }
  CHECK(decoded(noisy, 0x000a0000) == std::vector{frame_of(Bytes{0x00, 0x21} + Bytes(40, 0x11))});
  CHECK(decoded(noisy, 0).back() != frame_of(Bytes{0x00, 0x21} + Bytes(40, 0x11)));
}

TEST_CASE("a full sink stops the reading behind its frame, and the rest is read later") {
  Bytes stream;
  for (char name = 'a'; name < 'f'; ++name) {
    encode(0x0021, Bytes(20, static_cast<uint8_t>(name)), {}, stream);
  }
  HdlcDecoder decoder;
  Recorder recorder;
  size_t at = 0;
  for (size_t frames = 1; frames <= 5; ++frames) {
    recorder.frames_max = frames;
    at += decoder.decode(ByteView(stream).subspan(at), recorder);
    CHECK(recorder.frames == frames);
    CHECK(!decoder.holds_buffer());
    CHECK(at <= stream.size());
    CHECK(stream[at - 1] == 0x7e);
  }
  CHECK(at == stream.size());
  for (size_t i = 0; i < 5; ++i) {
    CHECK(recorder.all[i].octets.back() == static_cast<uint8_t>('a' + i));
  }
}

TEST_CASE("a frame that lies whole and unescaped in the batch is passed on in place") {
  const Bytes stream = encoded(0x0021, text("unescaped"), {.accm = 0});
  struct : Recorder {
    const uint8_t* at = nullptr;
    bool on_frame(ByteView frame) {
      at = frame.data();
      return true;
    }
  } sink;
  HdlcDecoder decoder;
  decoder.decode(stream, sink);
  CHECK(sink.at == stream.data() + 3);
}

TEST_CASE("a heap block is held only while part of a frame has come") {
  const Bytes stream = encoded(0x0021, text("some \x7d escaped \x7e octets"));
  HdlcDecoder decoder;
  Recorder recorder;
  CHECK(!decoder.inside_frame());
  for (size_t i = 0; i < stream.size(); ++i) {
    decoder.decode(ByteView(stream).subspan(i, 1), recorder);
    const bool between = i == 0 || i + 1 == stream.size();
    CHECK(decoder.inside_frame() == !between);
    CHECK(decoder.holds_buffer() == !between);
  }
  CHECK(recorder.frames == 1);

  decoder.decode(Bytes{'x', 'y'}, recorder);
  decoder.reset();
  CHECK(!decoder.inside_frame());
  CHECK(!decoder.holds_buffer());
  decoder.decode(text("OK"), recorder);
  CHECK(recorder.all.back() == outside("OK"));
}

TEST_CASE("any octets, cut anywhere, are decoded as by the reference") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    Bytes stream = random_octets(rng, rng.below(20), 10);
    for (uint64_t frames = rng.below(8); frames > 0; --frames) {
      const TxFormat format{static_cast<uint32_t>(rng.next() * rng.below(2)), rng.below(2) == 1,
                            rng.below(2) == 1};
      const Bytes information = random_octets(rng, rng.below(rng.below(2) == 0 ? 20 : 250), 20);
      encode(static_cast<uint16_t>(rng.next()), information, format, stream);
      if (rng.below(3) == 0) stream[rng.below(stream.size())] = static_cast<uint8_t>(rng.next());
      if (rng.below(6) == 0) stream = stream + random_octets(rng, rng.below(300), 90);
    }
    const auto frame_max = static_cast<uint16_t>(4 + rng.below(240));
    const auto accm = static_cast<uint32_t>(rng.next() * rng.below(2));
    HdlcDecoder decoder(frame_max);
    ReferenceDecoder reference(frame_max);
    decoder.receive_accm(accm);
    reference.receive_accm(accm);
    Recorder ours, theirs;
    for (size_t at = 0; at < stream.size();) {
      const ByteView batch =
          ByteView(stream).subspan(at, std::min(stream.size() - at, 1 + rng.below(200)));
      REQUIRE(decoder.decode(batch, ours) == batch.size());
      REQUIRE(reference.decode(batch, theirs) == batch.size());
      REQUIRE(decoder.inside_frame() == reference.inside_frame());
      at += batch.size();
    }
    REQUIRE(ours.all == theirs.all);
  }
}

TEST_CASE("any frame is encoded as by the reference, and comes back") {
  for (uint64_t seed = 0; seed < 3000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    const Bytes information = random_octets(rng, rng.below(2000), rng.below(101));
    const auto protocol = static_cast<uint16_t>(rng.next() & rng.next() & 0xfeff) | 1u;
    const TxFormat format{static_cast<uint32_t>(rng.next() * rng.below(2)), rng.below(2) == 1,
                          rng.below(2) == 1};
    const TxFrame frame{static_cast<uint16_t>(protocol), information};
    Bytes expected(encoded_max(information.size()) + 1, 0x7e);
    expected.resize(static_cast<size_t>(reference_encode_to(frame, format, expected.data() + 1) -
                                        expected.data()));
    const Bytes got = encoded(frame.protocol, information, format);
    REQUIRE(got == expected);
    const std::vector<Reported> back = decoded(got, format.accm, 2004);
    REQUIRE(back.size() == 1);
    REQUIRE(same(ByteView(back[0].octets).last(information.size()), information));
  }
}

}  // namespace redial::wire
