// SPDX-License-Identifier: Apache-2.0
// A peer that sends garbage, endless Naks, oversized or truncated packets costs its own link at
// most: the other link of the same engine stays up, and this one comes up once the peer is mended.
#include "support/stranger.h"

using namespace redial;
using namespace redial::test;
using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

using Manners = Stranger::Manners;

bool is_request(uint16_t protocol, const wire::Packet& packet, Protocol wanted) {
  return protocol == static_cast<uint16_t>(wanted) &&
         packet.code == static_cast<uint8_t>(Code::ConfigureRequest);
}

void agree(Stranger& stranger, uint16_t protocol, const wire::Packet& request) {
  PacketWriter ack(Code::ConfigureAck, request.id);
  ack.data(request.data);
  stranger.say_packet(Protocol{protocol}, ack);
}

/// LCP opens: everything asked is agreed to, and nothing is asked.
void open_lcp(Stranger& stranger, uint16_t protocol, const wire::Packet& packet) {
  if (!is_request(protocol, packet, Protocol::Lcp)) return;
  agree(stranger, protocol, packet);
  stranger.say_packet(Protocol::Lcp, PacketWriter(Code::ConfigureRequest, 1));
}

void say_truncated(Stranger& stranger) {
  // A length beyond the packet, below its header; options of length 0, 1 and 255; half a header.
  constexpr std::array<std::array<uint8_t, 8>, 5> kBroken = {{{1, 1, 0, 200, 5, 6, 0, 0},
                                                              {1, 2, 0, 3, 5, 6, 0, 0},
                                                              {1, 3, 0, 8, 5, 0, 0, 0},
                                                              {3, 1, 0, 8, 5, 1, 0, 0},
                                                              {4, 1, 0, 8, 5, 255, 0, 0}}};
  for (const auto& packet : kBroken) stranger.say_frame(Protocol::Lcp, packet);
  stranger.say_frame(Protocol::Lcp, ByteView(kBroken[0]).first(2));
  stranger.say_frame(Protocol::Lcp, {});
  stranger.say_frame(Protocol::Chap, ByteView(kBroken[0]).first(4));
}

void say_oversized(Stranger& stranger) {
  Bytes huge(4000, 0);
  huge[0] = static_cast<uint8_t>(Code::ConfigureRequest);
  huge[2] = 4000 >> 8;
  huge[3] = 4000 & 0xff;
  for (size_t i = 4; i + 1 < huge.size(); i += 2) {
    huge[i] = static_cast<uint8_t>(stranger.rng.next());
    huge[i + 1] = 2;
  }
  stranger.say_frame(Protocol::Lcp, huge);
  // As long as a frame may be: a reply that repeats it has no room for its own header.
  huge.resize(1500);
  huge[2] = 1500 >> 8;
  huge[3] = 1500 & 0xff;
  stranger.say_frame(Protocol::Lcp, huge);
  huge[0] = 77;  // an unknown code, to be Code-Rejected
  stranger.say_frame(Protocol::Lcp, huge);
  stranger.say_frame(Protocol::Eap, huge);  // an unknown protocol, to be Protocol-Rejected
}

void nak_lcp(Stranger& stranger, uint16_t protocol, const wire::Packet& packet) {
  if (!is_request(protocol, packet, Protocol::Lcp)) return;
  PacketWriter nak(Code::ConfigureNak, packet.id);
  nak.option_u32(5, static_cast<uint32_t>(stranger.rng.next()));
  stranger.say_packet(Protocol::Lcp, nak);
}

void nak_ipcp(Stranger& stranger, uint16_t protocol, const wire::Packet& packet) {
  open_lcp(stranger, protocol, packet);
  if (!is_request(protocol, packet, Protocol::Ipcp)) return;
  PacketWriter nak(Code::ConfigureNak, packet.id);
  nak.option_u32(3, static_cast<uint32_t>(stranger.rng.next()));
  stranger.say_packet(Protocol::Ipcp, nak);
}

