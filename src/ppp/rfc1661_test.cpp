// SPDX-License-Identifier: Apache-2.0
// RFC 1661 clause by clause, as docs/protocols/ppp.md lists them: one session, and a peer made of
// packets by hand.
#include <doctest/doctest.h>

#include <array>
#include <vector>

#include "ppp/session.h"
#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;
using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

/// A session, and what it has sent since the last look.
class Hand {
 public:
  explicit Hand(SessionConfig config = caller_config())
      : config_(std::move(config)), entropy_(7), session_(config_, entropy_) {
    look(session_.open(now));
  }
  void hear(const PacketWriter& packet, Protocol protocol = Protocol::Lcp) {
    hear(packet.information().view(), protocol);
  }
  void hear(ByteView information, Protocol protocol = Protocol::Lcp) {
    const auto number = static_cast<uint16_t>(protocol);
    Bytes frame{static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
    frame.insert(frame.end(), information.begin(), information.end());
    look(session_.on_frame(frame, now));
  }
  void wait(Duration duration) {
    const Instant until = now + duration;
    while (session_.deadline() && *session_.deadline() <= until) {
      now = std::max(now, *session_.deadline());
      look(session_.on_deadline(now));
    }
    now = until;
  }
  void close() { look(session_.close(now)); }
  /// Ours is acked and theirs, without options, as well: LCP is Opened.
  void open_lcp() {
    ack();
    hear(PacketWriter(Code::ConfigureRequest, 77));
    sent.clear();
  }
  /// The answer to the last Configure-Request of ours, exactly.
  void ack() {
    PacketWriter ack(Code::ConfigureAck, asked().id);
    ack.data(asked().data);
    hear(ack);
  }
  wire::Packet asked() const { return *wire::parse_packet(request_.view()); }
  /// An option of our last Configure-Request; empty: it has none of that type.
  Bytes asked_for(uint8_t type) const {
    wire::OptionReader options(asked().data);
    while (const auto option = options.next()) {
      if (option->type == type) return Bytes(option->data.begin(), option->data.end());
    }
    return {};
  }
  /// The only packet sent since the last look; a packet of code 0 when there is none, or several.
  wire::Packet only() const {
    if (sent.size() != 1) return {};
    return *wire::parse_packet(sent[0].information.view());
  }
  size_t count(Code code) const {
    return static_cast<size_t>(std::ranges::count_if(sent, [code](const SendFrame& frame) {
      return frame.protocol == Protocol::Lcp &&
             frame.information.view()[0] == static_cast<uint8_t>(code);
    }));
  }
  Phase phase() const { return session_.phase(); }
  wire::TxFormat tx_format() const { return session_.tx_format(); }

  Instant now{1s};
  std::vector<SendFrame> sent;
  std::optional<Cause> down;
  bool finished = false;

 private:
  void look(const SessionActions& actions) {
    for (const SessionAction& action : actions) {
      if (const auto* frame = std::get_if<SendFrame>(&action)) {
        sent.push_back(*frame);
        const bool request = frame->information.view()[0] == 1 && frame->protocol == Protocol::Lcp;
        if (request) request_ = frame->information;
      }
      if (const auto* ended = std::get_if<LinkDown>(&action)) down = ended->cause;
      if (std::holds_alternative<Finished>(action)) finished = true;
    }
  }

  SessionConfig config_;
  SeededEntropy entropy_;
  Session session_;
  wire::Information request_;
};

bool is(const wire::Packet& packet, Code code) { return packet.code == static_cast<uint8_t>(code); }
constexpr uint8_t kMru = 1, kAccm = 2, kAuth = 3, kQuality = 4, kMagic = 5, kPfc = 7, kAcfc = 8;

}  // namespace

// ---- section 3: the phases ----------------------------------------------------------------------

TEST_CASE("3.4 what comes before LCP is Opened is silently discarded, unless it is LCP's own") {
  Hand hand;
  hand.sent.clear();
  for (const Protocol protocol : {Protocol::Ipcp, Protocol::Pap, Protocol::Chap, Protocol::Ipv6cp,
                                  Protocol::Cbcp, Protocol::Ccp, Protocol::Eap, Protocol::Ip}) {
    hand.hear(PacketWriter(Code::ConfigureRequest, 1), protocol);
  }
  CHECK(hand.sent.empty());
  CHECK(hand.phase() == Phase::Establishing);
}

