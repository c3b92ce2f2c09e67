// SPDX-License-Identifier: Apache-2.0
// Peers as implementers met them: each test is a row of the table in docs/protocols/ppp.md.
#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;
using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

uint8_t code_of(const SendFrame& frame) { return ByteView(frame.information)[0]; }
bool is(const SendFrame& frame, Protocol protocol, Code code) {
  return frame.protocol == protocol && code_of(frame) == static_cast<uint8_t>(code);
}
wire::Packet packet_of(const SendFrame& frame) {
  return *wire::parse_packet(frame.information.view());
}
/// What the peer asks for gets `more` behind it, on its way to the caller.
auto asking_also(Pair& pair, Protocol protocol, Bytes more) {
  return [&pair, protocol, more](const End& from, const SendFrame& frame) {
    if (&from != &pair.server || !is(frame, protocol, Code::ConfigureRequest)) return true;
    const wire::Packet asked = packet_of(frame);
    PacketWriter request(Code::ConfigureRequest, asked.id);
    request.data(asked.data);
    request.data(more);
    pair.forge(pair.caller, protocol, request);
    return false;
  };
}

}  // namespace

TEST_CASE("round trips of 1.1 and 3 times the restart timer: late Acks count, LCP and IPCP open") {
  for (const Duration one_way : {550ms, 1500ms}) {
    auto caller = caller_config(), server = server_config();
    caller.restart.period = server.restart.period = 1s;
    Pair pair(caller, server);
    pair.latency = one_way;
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }, 1min));
    // Several requests were under way, and none of the late answers tore anything down again.
    CHECK(pair.caller.count(Protocol::Lcp, 1) > 1);
    CHECK(std::ranges::is_sorted(pair.caller.phases));
    pair.run_until([&] { return pair.caller.down.has_value(); }, 2min);
    CHECK(pair.both_up());
  }
}

TEST_CASE(
    "beyond the restart timer each method proves who we are: an answer to any request will do") {
  for (const AuthMethod method :
       {AuthMethod::Pap, AuthMethod::ChapMd5, AuthMethod::MsChapV1, AuthMethod::MsChapV2}) {
    CAPTURE(name(method));
    auto caller = caller_config(), server = server_config();
    caller.restart.period = server.restart.period = 1s;
    caller.may_use = server.demand = {method};
    Pair pair(caller, server);
    pair.latency = 1500ms;
    pair.open();
    CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
  }
}

TEST_CASE("an Ack for a request of other options than now is not taken for one of these") {
  Pair pair(caller_config(), server_config());
  pair.caller_mute = true;
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  const wire::Packet first = packet_of(pair.caller.sent.front());
  PacketWriter reject(Code::ConfigureReject, first.id);
  reject.option(7);  // PFC
  pair.forge(pair.caller, Protocol::Lcp, reject);
  PacketWriter late(Code::ConfigureAck, first.id);
  late.data(first.data);
  pair.forge(pair.caller, Protocol::Lcp, late);
  pair.run_until([] { return false; }, 100ms);
  PacketWriter request(Code::ConfigureRequest, 1);
  pair.forge(pair.caller, Protocol::Lcp, request);
  pair.run_until([] { return false; }, 100ms);
  CHECK(pair.caller.session.phase() == Phase::Establishing);
}

TEST_CASE("a peer that talks PPP before we do: its first requests are lost, not the link") {
  Pair pair(caller_config(), server_config());
  pair.carry(pair.server, pair.server.session.open(pair.now));
  pair.run_until([] { return false; }, 10s);  // into a session that has not begun
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  CHECK(pair.run_until([&] { return pair.both_up(); }, 10s));
}

