// SPDX-License-Identifier: Apache-2.0
// A peer that does anything at any moment, in every phase. The first octet says who we are; then
// an honest peer's frames may pass, forged ones come between, time goes by. No state without a
// deadline, one LinkDown, one Finished, and silence ends every session.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "core/check.h"
#include "ppp/session.h"

using namespace redial;
using namespace redial::ppp;

namespace {

class Accounts final : public AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    return user == "branch7" ? std::optional(Secret("swordfish")) : std::nullopt;
  }
};

SessionConfig caller(AuthMethod method, unsigned more) {
  SessionConfig config;
  config.ipv6 = config.vj = (more & 1) != 0;
  if (more != 0) config.callback = CallbackWish{.number = (more & 2) != 0 ? "5550199" : ""};
  config.user = "branch7";
  config.password = Secret("swordfish");
  if (method != AuthMethod::None) config.may_use = {method};
  return config;
}

SessionConfig server(const Accounts& accounts, AuthMethod method, unsigned more) {
  SessionConfig config;
  config.ipv6 = config.vj = (more & 1) != 0;
  if (more != 0) config.call_back = CallbackOffer{.to_known_number = (more & 4) != 0};
  if (method != AuthMethod::None) {
    config.accounts = &accounts;
    config.demand = {method};
  }
  config.local_address = 0x0a400001;
  config.ask_dns = false;
  config.give_dns = 0x0a400002;
  return config;
}

/// Longer than any wait of a session without sign of life, its goodbye included.
constexpr Duration kSilenceEndsAll = std::chrono::minutes(5);

/// A session that keeps its promises, or the fuzzer hears of it.
struct Watched {
  Watched(const SessionConfig& config, Entropy& entropy) : session(config, entropy) {
    if (config.local_address != 0) session.give_peer(0x0a40000a);
  }

  Session session;
  std::deque<Bytes> sent;  // protocol and information
  unsigned downs = 0, finishes = 0;
  bool was_up = false;

  void look(const SessionActions& actions) {
    REDIAL_ASSERT(finishes == 0 || actions.empty());
    for (const SessionAction& action : actions) {
      match(
          action,
          [&](const SendFrame& frame) {
            REDIAL_ASSERT(wire::parse_packet(frame.information).has_value());
            const auto protocol = static_cast<uint16_t>(frame.protocol);
            Bytes octets{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
            octets.insert(octets.end(), frame.information.view().begin(),
                          frame.information.view().end());
            sent.push_back(std::move(octets));
          },
          [](const PhaseChanged&) {},
          [&](const LinkUp& up) {
            REDIAL_ASSERT(session.phase() == Phase::Up && (up.local != 0 || up.local_id != 0));
            was_up = true;
          },
          [&](const LinkDown&) { ++downs; }, [](const CallbackAgreed&) {},
          [&](const Finished&) { ++finishes; }, [](const Note&) {});
    }
    REDIAL_ASSERT(downs <= 1 && finishes <= 1);
    REDIAL_ASSERT((session.phase() == Phase::Waiting) == (finishes == 1));
    REDIAL_ASSERT(session.deadline().has_value() == (session.phase() != Phase::Waiting));
    REDIAL_ASSERT(!session.up() || was_up);
    if (sent.size() > 64) sent.clear();  // nobody reads them
  }
  void wake(Instant now) {
    look(session.on_deadline(now));
    // What was due has been done: or the owner would be woken for ever.
    REDIAL_ASSERT(!session.deadline() || *session.deadline() > now);
  }
};

struct World {
  World(bool we_call, AuthMethod method, unsigned more)
      : calling(caller(method, more)),
        answering(server(accounts, method, more)),
        ours(we_call ? calling : answering, entropy),
        peer(we_call ? answering : calling, entropy) {
    ours.look(ours.session.open(now));
    peer.look(peer.session.open(now));
  }

  Accounts accounts;
  SessionConfig calling, answering;
  SeededEntropy entropy{7};
  Instant now{std::chrono::seconds(1)};
  Watched ours, peer;

  void wait(Duration duration) {
    const Instant until = now + duration;
    for (int wakes = 0;; ++wakes) {
      const auto next = earlier(ours.session.deadline(), peer.session.deadline());
      if (!next || *next > until) break;
      REDIAL_ASSERT(wakes < 10'000);
      now = std::max(now, *next);
      ours.wake(now);
      peer.wake(now);
    }
    now = until;
  }
  static void pass(Watched& from, Watched& to, Instant now) {
    if (from.sent.empty()) return;
    const Bytes octets = std::move(from.sent.front());
    from.sent.pop_front();
    to.look(to.session.on_frame(octets, now));
  }
  void converse(unsigned frames) {
    for (; frames > 0; --frames) {
      pass(ours, peer, now);
      pass(peer, ours, now);
    }
  }
};

constexpr std::array<uint16_t, 8> kProtocols = {0xc021, 0xc023, 0xc223, 0x8021,
                                                0x0021, 0x80fd, 0x8057, 0xc029};

/// A control packet whose length is right, unless `raw`.
Bytes forged(uint8_t kind, ByteView octets) {
  const uint16_t protocol = kProtocols[kind & 7];
  Bytes frame{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
  const bool raw = (kind & 8) != 0;
  frame.insert(frame.end(), octets.begin(), octets.begin() + std::min<size_t>(2, octets.size()));
  if (!raw && octets.size() >= 2) {
    const size_t length = octets.size() + 2;
    frame.push_back(static_cast<uint8_t>(length >> 8));
    frame.push_back(static_cast<uint8_t>(length));
  }
  if (octets.size() > 2) frame.insert(frame.end(), octets.begin() + 2, octets.end());
  return frame;
}

}  // namespace

// 00..3f: that many honest frames each way. 40..bf: a forged one, of so many octets. c0..cf: the
// honest peer's next one, damaged. e0..: time goes by. f0..: from above and below.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  World world((data[0] & 1) != 0, static_cast<AuthMethod>((data[0] >> 1 & 7) % 5), data[0] >> 5);
  for (size_t at = 1; at < size;) {
    const uint8_t what = data[at++];
    Watched& ours = world.ours;
    if (what < 0x40) {
      world.converse(what);
    } else if (what < 0xc0) {
      const uint8_t kind = at < size ? data[at++] : uint8_t{0};
      const size_t length = std::min<size_t>(what - 0x40, size - at);
      ours.look(ours.session.on_frame(forged(kind, {data + at, length}), world.now));
      at += length;
    } else if (what < 0xe0) {
      if (world.peer.sent.empty() || at >= size) continue;
      Bytes& next = world.peer.sent.front();
      next[(what & 0x1f) % next.size()] ^= data[at++];
      world.converse(1);
    } else if (what < 0xf0) {
      world.wait(std::chrono::milliseconds(10 << (what & 15)));
    } else if (what < 0xf4) {
      ours.look(ours.session.close(world.now));
    } else if (what < 0xf8) {
      ours.look(ours.session.lower_down(world.now));
    } else {
      const size_t length = std::min<size_t>(20, size - at);
      (void)ours.session.on_ip({data + at, length}, world.now);
    }
  }
  world.wait(kSilenceEndsAll);
  REDIAL_ASSERT(world.ours.finishes == 1 && world.peer.finishes == 1);
  return 0;
}