TEST_CASE("3.5 no network protocol is spoken or answered before authentication has succeeded") {
  for (const bool we_prove : {true, false}) {
    Pair pair(caller_config(), server_config());
    End& end = we_prove ? pair.caller : pair.server;
    // The verdict never comes: nobody has proved anything.
    pair.filter = [&](const End&, const SendFrame& frame) {
      return frame.protocol == Protocol::Lcp;
    };
    pair.open();
    REQUIRE(pair.run_until([&] { return end.session.phase() == Phase::Authenticating; }, 10s));
    pair.forge(end, Protocol::Ipcp, PacketWriter(Code::ConfigureRequest, 1));
    pair.run_until([] { return false; }, 5s);
    for (const SendFrame& frame : end.sent) CHECK(frame.protocol != Protocol::Ipcp);
    CHECK(end.session.phase() == Phase::Authenticating);
  }
}

// ---- section 4: the automaton -----------------------------------------------------------------

TEST_CASE("4.6 Max-Configure: ten Configure-Requests three seconds apart, each with its own id") {
  Hand hand;
  hand.wait(29s);
  CHECK(hand.count(Code::ConfigureRequest) == 10);
  std::vector<uint8_t> ids;
  for (const SendFrame& frame : hand.sent) ids.push_back(frame.information.view()[1]);
  std::ranges::sort(ids);
  CHECK(std::ranges::adjacent_find(ids) == ids.end());
  CHECK_FALSE(hand.finished);
  hand.wait(2s);
  CHECK(hand.count(Code::ConfigureRequest) == 10);
  REQUIRE(hand.down.has_value());
  CHECK(hand.down->code == CauseCode::PppNoResponse);
  CHECK(hand.finished);
}

TEST_CASE("4.6 the Restart counter begins anew with every answer: a Nak buys ten more requests") {
  Hand hand;
  hand.wait(25s);
  PacketWriter nak(Code::ConfigureNak, hand.asked().id);
  nak.option_u32(kMagic, 0x01020304);
  hand.sent.clear();
  hand.hear(nak);
  hand.wait(29s);
  CHECK(hand.count(Code::ConfigureRequest) == 10);
}

TEST_CASE("4.6 Max-Terminate: two Terminate-Requests, then the session is over") {
  Hand hand;
  hand.open_lcp();
  hand.close();
  hand.wait(10s);
  CHECK(hand.count(Code::TerminateRequest) == 2);
  CHECK(hand.finished);
}

TEST_CASE("4.6 Max-Failure: five Naks, then what is still not agreeable is rejected") {
  Hand hand;
  for (uint8_t id = 1; id <= 7; ++id) {
    hand.sent.clear();
    PacketWriter request(Code::ConfigureRequest, id);
    request.option_u16(kMru, 64);
    hand.hear(request);
    CAPTURE(unsigned{id});
    CHECK(is(hand.only(), id <= 5 ? Code::ConfigureNak : Code::ConfigureReject));
    if (id > 5) CHECK(same(hand.only().data, request.written()));
  }
}

TEST_CASE("4.4 zrc: told goodbye, we answer, also once more, and wait a period for it to arrive") {
  Hand hand;
  hand.open_lcp();
  hand.hear(PacketWriter(Code::TerminateRequest, 5));
  CHECK(is(hand.only(), Code::TerminateAck));
  CHECK(hand.only().id == 5);
  REQUIRE(hand.down.has_value());
  CHECK(hand.down->code == CauseCode::PeerTerminated);
  CHECK_FALSE(hand.finished);
  hand.sent.clear();
  hand.hear(PacketWriter(Code::TerminateRequest, 6));  // our answer was lost
  CHECK(is(hand.only(), Code::TerminateAck));
  hand.wait(1s);
  CHECK(hand.finished);
}