TEST_CASE("a peer that Naks or Rejects our address for ever is given up after twenty rounds") {
  for (const Code answer : {Code::ConfigureNak, Code::ConfigureReject}) {
    Pair pair(caller_config(), server_config());
    uint32_t another = 0x0a000001;
    pair.filter = [&](const End& from, const SendFrame& frame) {
      if (&from != &pair.caller || !is(frame, Protocol::Ipcp, Code::ConfigureRequest)) return true;
      PacketWriter no(answer, packet_of(frame).id);
      // An address rejected is the end at once; a name server rejected for ever must be one too.
      no.option_u32(answer == Code::ConfigureNak ? 3 : 129, another++);
      pair.forge(pair.caller, Protocol::Ipcp, no);
      return false;
    };
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.caller.finished; }, 3min));
    CHECK(pair.caller.down->code == CauseCode::PppNotConverging);
    CHECK(pair.caller.count(Protocol::Ipcp, 1) <= Negotiator::kRoundsMax + 1);
  }
}

TEST_CASE("a CHAP challenge that was never negotiated is answered, and the link comes up") {
  auto server = server_config();
  server.demand = {AuthMethod::ChapMd5};
  Pair pair(caller_config(), server);
  pair.filter = [&](const End& from, const SendFrame& frame) {
    // The server's wish for authentication goes unsaid ...
    if (&from == &pair.server && is(frame, Protocol::Lcp, Code::ConfigureRequest)) {
      const wire::Packet asked = packet_of(frame);
      PacketWriter request(Code::ConfigureRequest, asked.id);
      wire::OptionReader options(asked.data);
      while (const auto option = options.next()) {
        if (option->type != 3) request.option(option->type, option->data);
      }
      pair.forge(pair.caller, Protocol::Lcp, request);
      return false;
    }
    // ... and it believes that we have agreed to it.
    if (&from == &pair.caller && is(frame, Protocol::Lcp, Code::ConfigureAck)) {
      for (const SendFrame& sent : pair.server.sent) {
        if (!is(sent, Protocol::Lcp, Code::ConfigureRequest)) continue;
        PacketWriter ack(Code::ConfigureAck, packet_of(sent).id);
        ack.data(packet_of(sent).data);
        pair.forge(pair.server, Protocol::Lcp, ack);
      }
      return false;
    }
    return true;
  };
  pair.open();
  CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
  CHECK(pair.caller.count(Protocol::Chap, 2) >= 1);
}

TEST_CASE("a lost challenge is waited for, and a lost Response repeated only when asked again") {
  auto server = server_config();
  server.demand = {AuthMethod::ChapMd5};
  for (const unsigned lost_code : {1u, 2u}) {
    Pair pair(caller_config(), server);
    int lost = 0;
    pair.filter = [&](const End&, const SendFrame& frame) {
      return !(frame.protocol == Protocol::Chap && code_of(frame) == lost_code && lost++ == 0);
    };
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }, 1min));
    CHECK(pair.caller.count(Protocol::Chap, 2) == static_cast<int>(lost_code));
  }
}

TEST_CASE("no challenge at all ends in a cause within the bound, and nothing is answered late") {
  Pair pair(caller_config(), server_config());
  pair.filter = [&](const End& from, const SendFrame& frame) {
    return &from != &pair.server || frame.protocol != Protocol::Chap;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }, 1min));
  CHECK(pair.caller.down->code == CauseCode::AuthTimeout);
  PacketWriter challenge(1, 7);
  challenge.data(std::array<uint8_t, 5>{4, 1, 2, 3, 4});
  pair.forge(pair.caller, Protocol::Chap, challenge);
  pair.run_until([] { return false; }, 10s);
  CHECK(pair.caller.count(Protocol::Chap, 2) == 0);
}

TEST_CASE("a lost Success: the peer's IPCP shows it, the same Response fetches it again") {
  for (const AuthMethod method :
       {AuthMethod::ChapMd5, AuthMethod::MsChapV1, AuthMethod::MsChapV2}) {
    auto server = server_config();
    server.demand = {method};
    Pair pair(caller_config(), server);
    int lost = 0;
    pair.filter = [&](const End& from, const SendFrame& frame) {
      return !(&from == &pair.server && frame.protocol == Protocol::Chap && code_of(frame) == 3 &&
               lost++ == 0);
    };
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }, 20s));
    CHECK(pair.caller.count(Protocol::Chap, 2) == 2);
  }
}

