// SPDX-License-Identifier: Apache-2.0
// A session that an honest peer has brought into a phase of RFC 1661 §3.2, and then a peer that
// does anything: both roles, each way to authenticate. The first octet says who we are, the second
// which phase, the rest what the peer does there.
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "input.h"
#include "ppp/session.h"
#include "session_pair.h"

using namespace redial;
using namespace redial::ppp;
using namespace redial::ppp::fuzz;
using redial::fuzz::Input;

namespace {

enum class Stage : uint8_t { Begun, HalfWay, Authenticate, Network, Opened, Closing, Ended, Again };
constexpr uint8_t kStages = 8;

constexpr std::array<uint16_t, 16> kProtocols = {0xc021, 0xc021, 0xc021, 0x8021, 0x8057, 0xc023,
                                                 0xc223, 0xc029, 0x80fd, 0x0021, 0x0057, 0x002d,
                                                 0x002f, 0xc025, 0xc227, 0x803f};

/// With an honest peer, frame by frame, and time only if nothing else moves.
void converse_until(World& world, Phase phase) {
  for (int step = 0; step < 200 && world.ours.session.phase() < phase; ++step) {
    if (world.ours.finishes != 0) return;
    const bool quiet = world.ours.sent.empty() && world.peer.sent.empty();
    if (quiet) world.wait(std::chrono::milliseconds(500));
    World::pass(world.ours, world.peer, world.now);
    if (world.ours.session.phase() < phase) World::pass(world.peer, world.ours, world.now);
  }
}

void reach(World& world, Stage stage) {
  switch (stage) {
    case Stage::Begun: return;
    case Stage::HalfWay: return world.converse(1);
    case Stage::Authenticate: return converse_until(world, Phase::Authenticating);
    case Stage::Network: return converse_until(world, Phase::Registering);
    case Stage::Opened:
    case Stage::Closing:
    case Stage::Ended:
    case Stage::Again: break;
  }
  converse_until(world, Phase::Up);
  world.converse(4);
  Watched& side = stage == Stage::Closing ? world.ours : world.peer;
  if (stage == Stage::Closing || stage == Stage::Ended) {
    side.look(side.session.close(world.now), world.now);
    if (stage == Stage::Ended) world.converse(1);
  }
  if (stage == Stage::Again && !world.peer.requests[0].empty()) {
    Bytes request = world.peer.requests[0];
    request.back() ^= 1;  // not the repetition of the one that was acked
    world.ours.hear(request, world.now);
  }
}

/// An answer to our last Configure-Request of that protocol: exact, or changed in one place.
Bytes answer_to(const Bytes& request, Input& input) {
  if (request.size() < 6) return {};
  Bytes answer = request;
  const uint8_t how = input.u8();
  answer[2] = static_cast<uint8_t>(2 + how % 3);
  if ((how & 0x10) != 0) answer[3] = static_cast<uint8_t>(answer[3] - (how >> 5));  // an older one
  if ((how & 0x08) != 0) answer[input.u8() % answer.size()] ^= input.u8();
  return answer;
}

/// Options whose lengths are right, mostly.
void add_options(wire::PacketWriter& packet, Input& input) {
  for (uint8_t left = input.u8() & 7; left > 0; --left) {
    const uint8_t type = input.u8(), length = input.u8();
    if (length >= 0xf0) {
      packet.data(input.take(length & 3));  // a length that cannot be
    } else {
      packet.option(length >= 0x80 ? type : type % 16, input.take(length % 24));
    }
  }
}

/// A packet of a peer's own making.
Bytes forged(Input& input) {
  const uint8_t which = input.u8(), code = input.u8();
  const uint16_t protocol = kProtocols[which & 15];
  wire::PacketWriter packet(code < 0xf0 ? static_cast<uint8_t>(code % 16) : code, input.u8());
  if ((which & 0x10) != 0) {
    packet.data(input.take(input.u8()));
  } else {
    add_options(packet, input);
  }
  Bytes frame{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
  const ByteView octets = packet.information().view();
  frame.insert(frame.end(), octets.begin(), octets.end());
  if ((which & 0x20) != 0) frame[frame.size() > 5 ? 5 : 0] ^= input.u8();  // the length lies
  if ((which & 0x40) != 0) frame.resize(frame.size() - (input.u8() % frame.size()));
  return frame;
}

/// One of our own packets, sent back as rejected: the code, or the protocol.
Bytes rejected(const Bytes& own, bool protocol, uint8_t id) {
  if (own.size() < 6) return {};
  wire::PacketWriter packet(protocol ? wire::Code::ProtocolReject : wire::Code::CodeReject, id);
  packet.data(ByteView(own).subspan(protocol ? 0 : 2));
  const uint8_t first = protocol ? 0xc0 : own[0], second = protocol ? 0x21 : own[1];
  Bytes frame{first, second};
  const ByteView octets = packet.information().view();
  frame.insert(frame.end(), octets.begin(), octets.end());
  return frame;
}

/// What a hostile peer says next; empty: nothing.
Bytes hostile(World& world, uint8_t what, Input& input) {
  const Watched& ours = world.ours;
  switch (what) {
    case 0: return answer_to(ours.requests[input.u8() % ours.requests.size()], input);
    case 1: return forged(input);
    case 2: return ours.sent.empty() ? Bytes{} : ours.sent.back();  // a loop
    case 3: return ours.sent.empty() ? Bytes{} : rejected(ours.sent.back(), false, input.u8());
    case 4: return ours.sent.empty() ? Bytes{} : rejected(ours.sent.back(), true, input.u8());
    default: break;
  }
  const ByteView raw = input.take(input.u8());
  return Bytes(raw.begin(), raw.end());
}

void use_bulk_path(World& world, Input& input) {
  Session& session = world.ours.session;
  const ByteView packet = input.take(input.u8() % 80);
  if (const auto frame = session.frame_for(packet)) {
    REDIAL_ASSERT(session.up() && frame->information.size() <= packet.size());
  }
  if (const auto frame = wire::parse_frame(packet)) {
    if (session.carries(wire::Protocol{frame->protocol})) {
      REDIAL_ASSERT(session.up());
      (void)session.packet_in(*frame, world.now);
    }
  }
  session.on_bad_frame();
}

void from_the_line(World& world, uint8_t what, uint8_t many) {
  std::deque<Bytes>& waiting = world.peer.sent;
  switch (what) {
    case 0: return world.converse(many + 1u);
    case 1:
      if (!waiting.empty()) waiting.pop_front();
      return;
    case 2:
      if (!waiting.empty()) waiting.push_back(waiting.front());
      return;
    default: return world.ours.sent.clear();  // what we sent is lost
  }
}

// One octet a step: the low half says what, the high half how much.
void step(World& world, Input& input) {
  const uint8_t octet = input.u8(), what = octet & 15, many = octet >> 4;
  Watched& ours = world.ours;
  const Instant now = world.now;
  if (what < 6) {
    const Bytes frame = hostile(world, what, input);
    // A peer that says it again and again, with the same or the next identifier.
    for (unsigned times = 0; !frame.empty() && times <= many; ++times) {
      Bytes again = frame;
      if (again.size() > 3 && (many & 1) != 0) again[3] = static_cast<uint8_t>(again[3] + times);
      ours.hear(again, now);
    }
  } else if (what < 10) {
    from_the_line(world, what - 6, many);
  } else if (what < 12) {
    world.wait(std::chrono::milliseconds(what == 10 ? 5 << many : 1));
  } else if (what == 12) {
    if (const auto due = ours.session.deadline()) world.wait(std::max(Duration{}, *due - now));
  } else if (what == 13) {
    use_bulk_path(world, input);
  } else if (what == 14) {
    if (many >= 12) ours.look(ours.session.close(now), now);
  } else if (many >= 14) {
    ours.look(ours.session.lower_down(now), now);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const uint8_t who = input.u8();
  World world((who & 1) != 0, static_cast<AuthMethod>((who >> 1 & 7) % 5), who >> 5);
  reach(world, static_cast<Stage>(input.u8() % kStages));
  while (!input.empty()) step(world, input);
  world.wait(kSilenceEndsAll);
  REDIAL_ASSERT(world.ours.finishes == 1 && world.peer.finishes == 1);
  return 0;
}