// ---- section 5: the packets -------------------------------------------------------------------

TEST_CASE("5 a packet shorter than its header or its own length is silently discarded") {
  Hand hand;
  hand.sent.clear();
  for (const Bytes& packet : {Bytes{1}, Bytes{1, 9, 0}, Bytes{1, 9, 0, 3}, Bytes{1, 9, 0, 0},
                              Bytes{1, 9, 0, 12, 5, 6, 1, 2, 3}, Bytes{5, 9, 0, 9}}) {
    hand.hear(packet);
  }
  CHECK(hand.sent.empty());
  CHECK_FALSE(hand.down.has_value());
}

TEST_CASE("5 octets beyond a packet's length are padding, and are not answered") {
  Hand hand;
  hand.sent.clear();
  hand.hear(Bytes{1, 9, 0, 8, kMru, 4, 2, 64, 0, 0, 0xff, kMru, 4});
  REQUIRE(is(hand.only(), Code::ConfigureAck));
  CHECK(same(hand.only().data, Bytes{kMru, 4, 2, 64}));
}

TEST_CASE("5.1 a Configure-Request is acked with its own identifier and options, in their order") {
  Hand hand;
  hand.sent.clear();
  PacketWriter request(Code::ConfigureRequest, 0xa7);
  request.option(kAcfc);
  request.option_u32(kMagic, 0x0a0b0c0d);
  request.option(kPfc);
  request.option_u16(kMru, 576);
  hand.hear(request);
  REQUIRE(is(hand.only(), Code::ConfigureAck));
  CHECK(hand.only().id == 0xa7);
  CHECK(same(hand.only().data, request.written()));
}

TEST_CASE(
    "5.1 options whose lengths cannot be end in silence, never in an answer to half of them") {
  Hand hand;
  hand.sent.clear();
  for (const Bytes& options : {Bytes{kMru, 0}, Bytes{kMru, 1}, Bytes{kMru, 5, 5, 220}, Bytes{kMru},
                               Bytes{kPfc, 2, kMru, 9, 5, 220}}) {
    PacketWriter request(Code::ConfigureRequest, 9);
    request.data(options);
    hand.hear(request);
  }
  CHECK(hand.sent.empty());
}

TEST_CASE("5.1 a new Configure-Request to an Opened link begins the negotiation anew") {
  Hand hand;
  hand.open_lcp();
  PacketWriter request(Code::ConfigureRequest, 78);
  request.option_u32(kMagic, 0x0a0b0c0d);
  hand.hear(request);
  CHECK(hand.count(Code::ConfigureRequest) == 1);
  CHECK(hand.count(Code::ConfigureAck) == 1);
  CHECK(hand.phase() == Phase::Establishing);
}

TEST_CASE("5.2 a Configure-Ack counts only with an id that was asked and exactly our options") {
  Hand hand;
  PacketWriter stale(Code::ConfigureAck, static_cast<uint8_t>(hand.asked().id - 1));
  stale.data(hand.asked().data);
  PacketWriter altered(Code::ConfigureAck, hand.asked().id);
  Bytes options(hand.asked().data.begin(), hand.asked().data.end());
  options.back() ^= 1;
  altered.data(options);
  PacketWriter fewer(Code::ConfigureAck, hand.asked().id);
  PacketWriter more(Code::ConfigureAck, hand.asked().id);
  more.data(hand.asked().data);
  more.option_u16(kMru, 1500);
  hand.hear(PacketWriter(Code::ConfigureRequest, 77));  // Ack-Sent: one Ack would open LCP
  for (const auto& wrong : {stale, altered, fewer, more}) {
    hand.hear(wrong);
    CHECK(hand.phase() == Phase::Establishing);
    CHECK(hand.tx_format().accm == wire::TxFormat{}.accm);
  }
  hand.ack();
  CHECK(hand.phase() != Phase::Establishing);
}