TEST_CASE("a server slow with its verdict gets one Response, not a second one behind its back") {
  auto server = server_config();
  server.demand = {AuthMethod::ChapMd5};
  Pair pair(caller_config(), server);
  pair.filter = [&](const End& from, const SendFrame& frame) {
    if (&from != &pair.server || frame.protocol != Protocol::Chap || code_of(frame) != 3) {
      return &from != &pair.server || frame.protocol != Protocol::Ipcp;
    }
    pair.flights.push_back({pair.now + 12s, &pair.caller, [&] {
                              Bytes octets{0xc2, 0x23};
                              const ByteView view = frame.information;
                              octets.insert(octets.end(), view.begin(), view.end());
                              return octets;
                            }()});
    return false;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.session.phase() == Phase::Registering; }, 1min));
  CHECK(pair.caller.count(Protocol::Chap, 2) == 1);
}

TEST_CASE("CCP that the peer offers, and IPX, NetBEUI, AppleTalk: rejected once each, IP goes on") {
  for (const unsigned protocol : {0x80fdu, 0x802bu, 0x803fu, 0x8029u, 0x8057u, 0xc227u, 0xc025u}) {
    Pair pair(caller_config(), server_config());
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    pair.forge(pair.caller, static_cast<uint16_t>(protocol),
               PacketWriter(Code::ConfigureRequest, 1).information().view());
    pair.run_until([&] { return pair.caller.down.has_value(); }, 1min);
    CHECK(pair.caller.count(Protocol::Lcp, 8) == 1);
    CHECK(pair.both_up());
  }
}

TEST_CASE("Protocol-Rejects of what we never offered change nothing, however many") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.caller.sent.clear();
  for (uint8_t i = 0; i < 60; ++i) {
    PacketWriter reject(Code::ProtocolReject, i);
    reject.data(std::array<uint8_t, 2>{0x80, i % 2 == 0 ? uint8_t{0xfd} : uint8_t{0x57}});
    pair.forge(pair.caller, Protocol::Lcp, reject);
    pair.run_until([] { return false; }, 1s);
  }
  CHECK(pair.both_up());
  CHECK(pair.caller.count(Protocol::Ipcp, 1) == 0);
}

TEST_CASE(
    "EAP that the server speaks unasked, a Nak of its own among it, is rejected, not obeyed") {
  Pair pair(caller_config(), server_config());
  pair.filter = [&](const End& from, const SendFrame& frame) {
    // With the first challenge comes an EAP Response of type Nak, which only a client may send.
    if (&from == &pair.server && frame.protocol == Protocol::Chap && code_of(frame) == 1) {
      constexpr uint8_t kNak[] = {2, 1, 0, 6, 3, 26};
      pair.forge(pair.caller, 0xc227, kNak);
    }
    return true;
  };
  pair.open();
  CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
  CHECK(pair.caller.count(Protocol::Lcp, 8) == 1);
}

TEST_CASE("a peer that offers multilink gets a Reject of it and a single link") {
  Pair pair(caller_config(), server_config());
  // MRRU 1500, short sequence numbers, endpoint discriminator.
  pair.filter = asking_also(pair, Protocol::Lcp, {17, 4, 5, 220, 18, 2, 19, 3, 0});
  pair.open();
  pair.run_until([] { return false; }, 100ms);
  const auto reject = std::ranges::find_if(pair.caller.sent, [](const SendFrame& frame) {
    return is(frame, Protocol::Lcp, Code::ConfigureReject);
  });
  REQUIRE(reject != pair.caller.sent.end());
  CHECK(same(packet_of(*reject).data, Bytes{17, 4, 5, 220, 18, 2, 19, 3, 0}));
  pair.filter = nullptr;
  CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
}

TEST_CASE("we never offer multilink, callback, or anything else that was not asked for") {
  Pair pair(caller_config(), server_config());
  pair.open();
  wire::OptionReader options(packet_of(pair.caller.sent.front()).data);
  while (const auto option = options.next()) {
    CHECK((option->type == 2 || option->type == 5 || option->type == 7 || option->type == 8));
  }
}