void reject_ipcp(Stranger& stranger, uint16_t protocol, const wire::Packet& packet) {
  open_lcp(stranger, protocol, packet);
  if (!is_request(protocol, packet, Protocol::Ipcp)) return;
  PacketWriter reject(Code::ConfigureReject, packet.id);
  reject.data(packet.data);
  stranger.say_packet(Protocol::Ipcp, reject);
}

void ask_the_impossible(Stranger& stranger) {
  PacketWriter request(Code::ConfigureRequest, static_cast<uint8_t>(stranger.rng.next()));
  request.option_u16(3, 0xc227);  // EAP
  request.option(static_cast<uint8_t>(200 + stranger.rng.below(50)), stranger.random_octets(40));
  stranger.say_packet(Protocol::Lcp, request);
}

void challenge_for_ever(Stranger& stranger, uint16_t protocol, const wire::Packet& packet) {
  if (is_request(protocol, packet, Protocol::Lcp)) {
    agree(stranger, protocol, packet);
    PacketWriter request(Code::ConfigureRequest, 1);
    request.option(3, std::array<uint8_t, 3>{0xc2, 0x23, 5});
    stranger.say_packet(Protocol::Lcp, request);
  }
}

void say_challenge(Stranger& stranger) {
  PacketWriter challenge(1, static_cast<uint8_t>(stranger.rng.next()));
  challenge.data(std::array<uint8_t, 1>{16});
  challenge.data(stranger.random_octets(20));
  stranger.say_packet(Protocol::Chap, challenge);
}

void say_again(Stranger& stranger, Code code) {
  PacketWriter packet(code, static_cast<uint8_t>(stranger.rng.next()));
  packet.data(stranger.random_octets(8));
  stranger.say_packet(Protocol::Lcp, packet);
}

/// Callback, IPv6 and compressed headers that nobody agreed on, in frames of random octets.
void say_unasked(Stranger& stranger) {
  constexpr std::array kUnasked = {Protocol::Cbcp, Protocol::Ipv6cp, Protocol::Ipv6,
                                   Protocol::VjCompressed, Protocol::VjUncompressed};
  for (const Protocol protocol : kUnasked) {
    PacketWriter packet(static_cast<uint8_t>(1 + stranger.rng.below(3)), uint8_t{1});
    packet.data(stranger.random_octets(20));
    stranger.say_packet(protocol, packet);
  }
  PacketWriter callback(Code::ConfigureRequest, static_cast<uint8_t>(stranger.rng.next()));
  callback.option(13, stranger.random_octets(6));
  stranger.say_packet(Protocol::Lcp, callback);
}

const std::vector<Manners>& all_manners() {
  static const std::vector<Manners> kAll = {
      {"noise", [](Stranger& s) { s.say(s.random_octets(300)); }, {}},
      {"flags", [](Stranger& s) { s.say(Bytes(300, 0x7e)); }, {}},
      {"escapes", [](Stranger& s) { s.say(Bytes(300, 0x7d)); }, {}},
      {"a frame without end",
       [](Stranger& s) {
         s.say(Bytes{0x7e});
         for (int i = 0; i < 10; ++i) s.say(Bytes(600, 0x55));
       },
       {}},
      {"result codes",
       [](Stranger& s) { s.say(as_bytes("\r\nOK\r\nCONNECT 9600\r\nRING\r\n")); },
       {}},
      {"lies about the carrier",
       [](Stranger& s) { s.say(as_bytes("\r\nNO CARRIER\r\n\r\nOK\r\n")); },
       {},
       /*lies=*/true},
      {"truncated packets", say_truncated, {}},
      {"oversized packets", say_oversized, {}},
      {"endless Naks of LCP", {}, nak_lcp},
      {"endless Naks of IPCP", {}, nak_ipcp},
      {"Rejects of all IPCP asks for", {}, reject_ipcp},
      {"requests nobody can agree to", ask_the_impossible, {}},
      {"challenges without end", say_challenge, challenge_for_ever},
      {"Terminate-Requests", [](Stranger& s) { say_again(s, Code::TerminateRequest); }, {}},
      {"Code-Rejects", [](Stranger& s) { say_again(s, Code::CodeReject); }, {}},
      {"Protocol-Rejects", [](Stranger& s) { say_again(s, Code::ProtocolReject); }, open_lcp},
      {"Echo-Requests", [](Stranger& s) { say_again(s, Code::EchoRequest); }, open_lcp},
      {"Acks nobody asked for", [](Stranger& s) { say_again(s, Code::ConfigureAck); }, {}},
      {"callback, IPv6 and compression unasked", say_unasked, open_lcp},
      {"silence", {}, {}},
  };
  return kAll;
}