TEST_CASE("5.3 a Configure-Nak holds what is not agreeable and nothing else, with what would be") {
  Hand hand;
  hand.sent.clear();
  PacketWriter request(Code::ConfigureRequest, 9);
  request.option_u32(kMagic, 0x0a0b0c0d);
  request.option_u16(kMru, 64);
  hand.hear(request);
  REQUIRE(is(hand.only(), Code::ConfigureNak));
  CHECK(hand.only().id == 9);
  CHECK(same(hand.only().data, Bytes{kMru, 4, 0, 128}));
}

TEST_CASE("5.3 the value that a Nak suggests is asked for next; an option not asked for is not") {
  Hand hand;
  PacketWriter nak(Code::ConfigureNak, hand.asked().id);
  nak.option_u16(kMru, 1000);
  nak.option(kQuality, Bytes{0xc0, 0x25, 0, 0, 0, 100});
  hand.hear(nak);
  CHECK(hand.asked_for(kMru) == Bytes{1000 >> 8, 1000 & 255});
  CHECK(hand.asked_for(kQuality).empty());
}

TEST_CASE("5.4 a Configure-Reject holds what is not known, unchanged, and goes before any Nak") {
  Hand hand;
  hand.sent.clear();
  PacketWriter request(Code::ConfigureRequest, 9);
  request.option_u16(kMru, 64);
  request.option(kQuality, Bytes{0xc0, 0x25, 0, 0, 0, 100});
  request.option_u32(kMagic, 0x0a0b0c0d);
  request.option(200, Bytes{1, 2, 3});
  hand.hear(request);
  REQUIRE(is(hand.only(), Code::ConfigureReject));
  CHECK(same(hand.only().data, Bytes{kQuality, 8, 0xc0, 0x25, 0, 0, 0, 100, 200, 5, 1, 2, 3}));
}

TEST_CASE("5.4 what the peer has rejected is not asked for again") {
  for (const uint8_t type : {kAccm, kMagic, kPfc, kAcfc}) {
    Hand hand;
    CAPTURE(unsigned{type});
    const auto whole = [&] {
      wire::OptionReader options(hand.asked().data);
      while (const auto option = options.next()) {
        if (option->type == type) return Bytes(option->whole.begin(), option->whole.end());
      }
      return Bytes{};
    };
    REQUIRE_FALSE(whole().empty());
    PacketWriter reject(Code::ConfigureReject, hand.asked().id);
    reject.data(whole());
    hand.hear(reject);
    CHECK(whole().empty());
    hand.wait(10s);
    CHECK(whole().empty());
  }
}

TEST_CASE("5.3, 5.4 Naks and Rejects of a stale identifier change nothing") {
  for (const Code code : {Code::ConfigureNak, Code::ConfigureReject}) {
    Hand hand;
    const Bytes before(hand.asked().data.begin(), hand.asked().data.end());
    PacketWriter answer(code, static_cast<uint8_t>(hand.asked().id + 1));
    answer.data(before);
    hand.sent.clear();
    hand.hear(answer);
    CHECK(hand.sent.empty());
    hand.wait(4s);
    CHECK(same(hand.asked().data, before));
  }
}

TEST_CASE("5.5 a Terminate-Ack that nobody asked for: the peer has forgotten us, LCP begins anew") {
  Hand hand;
  hand.open_lcp();
  hand.hear(PacketWriter(Code::TerminateAck, 3));
  CHECK(hand.count(Code::ConfigureRequest) == 1);
  CHECK(hand.phase() == Phase::Establishing);
}

TEST_CASE("5.6 an unknown code is Code-Rejected: its own octets, with a new identifier each time") {
  Hand hand;
  hand.sent.clear();
  std::vector<uint8_t> ids;
  for (int i = 0; i < 2; ++i) {
    hand.sent.clear();
    PacketWriter strange(uint8_t{0xab}, 9);
    strange.data(Bytes{1, 2, 3});
    hand.hear(strange);
    REQUIRE(is(hand.only(), Code::CodeReject));
    CHECK(same(hand.only().data, strange.information().view()));
    ids.push_back(hand.only().id);
  }
  CHECK(ids[0] != ids[1]);
}