TEST_CASE("the same option twice is acked as it stands; two values of one option are not") {
  SUBCASE("the same") {
    Pair pair(caller_config(), server_config());
    pair.carry(pair.caller, pair.caller.session.open(pair.now));
    PacketWriter request(Code::ConfigureRequest, 9);
    for (int i = 0; i < 2; ++i) request.option_u32(5, 0x01020304);
    pair.forge(pair.caller, Protocol::Lcp, request);
    pair.run_until([] { return false; }, 100ms);
    REQUIRE(is(pair.caller.sent.back(), Protocol::Lcp, Code::ConfigureAck));
    CHECK(same(packet_of(pair.caller.sent.back()).data, request.written()));
  }
  SUBCASE("two values") {
    Pair pair(caller_config(), server_config());
    pair.carry(pair.caller, pair.caller.session.open(pair.now));
    PacketWriter request(Code::ConfigureRequest, 9);
    request.option_u16(1, 1000);
    request.option_u16(1, 1200);
    pair.forge(pair.caller, Protocol::Lcp, request);
    pair.run_until([] { return false; }, 100ms);
    REQUIRE(is(pair.caller.sent.back(), Protocol::Lcp, Code::ConfigureReject));
    CHECK(same(packet_of(pair.caller.sent.back()).data, Bytes{1, 4, 1200 >> 8, 1200 & 255}));
  }
  SUBCASE("an address twice, in IPCP") {
    Pair pair(caller_config(), server_config());
    pair.filter = asking_also(pair, Protocol::Ipcp, {3, 6, 10, 64, 0, 1});
    pair.open();
    pair.run_until([&] { return pair.caller.count(Protocol::Ipcp, 2) > 0; }, 10s);
    CHECK(pair.caller.count(Protocol::Ipcp, 2) > 0);
    CHECK(pair.caller.count(Protocol::Ipcp, 4) == 0);
  }
}

TEST_CASE("Identification and Time-Remaining are noted, a few of them, and never Code-Rejected") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.caller.notes.clear();
  PacketWriter identification(Code::Identification, 1);
  identification.data(std::array<uint8_t, 4>{1, 2, 3, 4});
  identification.data(as_bytes("Old NAS 3.1\r\n"));
  PacketWriter remaining(Code::TimeRemaining, 2);
  remaining.data(std::array<uint8_t, 8>{1, 2, 3, 4, 0, 0, 1, 44});
  pair.forge(pair.caller, Protocol::Lcp, identification);
  pair.forge(pair.caller, Protocol::Lcp, remaining);
  pair.run_until([] { return false; }, 1s);
  CHECK(pair.caller.notes == std::vector<std::string>{"the peer is \"Old NAS 3.1<cr><lf>\"",
                                                      "the peer will end the link in 300 s"});
  for (int i = 0; i < 100; ++i) pair.forge(pair.caller, Protocol::Lcp, identification);
  pair.run_until([] { return false; }, 1s);
  CHECK(pair.caller.notes.size() <= 4);
  CHECK(pair.caller.count(Protocol::Lcp, 7) == 0);
  CHECK(pair.both_up());
}

TEST_CASE("Identification is sent only when it is wanted: it confuses some peers") {
  for (const std::string text : {"", "redial"}) {
    auto caller = caller_config();
    caller.identification = text;
    Pair pair(caller, server_config());
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    pair.run_until([] { return false; }, 1min);
    CHECK(pair.caller.count(Protocol::Lcp, 12) == (text.empty() ? 0 : 1));
    const bool told = std::ranges::count(pair.server.notes, "the peer is \"redial\"") == 1;
    CHECK(told == !text.empty());
  }
}

