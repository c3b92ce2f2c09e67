// SPDX-License-Identifier: Apache-2.0
#include "ppp/test_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::test;

TEST_CASE("two sessions come up, in order, with the addresses the server gives") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  CHECK(pair.caller.phases ==
        std::vector{Phase::Establishing, Phase::Authenticating, Phase::Registering, Phase::Up});
  CHECK(pair.caller.up->local == 0x0a40000a);
  CHECK(pair.caller.up->peer == 0x0a400001);
  CHECK(pair.caller.up->dns == 0x0a400003);
  CHECK(pair.server.up->peer == 0x0a40000a);
  CHECK(pair.now - Instant{} < 1s);
}

TEST_CASE("every authentication method works in both roles, and the wrong password in none") {
  for (const AuthMethod method :
       {AuthMethod::Pap, AuthMethod::ChapMd5, AuthMethod::MsChapV1, AuthMethod::MsChapV2}) {
    INFO(std::string(name(method)));
    auto server = server_config();
    server.demand = {method};
    Pair good(caller_config(), server);
    good.open();
    CHECK(good.run_until([&] { return good.both_up(); }));

    auto wrong = caller_config();
    wrong.password = Secret("sardine");
    Pair bad(wrong, server);
    bad.open();
    REQUIRE(bad.run_until([&] { return bad.caller.finished && bad.server.finished; }));
    CHECK(bad.caller.down->code == CauseCode::AuthRejected);
    CHECK(bad.server.down->code == CauseCode::AuthRejected);
  }
}

TEST_CASE("a caller that may only use PAP is asked for PAP after a Nak") {
  auto caller = caller_config();
  caller.may_use = {AuthMethod::Pap};
  Pair pair(caller, server_config());
  pair.open();
  CHECK(pair.run_until([&] { return pair.both_up(); }));
}

TEST_CASE("no method in common ends the link with that cause, not with a password refusal") {
  auto caller = caller_config();
  caller.may_use = {AuthMethod::Pap};
  auto server = server_config();
  server.demand = {AuthMethod::MsChapV2};
  Pair pair(caller, server);
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.server.finished && pair.caller.finished; }, 5s));
  CHECK(pair.server.down->code == CauseCode::AuthProtocol);
  CHECK(pair.caller.down->code == CauseCode::AuthProtocol);
  CHECK(pair.caller.down->evidence ==
        "the peer demands MS-CHAPv2; allowed here: PAP, then Terminate-Request");
}

TEST_CASE("a server that asks for no proof after all, and then says goodbye, wanted one it named") {
  Pair pair(caller_config(), server_config());
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  const auto hear = [&](const wire::PacketWriter& packet) {
    pair.forge(pair.caller, wire::Protocol::Lcp, packet);
    pair.run_until([] { return false; }, 50ms);
  };
  wire::PacketWriter eap(wire::Code::ConfigureRequest, 1), none(wire::Code::ConfigureRequest, 2);
  eap.option_u16(3, 0xc227);
  hear(eap);
  CHECK(pair.caller.count(wire::Protocol::Lcp, 3) == 1);  // Nak: MS-CHAPv2
  hear(none);
  wire::PacketWriter ack(wire::Code::ConfigureAck,
                         wire::parse_packet(pair.caller.sent.front().information.view())->id);
  ack.data(pair.caller.sent.front().information.view().subspan(4));
  hear(ack);
  REQUIRE(pair.caller.session.phase() == Phase::Registering);
  wire::PacketWriter goodbye(wire::Code::TerminateRequest, 3);
  goodbye.data(as_bytes("prove yourself"));
  hear(goodbye);
  REQUIRE(pair.caller.down);
  CHECK(pair.caller.down->code == CauseCode::AuthProtocol);
  CHECK(pair.caller.down->evidence ==
        "the peer demands a method that is not known here; allowed here: MS-CHAPv2, CHAP-MD5, "
        "MS-CHAPv1, PAP, then Terminate-Request \"prove yourself\"");
}

