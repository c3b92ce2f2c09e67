// SPDX-License-Identifier: Apache-2.0
#include "ppp/ipv6cp.h"

#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;
using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

SessionConfig with_ipv6(SessionConfig config) {
  config.ipv6 = true;
  return config;
}

PacketWriter identifier(Code code, uint8_t id, uint64_t value) {
  PacketWriter packet(code, id);
  uint8_t octets[8];
  for (unsigned i = 0; i < 8; ++i) octets[i] = static_cast<uint8_t>(value >> (56 - 8 * i));
  packet.option(1, octets);
  return packet;
}

wire::Packet view_of(const PacketWriter& packet) {
  return *wire::parse_packet(packet.information().view());
}

/// An IPV6CP that has sent its first request, and what it answers.
struct Alone {
  Alone() {
    (void)layer.on(Event::Open, context(), now, out);
    (void)layer.on(Event::Up, context(), now, out);
    out.clear();
  }
  Context context() { return {config, entropy}; }
  /// The code of the answer to this packet; 0: none.
  unsigned answer(const PacketWriter& packet) {
    out.clear();
    (void)layer.on_packet(view_of(packet), context(), now, out);
    if (out.empty()) return 0;
    return std::get<SendFrame>(out[0]).information.view()[0];
  }
  uint64_t value_in_answer() {
    const ByteView view = std::get<SendFrame>(out[0]).information.view();
    uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value = value << 8 | view[6 + i];
    return value;
  }

  SessionConfig config;
  SeededEntropy entropy{5};
  Instant now{};
  Ipv6cp layer{entropy};
  SessionActions out;
};

Bytes ipv6_packet(uint64_t source_id) {
  Bytes packet(40, 0);
  packet[0] = 0x60;
  packet[7] = 64;
  packet[8] = 0xfe;
  packet[9] = 0x80;
  for (unsigned i = 0; i < 8; ++i) packet[16 + i] = static_cast<uint8_t>(source_id >> (56 - 8 * i));
  return packet;
}

}  // namespace

TEST_CASE("with IPv6 wanted on both sides each learns both interface identifiers, in one LinkUp") {
  Pair pair(with_ipv6(caller_config()), with_ipv6(server_config()));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.up.has_value(); }));
  CHECK(pair.caller.up->local_id != 0);  // the first one says it all
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  CHECK(pair.caller.up->local == 0x0a40000a);
  CHECK(pair.caller.up->local_id == pair.server.up->peer_id);
  CHECK(pair.caller.up->peer_id == pair.server.up->local_id);
  CHECK(pair.caller.up->local_id != pair.caller.up->peer_id);
  CHECK((pair.caller.up->local_id >> 56 & 2) == 0);  // not a universal one
  CHECK(pair.caller.session.carries(Protocol::Ipv6));
  const Bytes packet = ipv6_packet(1);
  CHECK(pair.caller.session.frame_for(packet)->protocol == static_cast<uint16_t>(Protocol::Ipv6));
}

TEST_CASE("an IPv6 packet from our own identifier is our own, reflected, and no sign of life") {
  Pair pair(with_ipv6(caller_config()), with_ipv6(server_config()));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  CHECK(pair.caller.session.on_ip(ipv6_packet(pair.caller.up->peer_id), pair.now));
  CHECK_FALSE(pair.caller.session.on_ip(ipv6_packet(pair.caller.up->local_id), pair.now));
}

TEST_CASE("nobody asks for IPv6 by itself, and a peer that does is rejected") {
  Pair pair(caller_config(), with_ipv6(server_config()));
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.run_until([] { return false; }, 1min);
  CHECK(pair.caller.count(Protocol::Ipv6cp, 1) == 0);
  CHECK(pair.caller.count(Protocol::Lcp, 8) == 1);
  CHECK(pair.server.count(Protocol::Ipv6cp, 1) == 1);  // and never offered again
  CHECK(pair.server.up->local_id == 0);
  CHECK(pair.server.notes.back() == "no IPv6 on this link: the peer rejects IPV6CP");
  CHECK_FALSE(pair.server.session.frame_for(ipv6_packet(1)).has_value());
}

