// SPDX-License-Identifier: Apache-2.0
// Each manner of a hostile peer, told by what the caller gets to see: two real sessions, and the
// filter between one of them and the line.
#include "lab/mangler.h"

#include <doctest/doctest.h>

#include <deque>

#include "ppp/session.h"
#include "wire/hdlc.h"

using namespace redial;
using namespace redial::lab;
using ppp::AuthMethod;
using wire::Code;
using wire::Protocol;

namespace {

class Book final : public ppp::AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view) const override { return Secret("swordfish"); }
};
const Book kBook;

ppp::SessionConfig caller_config(AuthMethod method) {
  ppp::SessionConfig config;
  config.user = "branch7";
  config.password = Secret("swordfish");
  config.may_use = {method};
  return config;
}
ppp::SessionConfig server_config(AuthMethod method) {
  ppp::SessionConfig config;
  config.accounts = &kBook;
  config.demand = {method};
  config.local_address = 0x0a400001;
  config.ask_dns = false;
  return config;
}

struct Side {
  Side(ppp::SessionConfig with, uint64_t seed)
      : config(std::move(with)), entropy(seed), session(config, entropy) {}
  bool on_frame(ByteView octets) {
    frames.emplace_back(octets.begin(), octets.end());
    return true;
  }
  void on_bad_frame(wire::FrameError) { ++bad_frames; }
  void on_outside(ByteView) {}

  ppp::SessionConfig config;
  SeededEntropy entropy;
  ppp::Session session;
  wire::HdlcDecoder decoder;
  std::vector<Bytes> frames;  // all that have come
  size_t read = 0;            // of them
  int bad_frames = 0;
  std::optional<ppp::LinkUp> up;
  int ups = 0;
  std::optional<Cause> down;
};

/// One call. 20 ms each way.
struct Call {
  explicit Call(Manner manner, AuthMethod method = AuthMethod::Pap, uint64_t seed = 5)
      : caller(caller_config(method), seed), server(server_config(method), seed + 1) {
    server.session.give_peer(0x0a40000a);
    mangler.set(manner, seed);
  }
  void open() {
    mangler.on_call();
    carry(server, server.session.open(now));
    carry(caller, caller.session.open(now));
  }
  Call& run(Duration time) {
    const Instant end = now + time;
    for (int steps = 0;; ++steps) {
      REQUIRE(steps < 100'000);  // time must move
      auto next = earlier(caller.session.deadline(), server.session.deadline());
      next = earlier(next, mangler.deadline());
      if (!flights.empty()) next = earlier(next, flights.front().due);
      if (!next || *next > end) break;
      now = std::max(now, *next);
      step();
    }
    now = end;
    return *this;
  }
  void step() {
    Bytes said;
    mangler.on_deadline(now, said);
    fly(caller, said);
    while (!flights.empty() && flights.front().due <= now) {
      const Flight flight = std::move(flights.front());
      flights.pop_front();
      arrive(*flight.to, flight.octets);
    }
    carry(caller, caller.session.on_deadline(now));
    carry(server, server.session.on_deadline(now));
  }
  void arrive(Side& to, ByteView octets) {
    Bytes let_in;
    if (&to == &server) mangler.inbound(octets, let_in, now);
    to.decoder.decode(&to == &server ? ByteView(let_in) : octets, to);
    while (to.read < to.frames.size()) {
      const Bytes frame = to.frames[to.read++];
      carry(to, to.session.on_frame(frame, now));
    }
  }
  void carry(Side& from, const ppp::SessionActions& actions) {
    for (const ppp::SessionAction& action : actions) {
      if (const auto* up = std::get_if<ppp::LinkUp>(&action)) {
        from.up = *up;
        ++from.ups;
      }
      if (const auto* down = std::get_if<ppp::LinkDown>(&action)) from.down = down->cause;
      const auto* frame = std::get_if<ppp::SendFrame>(&action);
      if (frame == nullptr) continue;
      Bytes octets, let_out;
      wire::encode(static_cast<uint16_t>(frame->protocol), frame->information.view(), {}, octets);
      if (&from == &server) mangler.outbound(octets, let_out, now);
      fly(&from == &server ? caller : server, &from == &server ? let_out : octets);
    }
  }
  void fly(Side& to, const Bytes& octets) {
    if (!octets.empty()) flights.push_back({now + 20ms, &to, octets});
  }

  /// How many such packets this side has got.
  static int count(const Side& side, Protocol protocol, unsigned code) {
    return static_cast<int>(std::ranges::count_if(side.frames, [&](const Bytes& octets) {
      const auto frame = wire::parse_frame(octets);
      return frame && frame->protocol == static_cast<uint16_t>(protocol) &&
             !frame->information.empty() && frame->information[0] == code;
    }));
  }
  int got(Protocol protocol, Code code) const {
    return count(caller, protocol, static_cast<unsigned>(code));
  }
  int got(Protocol protocol, unsigned code) const { return count(caller, protocol, code); }
  bool up() const { return caller.session.up() && server.session.up(); }

  struct Flight {
    Instant due;
    Side* to;
    Bytes octets;
  };
  Mangler mangler;
  Side caller, server;
  Instant now{1s};
  std::deque<Flight> flights;
};

}  // namespace