TEST_CASE("a server that never ceases to demand what we may not use: the end says what it was") {
  Pair pair(caller_config(), server_config());
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  for (uint8_t id = 1; id < 200 && !pair.caller.down; ++id) {
    wire::PacketWriter eap(wire::Code::ConfigureRequest, id);
    eap.option_u16(3, 0xc227);
    pair.forge(pair.caller, wire::Protocol::Lcp, eap);
    pair.run_until([] { return false; }, 50ms);
  }
  REQUIRE(pair.caller.down);
  CHECK(pair.caller.down->code == CauseCode::PppNotConverging);
  CHECK(pair.caller.down->evidence.find("the peer demands a method") != std::string::npos);
}

TEST_CASE("a method refused in between is no reason: agreed upon later, a goodbye is the peer's") {
  for (const bool comes_up : {false, true}) {
    auto caller = caller_config(), server = server_config();
    caller.may_use = {AuthMethod::Pap};
    server.demand = {AuthMethod::MsChapV2, AuthMethod::Pap};
    Pair pair(caller, server);
    pair.open();
    REQUIRE(pair.run_until([&] {
      return comes_up ? pair.both_up() : pair.caller.session.phase() == Phase::Authenticating;
    }));
    pair.carry(pair.server, pair.server.session.close(pair.now));
    REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }));
    CHECK(pair.caller.down->code == CauseCode::PeerTerminated);
  }
}

TEST_CASE("a server that does not know the password is not trusted (MS-CHAPv2)") {
  class AnyBook final : public AccountBook {
    std::optional<Secret> password_of(std::string_view) const override { return Secret("other"); }
  } any;
  auto server = server_config();
  server.accounts = &any;
  server.demand = {AuthMethod::MsChapV2};
  Pair pair(caller_config(), server);
  // The impostor says yes to whatever response comes, with a proof it cannot know.
  pair.filter = [&pair](const End& from, const SendFrame& frame) {
    if (&from != &pair.server || frame.protocol != wire::Protocol::Chap) return true;
    const ByteView view = frame.information;
    if (view[0] != 4) return true;
    wire::PacketWriter success(3, view[1]);
    success.data(as_bytes("S=0000000000000000000000000000000000000000"));
    Bytes octets{0xc2, 0x23};
    const ByteView forged = success.information();
    octets.insert(octets.end(), forged.begin(), forged.end());
    pair.flights.push_back({pair.now + pair.latency, &pair.caller, octets});
    return false;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }));
  CHECK(pair.caller.down->code == CauseCode::ServerNotProven);
}

TEST_CASE("nobody speaks PPP: noticed after ten Configure-Requests, thirty seconds") {
  Pair pair(caller_config(), server_config());
  pair.server_mute = true;
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }));
  CHECK(pair.caller.down->code == CauseCode::PppNoResponse);
  CHECK(pair.down_at - Instant{} == 30s);
}

TEST_CASE("a silent peer is called dead after twenty probes and within twenty seconds") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  const Instant silent_since = pair.now;
  pair.caller.sent.clear();
  pair.server_mute = true;
  REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }));
  CHECK(pair.caller.down->code == CauseCode::PeerSilent);
  CHECK(pair.down_at - silent_since <= 20s);
  const auto probes = std::ranges::count_if(pair.caller.sent, [](const SendFrame& frame) {
    const uint8_t code = ByteView(frame.information)[0];
    return frame.protocol == wire::Protocol::Lcp && (code == 9 || code == 0xe7);
  });
  CHECK(probes == 20);
}

namespace {
bool is_echo_request(const SendFrame& frame) {
  return frame.protocol == wire::Protocol::Lcp && ByteView(frame.information)[0] == 9;
}
}  // namespace

TEST_CASE("a peer that ignores echoes is watched by an unknown code, which it must reject") {
  for (const uint32_t loss_ppm : {0u, 200'000u}) {
    for (uint64_t seed = 1; seed <= 10; ++seed) {
      SessionConfig server = server_config();
      server.keepalive.echo_after_silence = 1000h;  // asks nothing itself: its asking would be life
      Pair pair(caller_config(), std::move(server), seed);
      pair.filter = [&](const End& from, const SendFrame& frame) {
        return !(&from == &pair.caller && is_echo_request(frame));
      };
      pair.open();
      REQUIRE(pair.run_until([&] { return pair.both_up(); }));
      pair.loss_ppm = loss_ppm;
      pair.run_until([&] { return pair.caller.down.has_value(); }, 2h);
      CHECK_FALSE(pair.caller.down);
      CHECK(std::ranges::count_if(pair.caller.notes, [](const std::string& note) {
              return note.starts_with("warning: the peer answers no Echo-Request");
            }) == 1);

      pair.server_mute = true;
      const Instant silent_since = pair.now;
      REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }));
      CHECK(pair.caller.down->code == CauseCode::PeerSilent);
      CHECK(pair.down_at - silent_since <= 20s);
    }
  }
}