TEST_CASE("5.6 a Code-Reject is cut so that the smallest MRU that may be asked for holds it") {
  Hand hand;
  hand.sent.clear();
  PacketWriter strange(uint8_t{0xab}, 9);
  strange.data(Bytes(1400, 0x55));
  hand.hear(strange);
  REQUIRE(is(hand.only(), Code::CodeReject));
  CHECK(hand.sent[0].information.size() == 128);
  CHECK(same(hand.only().data, strange.information().view().first(124)));
}

TEST_CASE("5.6 a peer that rejects a code without which there is no LCP ends it, by that name") {
  for (const bool opened : {false, true}) {
    Hand hand;
    if (opened) hand.open_lcp();
    PacketWriter reject(Code::CodeReject, 1);
    reject.data(Bytes{1, 1, 0, 4});
    hand.hear(reject);
    REQUIRE(hand.down.has_value());
    CHECK(hand.down->code == CauseCode::ProtocolRejected);
    CHECK(hand.down->evidence == "the peer rejects LCP's Configure-Request");
    hand.wait(5s);
    CHECK(hand.finished);
  }
}

TEST_CASE("5.7 a Protocol-Reject is said while Opened only, and names the protocol") {
  Hand hand;
  hand.sent.clear();
  const auto ipxcp = Protocol{0x802b};
  hand.hear(PacketWriter(Code::ConfigureRequest, 1), ipxcp);
  CHECK(hand.sent.empty());
  hand.open_lcp();
  hand.hear(PacketWriter(Code::ConfigureRequest, 1), ipxcp);
  REQUIRE(is(hand.only(), Code::ProtocolReject));
  CHECK(same(hand.only().data, Bytes{0x80, 0x2b, 1, 1, 0, 4}));
}

TEST_CASE("5.7 a Protocol-Reject is cut to the peer's MRU") {
  Hand hand;
  hand.ack();
  PacketWriter request(Code::ConfigureRequest, 77);
  request.option_u16(kMru, 200);
  hand.hear(request);
  hand.sent.clear();
  PacketWriter strange(Code::ConfigureRequest, 1);
  strange.data(Bytes(1000, 0x55));
  hand.hear(strange, Protocol{0x802b});
  REQUIRE(is(hand.only(), Code::ProtocolReject));
  CHECK(hand.sent[0].information.size() == 200);
}

TEST_CASE("5.7 a Protocol-Reject before LCP is Opened is silently discarded") {
  Hand hand;
  hand.sent.clear();
  PacketWriter reject(Code::ProtocolReject, 1);
  reject.data(Bytes{0x80, 0x21, 1, 1, 0, 4});
  hand.hear(reject);
  CHECK(hand.sent.empty());
  CHECK_FALSE(hand.down.has_value());
}

TEST_CASE("5.7 a peer that rejects LCP itself ends the link, by that name") {
  Hand hand;
  hand.open_lcp();
  PacketWriter reject(Code::ProtocolReject, 1);
  reject.data(Bytes{0xc0, 0x21, 1, 1, 0, 4});
  hand.hear(reject);
  REQUIRE(hand.down.has_value());
  CHECK(hand.down->code == CauseCode::ProtocolRejected);
  hand.wait(5s);
  CHECK(hand.finished);
}

TEST_CASE("5.8 an echo is answered while Opened only: its identifier and data, our magic number") {
  Hand hand;
  hand.sent.clear();
  PacketWriter echo(Code::EchoRequest, 0x42);
  echo.data(Bytes{1, 2, 3, 4, 'a', 'b', 'c'});
  hand.hear(echo);
  CHECK(hand.sent.empty());
  hand.open_lcp();
  hand.hear(echo);
  REQUIRE(is(hand.only(), Code::EchoReply));
  CHECK(hand.only().id == 0x42);
  Bytes expected = hand.asked_for(kMagic);
  expected.insert(expected.end(), {'a', 'b', 'c'});
  CHECK(same(hand.only().data, expected));
  hand.sent.clear();
  hand.hear(PacketWriter(Code::EchoRequest, 0x43));  // no magic number in it: too short
  CHECK(hand.sent.empty());
}