TEST_CASE("every manner has a name, and is found by it") {
  for (size_t i = 0; i < kManners; ++i) {
    const auto manner = static_cast<Manner>(i);
    CHECK_FALSE(name(manner).empty());
    CHECK(manner_named(name(manner)) == manner);
  }
  CHECK_FALSE(manner_named("polite").has_value());
}

TEST_CASE("none: octets pass at once, in pieces of any size, frames or not") {
  Mangler mangler;
  Bytes out, in;
  for (const uint8_t octet : Bytes{0x41, 0x7e, 0xff, 0x03}) {
    mangler.outbound(ByteView(&octet, 1), out, Instant{});
    mangler.inbound(ByteView(&octet, 1), in, Instant{});
  }
  CHECK(same(out, Bytes{0x41, 0x7e, 0xff, 0x03}));
  CHECK(same(in, out));
  CHECK_FALSE(mangler.deadline().has_value());
  Call call(Manner::None);
  call.open();
  CHECK(call.run(5s).up());
}

TEST_CASE("a manner that ends lets go what it holds: half a frame, and late ones at once") {
  Mangler mangler;
  mangler.set(Manner::LateAcks, 1);
  Bytes ack, out;
  wire::encode(0xc021, wire::PacketWriter(Code::ConfigureAck, 1).information().view(), {}, ack);
  mangler.outbound(ack, out, Instant{1s});
  mangler.outbound(Bytes{0xff, 0x03, 0xc0}, out, Instant{1s});
  CHECK(std::ranges::all_of(out, [](uint8_t octet) { return octet == 0x7e; }));
  REQUIRE(mangler.deadline() >= Instant{5s});
  mangler.set(Manner::None, 1);
  REQUIRE(mangler.deadline() <= Instant{1s});
  out.clear();
  mangler.on_deadline(Instant{1s}, out);
  const ByteView inside = ByteView(ack).subspan(1, ack.size() - 2);
  CHECK(std::search(out.begin(), out.end(), inside.begin(), inside.end()) != out.end());
  out.clear();
  mangler.outbound({}, out, Instant{1s});
  CHECK(same(out, Bytes{0xff, 0x03, 0xc0}));
}