TEST_CASE(
    "one echo goes out as the link comes up: the round trip, and whether echoes are answered") {
  Pair pair(caller_config(), server_config());
  pair.latency = 800ms;
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.run_until([&] { return pair.caller.down.has_value(); }, 4s);
  CHECK(pair.caller.count(wire::Protocol::Lcp, 9) == 1);
  CHECK(pair.caller.session.round_trip() == 1600ms);
}

TEST_CASE("a peer that answers echoes never sees an unknown code, whatever is lost later") {
  SessionConfig server = server_config();
  server.keepalive.echo_after_silence = 1000h;
  Pair pair(caller_config(), std::move(server), 3);
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.run_until([&] { return pair.caller.down.has_value(); }, 1min);
  pair.loss_ppm = 200'000;
  pair.run_until([&] { return pair.caller.down.has_value(); }, 4h);
  CHECK_FALSE(pair.caller.down);
  CHECK(pair.caller.count(wire::Protocol::Lcp, 0xe7) == 0);
}

TEST_CASE("a fifth of all frames lost, three seconds round trip: a healthy link stays up") {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    Pair pair(caller_config(), server_config(), seed);
    pair.open();
    REQUIRE(pair.run_until([&] { return pair.both_up(); }));
    pair.loss_ppm = 200'000;
    pair.latency = seed % 2 ? 1500ms : 20ms;
    pair.run_until([&] { return pair.caller.down || pair.server.down; }, 5h);
    CHECK_FALSE(pair.caller.down.has_value());
    CHECK_FALSE(pair.server.down.has_value());
  }
}

TEST_CASE("any frame of the peer is life: no probe is sent while traffic comes") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.caller.sent.clear();
  const uint8_t packet[20] = {0x45, 0, 0, 20, 0, 0, 0, 0, 64, 1, 0, 0, 10, 64, 0, 1, 10, 64, 0, 10};
  for (int second = 0; second < 60; ++second) {
    pair.now += 1s;
    CHECK(pair.caller.session.on_ip(packet, pair.now));
    pair.carry(pair.caller, pair.caller.session.on_deadline(pair.now));
  }
  CHECK(pair.caller.sent.empty());
}

TEST_CASE("lost packets are repeated: with a third of all frames lost the link still comes up") {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    Pair pair(caller_config(), server_config(), seed);
    pair.loss_ppm = 300'000;
    pair.open();
    const bool settled = pair.run_until(
        [&] { return pair.both_up() || (pair.caller.finished && pair.server.finished); }, 5min);
    CHECK(settled);  // up, or ended with a cause on both sides: never stuck
  }
}

TEST_CASE("a round trip above the restart timer does not keep LCP from converging") {
  Pair pair(caller_config(), server_config());
  pair.latency = 2s;
  pair.open();
  CHECK(pair.run_until([&] { return pair.both_up(); }, 2min));
}

TEST_CASE("terminate: the peer is told, answers, and both are finished within seconds") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  const Instant asked = pair.now;
  pair.carry(pair.caller, pair.caller.session.close(pair.now));
  REQUIRE(pair.run_until([&] { return pair.caller.finished && pair.server.finished; }));
  CHECK_FALSE(pair.caller.down.has_value());  // our own wish is no failure
  CHECK(pair.server.down->code == CauseCode::PeerTerminated);
  CHECK(pair.now - asked <= 3s);
}

TEST_CASE("a peer that ends IPCP ends the link, at once and by that name") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  const uint8_t terminate[] = {0x80, 0x21, 5, 9, 0, 4};
  pair.carry(pair.caller, pair.caller.session.on_frame(terminate, pair.now));
  REQUIRE(pair.caller.down.has_value());
  CHECK(pair.caller.down->code == CauseCode::PeerTerminated);
  CHECK(pair.caller.down->evidence == "IPCP Terminate-Request");
}