TEST_CASE("5.9 a Discard-Request is discarded, in every state") {
  Hand hand;
  PacketWriter discard(Code::DiscardRequest, 1);
  discard.data(Bytes{1, 2, 3, 4, 5});
  hand.sent.clear();
  hand.hear(discard);
  CHECK(hand.sent.empty());
  hand.open_lcp();
  hand.hear(discard);
  CHECK(hand.sent.empty());
}

// ---- section 6: the options -------------------------------------------------------------------

TEST_CASE("6 an option of a length that its type cannot have gets a Nak with one that it can") {
  Hand hand;
  hand.sent.clear();
  PacketWriter request(Code::ConfigureRequest, 9);
  request.option(kMru, Bytes{1, 2, 3});
  request.option(kAccm, Bytes{0});
  hand.hear(request);
  REQUIRE(is(hand.only(), Code::ConfigureNak));
  CHECK(same(hand.only().data, Bytes{kMru, 4, 1500 >> 8, 1500 & 255, kAccm, 6, 0, 0, 0, 0}));
}

TEST_CASE("6.1 the peer's MRU bounds what it is sent; without one it is 1500") {
  for (const uint16_t mru : {uint16_t{576}, uint16_t{1500}}) {
    auto server = server_config();
    server.mru = mru;  // 1500 is not asked for: it is what goes without saying
    Pair pair(caller_config(), server);
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.caller.up.has_value(); }, 1min));
    CHECK(pair.caller.up->mtu == mru);
  }
}

TEST_CASE("6.2 authentication that we have nothing for is rejected, another method gets a Nak") {
  auto nobody = caller_config();
  nobody.user.clear();
  Hand hand(nobody);
  hand.sent.clear();
  PacketWriter pap(Code::ConfigureRequest, 9);
  pap.option(kAuth, Bytes{0xc0, 0x23});
  hand.hear(pap);
  CHECK(is(hand.only(), Code::ConfigureReject));

  auto md5 = caller_config();
  md5.may_use = {AuthMethod::ChapMd5};
  Hand other(md5);
  other.sent.clear();
  other.hear(pap);
  REQUIRE(is(other.only(), Code::ConfigureNak));
  CHECK(same(other.only().data, Bytes{kAuth, 5, 0xc2, 0x23, 5}));
}

TEST_CASE("6.4 our own magic number, or none, gets a Nak with another one") {
  Hand hand;
  for (const bool own : {true, false}) {
    hand.sent.clear();
    const Bytes ours = own ? hand.asked_for(kMagic) : Bytes{0, 0, 0, 0};
    PacketWriter request(Code::ConfigureRequest, 9);
    request.option(kMagic, ours);
    hand.hear(request);
    REQUIRE(is(hand.only(), Code::ConfigureNak));
    REQUIRE(hand.only().data.size() == 6);
    CHECK_FALSE(same(hand.only().data.subspan(2), ours));
  }
}

TEST_CASE("6.5, 6.6 compression of protocol and address is rejected where the entry forbids it") {
  auto plain = caller_config();
  plain.pfc = plain.acfc = false;
  Hand hand(plain);
  CHECK(hand.asked_for(kMagic).size() == 4);
  hand.sent.clear();
  PacketWriter request(Code::ConfigureRequest, 9);
  request.option(kPfc);
  request.option(kAcfc);
  hand.hear(request);
  REQUIRE(is(hand.only(), Code::ConfigureReject));
  CHECK(same(hand.only().data, request.written()));
}

TEST_CASE("RFC 1662 7.1: the map of a Nak is joined to ours; the peer's is what we escape") {
  Hand hand;
  PacketWriter nak(Code::ConfigureNak, hand.asked().id);
  nak.option_u32(kAccm, 0x000a0000);
  hand.hear(nak);
  CHECK(hand.asked_for(kAccm) == Bytes{0, 0x0a, 0, 0});
  hand.ack();
  CHECK(hand.tx_format().accm == wire::kDefaultAccm);  // until LCP is Opened
  PacketWriter request(Code::ConfigureRequest, 77);
  request.option_u32(kAccm, 0x80000001);
  hand.hear(request);
  CHECK(hand.tx_format().accm == 0x80000001);
}