TEST_CASE("magic numbers mishandled: rejected, or our own in an Echo-Reply; the link stays up") {
  SUBCASE("the peer rejects the option") {
    Pair pair(caller_config(), server_config());
    pair.filter = [&](const End& from, const SendFrame& frame) {
      if (&from != &pair.caller || !is(frame, Protocol::Lcp, Code::ConfigureRequest)) return true;
      wire::OptionReader options(packet_of(frame).data);
      while (const auto option = options.next()) {
        if (option->type != 5) continue;
        PacketWriter reject(Code::ConfigureReject, packet_of(frame).id);
        reject.option(5, option->data);
        pair.forge(pair.caller, Protocol::Lcp, reject);
        return false;
      }
      return true;
    };
    pair.open();
    CHECK(pair.run_until([&] { return pair.both_up(); }, 1min));
    pair.run_until([&] { return pair.caller.down || pair.server.down; }, 10min);
    CHECK(pair.both_up());
  }
  SUBCASE("it answers our Echo-Request with what it got, our magic number included") {
    Pair pair(caller_config(), server_config());
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    pair.filter = [&](const End& from, const SendFrame& frame) {
      if (&from != &pair.caller || !is(frame, Protocol::Lcp, Code::EchoRequest)) {
        return &from != &pair.server;
      }
      PacketWriter reply(Code::EchoReply, packet_of(frame).id);
      reply.data(packet_of(frame).data);
      pair.forge(pair.caller, Protocol::Lcp, reply);
      return false;
    };
    pair.run_until([&] { return pair.caller.down.has_value(); }, 10min);
    CHECK_FALSE(pair.caller.down.has_value());
  }
  SUBCASE("its magic number is zero") {
    Pair pair(caller_config(), server_config());
    pair.filter = [&](const End& from, const SendFrame& frame) {
      if (&from != &pair.server || !is(frame, Protocol::Lcp, Code::ConfigureRequest)) return true;
      PacketWriter request(Code::ConfigureRequest, packet_of(frame).id);
      request.option_u32(5, 0);
      pair.forge(pair.caller, Protocol::Lcp, request);
      return false;
    };
    pair.carry(pair.caller, pair.caller.session.open(pair.now));
    pair.carry(pair.server, pair.server.session.open(pair.now));
    pair.run_until([&] { return pair.caller.count(Protocol::Lcp, 4) > 0; }, 1min);
    CHECK(pair.caller.count(Protocol::Lcp, 4) > 0);  // Naks first, then a Reject
    CHECK_FALSE(pair.caller.down == Cause{CauseCode::LoopbackDetected, ""});
  }
}

TEST_CASE("MS-CHAP says why a caller is refused: each number has its cause, in both versions") {
  constexpr std::pair<unsigned, CauseCode> kAll[] = {
      {646, CauseCode::AuthHours},    {647, CauseCode::AuthDisabled},
      {648, CauseCode::AuthExpired},  {649, CauseCode::AuthNoPermission},
      {691, CauseCode::AuthRejected}, {709, CauseCode::AuthPasswordChange}};
  for (const AuthMethod method : {AuthMethod::MsChapV1, AuthMethod::MsChapV2}) {
    for (const auto& [number, cause] : kAll) {
      Book book;
      book.refusal = number;
      auto server = server_config();
      server.accounts = &book;
      server.demand = {method};
      Pair pair(caller_config(), server);
      pair.open();
      REQUIRE(pair.run_until([&] { return pair.caller.finished && pair.server.finished; }, 1min));
      CHECK(pair.caller.down->code == cause);
      CHECK(pair.caller.down->evidence.find("E=" + std::to_string(number)) != std::string::npos);
      CHECK(pair.server.down->code == CauseCode::AuthRejected);
    }
  }
}

TEST_CASE("a caller that may use MS-CHAPv1 and PAP offers MS-CHAPv1 when asked for another") {
  auto caller = caller_config();
  caller.may_use = {AuthMethod::MsChapV1, AuthMethod::Pap};
  auto server = server_config();
  server.demand = {AuthMethod::MsChapV2, AuthMethod::MsChapV1, AuthMethod::Pap};
  Pair pair(caller, server);
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }, 1min));
  CHECK(std::ranges::count_if(pair.server.notes, [](const std::string& note) {
          return note.find("MS-CHAPv1") != std::string::npos;
        }) == 1);
}