TEST_CASE("a peer that never answers IPV6CP delays IPv4 by one restart period, no more") {
  Pair pair(with_ipv6(caller_config()), with_ipv6(server_config()));
  pair.filter = [&](const End&, const SendFrame& frame) {
    return frame.protocol != Protocol::Ipv6cp;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  CHECK(pair.now - Instant{} < 4s);
  CHECK(pair.caller.up->local_id == 0);
  pair.run_until([&] { return pair.caller.down.has_value(); }, 5min);
  CHECK(pair.both_up());
}

TEST_CASE("IPv6 that opens late, or goes, is told in another LinkUp while IPv4 stays up") {
  Pair pair(with_ipv6(caller_config()), with_ipv6(server_config()));
  bool deaf = true;
  pair.filter = [&](const End&, const SendFrame& frame) {
    return !deaf || frame.protocol != Protocol::Ipv6cp;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  deaf = false;
  REQUIRE(pair.run_until([&] { return pair.caller.up->local_id != 0; }, 10s));
  pair.forge(pair.caller, Protocol::Ipv6cp, PacketWriter(Code::TerminateRequest, 9));
  REQUIRE(pair.run_until([&] { return pair.caller.up->local_id == 0; }, 10s));
  pair.run_until([&] { return pair.caller.down.has_value(); }, 5min);
  CHECK(pair.caller.session.up());
  CHECK(pair.caller.up->local == 0x0a40000a);
}

TEST_CASE("a peer that rejects IPCP leaves an entry that wants IPv6 with IPv6 alone") {
  for (const bool wanted : {true, false}) {
    auto caller = caller_config();
    caller.ipv6 = wanted;
    Pair pair(caller, with_ipv6(server_config()));
    pair.filter = [&](const End& from, const SendFrame& frame) {
      if (frame.protocol != Protocol::Ipcp) return true;
      if (&from == &pair.caller) {
        PacketWriter reject(Code::ProtocolReject, 1);
        reject.data(std::array<uint8_t, 2>{0x80, 0x21});
        pair.forge(pair.caller, Protocol::Lcp, reject);
      }
      return false;
    };
    pair.open();
    pair.run_until([&] { return pair.caller.up || pair.caller.down; }, 1min);
    if (!wanted) {
      CHECK(pair.caller.down->code == CauseCode::ProtocolRejected);
      continue;
    }
    REQUIRE(pair.caller.up.has_value());
    CHECK(pair.caller.up->local == 0);
    CHECK(pair.caller.up->local_id != 0);
    CHECK_FALSE(pair.caller.session.carries(Protocol::Ip));
    const int asked = pair.caller.count(Protocol::Ipcp, 1);
    pair.run_until([&] { return pair.caller.down.has_value(); }, 20s);
    CHECK(pair.caller.count(Protocol::Ipcp, 1) == asked);  // not offered again
    CHECK(pair.caller.session.up());
  }
}

TEST_CASE("a peer that rejects both protocols ends the link by that name") {
  Pair pair(with_ipv6(caller_config()), server_config());
  pair.open();
  pair.filter = [&](const End& from, const SendFrame& frame) {
    if (&from != &pair.caller || frame.protocol == Protocol::Lcp) return true;
    if (frame.protocol != Protocol::Ipcp && frame.protocol != Protocol::Ipv6cp) return true;
    PacketWriter reject(Code::ProtocolReject, 1);
    const auto protocol = static_cast<uint16_t>(frame.protocol);
    reject.data(std::array<uint8_t, 2>{static_cast<uint8_t>(protocol >> 8),
                                       static_cast<uint8_t>(protocol)});
    pair.forge(pair.caller, Protocol::Lcp, reject);
    return false;
  };
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 1min));
  CHECK(pair.caller.down->code == CauseCode::ProtocolRejected);
}

TEST_CASE("identifiers collide, or are zero: Nak with another one (RFC 5072 section 4.1)") {
  Alone alone;
  CHECK(alone.answer(identifier(Code::ConfigureRequest, 1, alone.layer.local())) == 3);
  CHECK(alone.value_in_answer() != alone.layer.local());
  CHECK(alone.value_in_answer() != 0);
  CHECK(alone.answer(identifier(Code::ConfigureRequest, 2, 0)) == 3);
  CHECK(alone.value_in_answer() != 0);
  CHECK(alone.answer(identifier(Code::ConfigureRequest, 3, 0x0123456789abcdef)) == 2);
  CHECK(alone.layer.peer() == 0x0123456789abcdef);
}

TEST_CASE("a suggested identifier is taken, but not the one that we suggest ourselves") {
  Alone alone;
  CHECK(alone.answer(identifier(Code::ConfigureNak, 1, 0x42)) == 1);
  CHECK(alone.layer.local() == 0x42);
  CHECK(alone.answer(identifier(Code::ConfigureRequest, 1, 0x42)) == 3);
  const uint64_t suggested = alone.value_in_answer();
  CHECK(alone.answer(identifier(Code::ConfigureNak, 2, suggested)) == 1);
  CHECK(alone.layer.local() != suggested);
  CHECK(alone.layer.local() != 0x42);
}

TEST_CASE("an identifier of a length that cannot be, or an unknown option, is rejected") {
  Alone alone;
  PacketWriter odd(Code::ConfigureRequest, 1);
  odd.option(1, std::array<uint8_t, 4>{1, 2, 3, 4});
  CHECK(alone.answer(odd) == 4);
  PacketWriter compression(Code::ConfigureRequest, 2);
  compression.option_u16(2, 0x004f);
  CHECK(alone.answer(compression) == 4);
}