std::vector<connection::LinkEnded> endings(const World& world, LinkId link) {
  std::vector<connection::LinkEnded> found;
  for (const auto& [at, event] : world.log) {
    if (event.link != link) continue;
    if (const auto* ended = std::get_if<connection::LinkEnded>(&event.body)) {
      found.push_back(*ended);
    }
  }
  return found;
}

void other_link_is_well(const World& world, const Manners& manners) {
  CHECK(world.up());
  CHECK(endings(world, world.link).empty());
  if (manners.lies) return;
  CAPTURE(world.misplaced.empty() ? "" : world.misplaced.front());
  CHECK(world.misplaced.empty());
}

}  // namespace

TEST_CASE(
    "a hostile peer costs its own link at most, which is redialled and comes up when mended") {
  for (const Manners& manners : all_manners()) {
    CAPTURE(manners.name);
    World world;
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    const LinkId link = world.add_link("elsewhere", "5550666");
    Stranger stranger(world, "5550666");
    stranger.behave(&manners);
    world.dial(link);
    world.run_for(20min);
    other_link_is_well(world, manners);
    CHECK_FALSE(world.caller.engine.up(link));
    REQUIRE(endings(world, link).size() >= 2);  // given up, and tried again
    for (const auto& ended : endings(world, link)) {
      CAPTURE(std::string(name(ended.cause.code)));
      CHECK(ended.action == connection::Action::Redial);
    }
    stranger.behave(nullptr);
    CHECK(world.run_until([&] { return world.caller.engine.up(link); }, 30min));
    other_link_is_well(world, manners);
  }
}

TEST_CASE("a peer that turns hostile on an established link costs that link at most") {
  for (Manners manners : all_manners()) {
    CAPTURE(manners.name);
    manners.decent_until_up = true;
    World world;
    world.start();
    REQUIRE(world.run_until([&] { return world.up(); }, 2min));
    const LinkId link = world.add_link("elsewhere", "5550666");
    Stranger stranger(world, "5550666");
    world.dial(link);
    REQUIRE(world.run_until([&] { return world.caller.engine.up(link); }, 2min));
    stranger.behave(&manners);
    world.run_for(10min);
    other_link_is_well(world, manners);
    stranger.behave(nullptr);
    CHECK(world.run_until([&] { return world.caller.engine.up(link); }, 30min));
    other_link_is_well(world, manners);
  }
}

TEST_CASE("a hostile caller is sent away in time, and the port serves the next one") {
  for (const Manners& manners : all_manners()) {
    CAPTURE(manners.name);
    World world;
    world.server_listens();
    world.run_for(5s);
    Stranger stranger(world, "5550666");
    stranger.behave(&manners);
    stranger.call("5550100");
    REQUIRE(world.run_until([&] { return stranger.online(); }, 2min));
    CHECK(world.run_until([&] { return !stranger.online(); }, answer::Port::kServeBound + 30s));
    world.dial(world.link);
    CHECK(world.run_until([&] { return world.up(); }, 2min));
  }
}