TEST_CASE("a dead peer cannot keep a closing session: finished after two Terminate-Requests") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.server_mute = true;
  const Instant asked = pair.now;
  pair.carry(pair.caller, pair.caller.session.close(pair.now));
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }));
  CHECK(pair.now - asked == 2s);
}

TEST_CASE("a looped line is recognised by the magic number, before and after it is up") {
  Pair looped(caller_config(), server_config());
  looped.reflect = true;
  looped.carry(looped.caller, looped.caller.session.open(looped.now));
  REQUIRE(looped.run_until([&] { return looped.caller.finished; }));
  CHECK(looped.caller.down->code == CauseCode::LoopbackDetected);

  Pair later(caller_config(), server_config());
  later.open();
  REQUIRE(later.run_until([&] { return later.both_up(); }));
  later.reflect = true;  // a modem fallen into command state echoes what it gets
  REQUIRE(later.run_until([&] { return later.caller.down.has_value(); }));
  CHECK(later.caller.down->code == CauseCode::LoopbackDetected);
}

TEST_CASE("where the peer takes no magic numbers, what comes back is no sign of life either") {
  auto server = server_config();
  server.keepalive.dead_peer_bound = 10min;  // who dials has to notice
  Pair pair(caller_config(), server);
  bool rejected = false;
  pair.filter = [&](const End& from, const SendFrame& frame) {
    const ByteView view = frame.information;
    if (&from != &pair.server || frame.protocol != wire::Protocol::Lcp || view[0] != 2 || rejected)
      return true;
    rejected = true;
    wire::PacketWriter reject(wire::Code::ConfigureReject, view[1]);
    wire::OptionReader options(view.subspan(4));
    while (const auto option = options.next()) {
      if (option->type == 5) reject.option(option->type, option->data);
    }
    pair.forge(pair.caller, wire::Protocol::Lcp, reject);
    return false;
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  REQUIRE(rejected);
  CHECK_FALSE(pair.run_until([&] { return pair.caller.down.has_value(); }, 10min));  // and lives
  pair.reflect = true;
  const Instant since = pair.now;
  REQUIRE(pair.run_until([&] { return pair.caller.down.has_value(); }));
  CHECK(pair.caller.down->code == CauseCode::LoopbackDetected);
  CHECK(pair.now - since <= 20s);
}

TEST_CASE("a peer that Naks without end costs that link, within the negotiation bound") {
  Pair pair(caller_config(), server_config());
  pair.filter = [&pair](const End& from, const SendFrame& frame) {
    if (&from != &pair.caller || frame.protocol != wire::Protocol::Lcp) return true;
    const ByteView view = frame.information;
    if (view[0] != 1) return true;
    wire::PacketWriter nak(wire::Code::ConfigureNak, view[1]);
    nak.option_u32(5, static_cast<uint32_t>(pair.now.time_since_epoch().count()) | 1);
    Bytes octets{0xc0, 0x21};
    const ByteView forged = nak.information();
    octets.insert(octets.end(), forged.begin(), forged.end());
    pair.flights.push_back({pair.now + pair.latency, &pair.caller, octets});
    return false;
  };
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  REQUIRE(pair.run_until([&] { return pair.caller.finished; }));
  CHECK(pair.caller.down->code == CauseCode::PppNotConverging);
  CHECK(pair.down_at - Instant{} <= Session::negotiation_bound({}));
}

TEST_CASE("a peer that starts LCP over again and again is given up within the same bound") {
  Pair pair(caller_config(), server_config());
  pair.carry(pair.caller, pair.caller.session.open(pair.now));
  uint8_t id = 0;
  // It agrees to all we ask, so that LCP opens, and then asks for something else.
  pair.filter = [&](const End& from, const SendFrame& frame) {
    const ByteView view = frame.information;
    if (&from != &pair.caller || frame.protocol != wire::Protocol::Lcp || view[0] != 1) {
      return false;
    }
    const auto asked = *wire::parse_packet(view);
    wire::PacketWriter ack(wire::Code::ConfigureAck, asked.id);
    ack.data(asked.data);
    pair.forge(pair.caller, wire::Protocol::Lcp, ack);
    wire::PacketWriter request(wire::Code::ConfigureRequest, ++id);
    request.option_u32(5, id);
    pair.forge(pair.caller, wire::Protocol::Lcp, request);
    return false;
  };
  pair.latency = 500ms;
  for (int i = 0; i < 400 && !pair.caller.finished; ++i) {
    pair.run_until([&] { return pair.caller.finished; }, 1s);
    wire::PacketWriter request(wire::Code::ConfigureRequest, ++id);
    request.option_u32(5, id);
    pair.forge(pair.caller, wire::Protocol::Lcp, request);
  }
  REQUIRE(pair.caller.finished);
  CHECK(pair.caller.down->code == CauseCode::PppNotConverging);
  CHECK(pair.down_at - Instant{} <= Session::negotiation_bound({}));
}

TEST_CASE("a protocol nobody knows is Protocol-Rejected, politely, and the link stays up") {
  Pair pair(caller_config(), server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  pair.caller.sent.clear();
  const uint8_t ipxcp[] = {0x80, 0x2b, 1, 1, 0, 4};
  pair.carry(pair.caller, pair.caller.session.on_frame(ipxcp, pair.now));
  REQUIRE(pair.caller.sent.size() == 1);
  const ByteView reject = pair.caller.sent[0].information;
  CHECK(reject[0] == 8);
  CHECK((reject[4] == 0x80 && reject[5] == 0x2b));
  CHECK(pair.caller.session.up());
}

TEST_CASE("random octets in valid frames never end in anything but a bounded answer") {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Rng rng(seed);
    End end(caller_config(), seed);
    Instant now{};
    (void)end.session.open(now);
    for (int i = 0; i < 100; ++i) {
      now += rng.up_to(500ms);
      Bytes frame{0xc0, 0x21};
      if (rng.below(3) == 0) frame = {0x80, 0x21};
      if (rng.below(4) == 0) frame = {0xc2, 0x23};
      frame.push_back(static_cast<uint8_t>(rng.below(14)));
      frame.push_back(static_cast<uint8_t>(rng.below(4)));
      const size_t size = rng.below(40);
      frame.push_back(0);
      frame.push_back(static_cast<uint8_t>(size + rng.below(6)));
      for (size_t k = 0; k < size; ++k) frame.push_back(static_cast<uint8_t>(rng.below(10)));
      (void)end.session.on_frame(frame, now);
      (void)end.session.on_deadline(now);
      const bool waits = end.session.phase() != Phase::Waiting;
      REQUIRE(end.session.deadline().has_value() == waits);  // no state without a deadline
    }
  }
}

TEST_CASE("a caller that missed the verdict gets it again") {
  auto server = server_config();
  server.demand = {AuthMethod::ChapMd5};
  Pair pair(caller_config(), server);
  int lost = 0;
  pair.filter = [&](const End& from, const SendFrame& frame) {
    const bool success = &from == &pair.server && frame.protocol == wire::Protocol::Chap &&
                         ByteView(frame.information)[0] == 3;
    return !(success && lost++ == 0);
  };
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.server.session.phase() == Phase::Registering; }));
  // The caller repeats its response only when challenged again; a lost Success ends in a bounded
  // wait and a redial, never in waiting for ever (ppp#87).
  CHECK(pair.run_until([&] { return pair.both_up() || pair.caller.down.has_value(); }, 2min));
}

TEST_CASE(
    "what the line itself takes, XON and XOFF, is escaped both ways whatever the peer asks for") {
  auto caller = caller_config();
  caller.line_accm = 0x000a0000;
  Pair pair(caller, server_config());
  pair.open();
  REQUIRE(pair.run_until([&] { return pair.both_up(); }));
  CHECK(pair.caller.session.tx_format().accm == 0x000a0000);
  CHECK(pair.server.session.tx_format().accm == 0x000a0000);
  Pair plain(caller_config(), server_config());
  plain.open();
  REQUIRE(plain.run_until([&] { return plain.both_up(); }));
  CHECK(plain.caller.session.tx_format().accm == 0);
}
