// SPDX-License-Identifier: Apache-2.0
// Header compression in a session (RFC 1332 section 4); the compression itself is tested in wire/.
#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;
using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

SessionConfig with_vj(SessionConfig config) {
  config.vj = true;
  return config;
}

Bytes tcp_packet(uint32_t sequence, bool from_caller) {
  Bytes packet(50, 0x55);
  const uint8_t header[40] = {0x45, 0,  0,    50,   0,    static_cast<uint8_t>(sequence / 10),
                              0,    0,  64,   6,    0,    0,
                              10,   64, 0,    0x0a, 10,   64,
                              0,    1,  0x10, 0,    0,    80,
                              0,    0,  0,    0,    0,    0,
                              0,    1,  0x50, 0x10, 0x20, 0,
                              1,    2,  0,    0};
  std::ranges::copy(header, packet.begin());
  if (!from_caller) std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
  packet[26] = static_cast<uint8_t>(sequence >> 8);
  packet[27] = static_cast<uint8_t>(sequence);
  uint32_t sum = 0;
  for (size_t i = 0; i < 20; i += 2) sum += packet[i] * 256u + packet[i + 1];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  packet[10] = static_cast<uint8_t>(~sum >> 8);
  packet[11] = static_cast<uint8_t>(~sum);
  return packet;
}

/// A packet's way through both sessions; the protocol that it went by.
uint16_t through(End& from, End& to, const Bytes& packet, Instant now) {
  const auto frame = from.session.frame_for(packet);
  REQUIRE(frame.has_value());
  REQUIRE(to.session.carries(Protocol{frame->protocol}));
  const ByteView got = to.session.packet_in(*frame, now);
  CHECK(same(got, packet));
  return frame->protocol;
}

}  // namespace

TEST_CASE("headers are compressed both ways when both sides want it, and whole when one does not") {
  for (const bool server_too : {true, false}) {
    Pair pair(with_vj(caller_config()), server_too ? with_vj(server_config()) : server_config());
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    for (const bool up : {true, false}) {
      End& from = up ? pair.caller : pair.server;
      End& to = up ? pair.server : pair.caller;
      const auto first = through(from, to, tcp_packet(10, up), pair.now);
      const auto second = through(from, to, tcp_packet(20, up), pair.now);
      CHECK(first == (server_too ? 0x2f : 0x21));
      CHECK(second == (server_too ? 0x2d : 0x21));
    }
  }
}

TEST_CASE(
    "after a damaged frame what cannot be told is dropped, and is a sign of life all the same") {
  Pair pair(with_vj(caller_config()), with_vj(server_config()));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  (void)through(pair.caller, pair.server, tcp_packet(10, true), pair.now);
  pair.server.session.on_bad_frame();
  const Bytes packet = tcp_packet(20, true);
  pair.now += 4s;
  CHECK(pair.server.session.packet_in(*pair.caller.session.frame_for(packet), pair.now).empty());
  CHECK(pair.server.session.due() >= pair.now + 5s);
}

TEST_CASE("a peer that rejects compressed packets though it agreed to them gets them whole") {
  Pair pair(with_vj(caller_config()), with_vj(server_config()));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  (void)through(pair.caller, pair.server, tcp_packet(10, true), pair.now);
  PacketWriter reject(Code::ProtocolReject, 1);
  reject.data(std::array<uint8_t, 2>{0x00, 0x2d});
  pair.forge(pair.caller, Protocol::Lcp, reject);
  pair.run_until([] { return false; }, 100ms);
  CHECK(through(pair.caller, pair.server, tcp_packet(20, true), pair.now) == 0x21);
}

TEST_CASE("a peer that Naks compression gets it on its terms, another method is not spoken") {
  for (const Bytes& terms : {Bytes{0x00, 0x2d, 3, 0}, Bytes{0x00, 0x61, 1, 2, 3}}) {
    Pair pair(with_vj(caller_config()), with_vj(server_config()));
    int naks = 0;
    pair.filter = [&](const End& from, const SendFrame& frame) {
      const ByteView view = frame.information;
      if (&from != &pair.caller || frame.protocol != Protocol::Ipcp || view[0] != 1 || naks++ > 0) {
        return true;
      }
      PacketWriter nak(Code::ConfigureNak, view[1]);
      nak.option(2, terms);
      pair.forge(pair.caller, Protocol::Ipcp, nak);
      return false;
    };
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    Bytes asked;
    for (const SendFrame& frame : pair.caller.sent) {
      if (frame.protocol != Protocol::Ipcp || ByteView(frame.information)[0] != 1) continue;
      asked.clear();
      wire::OptionReader options(wire::parse_packet(frame.information.view())->data);
      while (const auto option = options.next()) {
        if (option->type == 2) asked.assign(option->data.begin(), option->data.end());
      }
    }
    CHECK(asked == (terms.size() == 4 ? terms : Bytes{}));
  }
}