TEST_CASE("what is no frame is held for 4 KiB at most, and then passes as it was") {
  Mangler mangler;
  mangler.set(Manner::BadFcs, 1);
  Bytes out, endless(10'000, 0x55);
  endless[0] = 0x7e;
  mangler.outbound(endless, out, Instant{});
  CHECK(same(out, endless));
}

TEST_CASE("killed silently: nothing passes, either way, and the caller notices by its echoes") {
  Call call(Manner::None);
  call.open();
  REQUIRE(call.run(5s).up());
  call.mangler.set(Manner::SilentlyKilled, 1);
  const size_t before = call.caller.frames.size();
  const size_t server_before = call.server.frames.size();
  call.run(call.caller.config.keepalive.bound(700ms) + 1s);
  CHECK(call.caller.frames.size() == before);
  CHECK(call.server.frames.size() == server_before);
  CHECK(call.caller.down.has_value());
}

TEST_CASE(
    "never echoes: the link comes up and stays, without an Echo-Request or an answer to one") {
  Call call(Manner::NeverEchoes);
  call.open();
  CHECK(call.run(5s).up());
  CHECK(call.run(2min).up());
  CHECK(call.got(Protocol::Lcp, Code::EchoReply) == 0);
  CHECK(call.got(Protocol::Lcp, Code::EchoRequest) == 0);  // nor is one sent
}

TEST_CASE("endless Naks, endless Rejects, Rejects of everything: no link, and a bounded end") {
  for (const Manner manner :
       {Manner::EndlessNak, Manner::EndlessReject, Manner::RejectsEverything}) {
    CAPTURE(std::string(name(manner)));
    Call call(manner);
    call.open();
    CHECK_FALSE(call.run(30s).up());
    const bool naks = manner == Manner::EndlessNak;
    CHECK(call.got(Protocol::Lcp, naks ? Code::ConfigureNak : Code::ConfigureReject) > 0);
    if (manner == Manner::RejectsEverything) {
      CHECK(call.got(Protocol::Lcp, Code::ProtocolReject) > 0);
    } else {
      CHECK(call.got(Protocol::Lcp, Code::ConfigureAck) == 0);
    }
    call.run(10min);
    CHECK(call.caller.down.has_value());
  }
}

TEST_CASE("late Acks come beyond the restart timer, in order") {
  Call call(Manner::LateAcks);
  call.open();
  call.run(3900ms);
  CHECK(call.got(Protocol::Lcp, Code::ConfigureAck) == 0);
  CHECK(Call::count(call.server, Protocol::Lcp, 1) >= 2);  // the caller has asked again
  call.run(3s);
  CHECK(call.got(Protocol::Lcp, Code::ConfigureAck) >= 1);
}

TEST_CASE("loopback: the caller gets its own frames and no other") {
  Call call(Manner::Loopback);
  call.open();
  call.run(2s);
  CHECK(call.got(Protocol::Lcp, Code::ConfigureRequest) > 0);
  CHECK(call.server.frames.empty());
  call.run(10min);
  CHECK_FALSE(call.caller.up.has_value());
  CHECK(call.caller.down.has_value());
}

TEST_CASE("wrong magic: Echo-Replies come, and none has the server's number") {
  Call call(Manner::WrongMagic);
  call.open();
  CHECK(call.run(5s).up());
  call.run(10s);
  CHECK(call.got(Protocol::Lcp, Code::EchoReply) > 0);
  Call honest(Manner::None);
  honest.open();
  honest.run(15s);
  const auto last_reply = [](const Call& c) {
    Bytes last;
    for (const Bytes& frame : c.caller.frames) {
      if (frame.size() >= 10 && frame[0] == 0xc0 && frame[2] == 10) last = frame;
    }
    return last;
  };
  REQUIRE_FALSE(last_reply(honest).empty());
  CHECK_FALSE(same(last_reply(call), last_reply(honest)));
}

TEST_CASE("changes address: another in each call, and others again in mid-call") {
  Call call(Manner::ChangesAddress);
  call.mangler.on_call();  // one call before
  call.open();
  CHECK(call.run(4s).up());
  REQUIRE(call.caller.up.has_value());
  const ppp::LinkUp first = *call.caller.up;
  CHECK(first.local == (0x0a40000a ^ 0x300));
  CHECK(first.peer == 0x0a400001);
  CHECK(call.run(20s).up());
  CHECK(call.caller.ups == 2);
  CHECK(call.caller.up->peer != first.peer);
  CHECK(call.caller.up->local != first.local);
  CHECK(call.server.up->peer == 0x0a40000a);  // the session behind knows of nothing
}

TEST_CASE("CHAP challenges come unasked, and what is said to them reaches no server") {
  Call call(Manner::UnnegotiatedChap, AuthMethod::Pap);
  call.open();
  call.run(30s);
  CHECK(call.got(Protocol::Chap, 1) >= 3);
  CHECK(Call::count(call.server, Protocol::Chap, 2) == 0);
}

TEST_CASE("CHAP Success never comes, or comes as a refusal") {
  Call dropped(Manner::DropsChapSuccess, AuthMethod::ChapMd5);
  dropped.open();
  dropped.run(10min);
  CHECK(dropped.got(Protocol::Chap, 1) > 0);
  CHECK(dropped.got(Protocol::Chap, 3) == 0);
  CHECK_FALSE(dropped.caller.up.has_value());
  CHECK(dropped.caller.down.has_value());
  for (const AuthMethod method : {AuthMethod::Pap, AuthMethod::ChapMd5, AuthMethod::MsChapV2}) {
    Call refused(Manner::RefusesPassword, method);
    refused.open();
    refused.run(1min);
    REQUIRE(refused.caller.down.has_value());
    CHECK(refused.caller.down->code == CauseCode::AuthRejected);
  }
}

TEST_CASE("garbage between frames is noise to the caller: the link comes up and stays up") {
  Call call(Manner::Garbage);
  call.open();
  CHECK(call.run(5s).up());
  CHECK(call.caller.bad_frames > 0);
  call.run(10min);
  CHECK(call.up());
  CHECK(call.caller.ups == 1);
}

TEST_CASE("renegotiates: an open link is asked for LCP again, and is up again with both") {
  Call call(Manner::Renegotiates);
  call.open();
  CHECK(call.run(4s).up());
  const int before = call.got(Protocol::Lcp, Code::ConfigureRequest);
  call.run(20s);
  CHECK(call.got(Protocol::Lcp, Code::ConfigureRequest) > before);
}

TEST_CASE("terminates at once: a Terminate-Request as soon as LCP is open, then nothing more") {
  Call call(Manner::TerminatesAtOnce);
  call.open();
  call.run(30s);
  CHECK(call.got(Protocol::Lcp, Code::TerminateRequest) == 1);
  CHECK(call.got(Protocol::Ipcp, Code::ConfigureRequest) == 0);
  CHECK(call.caller.down.has_value());
}

TEST_CASE("every third frame has a bad check sum, and two in three get the link up") {
  Call call(Manner::BadFcs);
  call.open();
  CHECK(call.run(1min).up());
  call.run(5min);
  CHECK(call.up());
  const auto good = static_cast<int>(call.caller.frames.size());
  CHECK(call.caller.bad_frames * 2 <= good);
  CHECK(call.caller.bad_frames * 2 + 2 >= good);
}

TEST_CASE("a Terminate-Request is ignored: the hang-up waits its two periods and no longer") {
  Call call(Manner::TerminateIgnored);
  call.open();
  REQUIRE(call.run(5s).up());
  call.carry(call.caller, call.caller.session.close(call.now));
  call.run(10s);
  CHECK(call.got(Protocol::Lcp, Code::TerminateAck) == 0);
  CHECK(call.server.session.up());
}

TEST_CASE("the same seed gives the same octets, another one others") {
  const auto story = [](uint64_t seed) {
    Mangler mangler;
    mangler.set(Manner::Garbage, seed);
    Bytes frame, out;
    wire::encode(0x21, Bytes(20, 1), {}, frame);
    for (int i = 0; i < 20; ++i) mangler.outbound(frame, out, Instant{});
    return out;
  };
  CHECK(story(3) == story(3));
  CHECK(story(3) != story(4));
}
