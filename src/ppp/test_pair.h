// SPDX-License-Identifier: Apache-2.0
// Two sessions joined by a line in virtual time, and a filter in between that makes one of them a
// peer with a quirk.
#pragma once

#include <doctest/doctest.h>

#include <deque>
#include <functional>

#include "ppp/session.h"

namespace redial::ppp::test {

class Book final : public AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    return without_domain(user) == "branch7" ? std::optional(Secret("swordfish")) : std::nullopt;
  }
  unsigned refusal_of(std::string_view) const override { return refusal; }
  unsigned refusal = 0;
};
inline const Book kBook;

inline SessionConfig caller_config() {
  SessionConfig config;
  config.user = "branch7";
  config.password = Secret("swordfish");
  config.may_use = {AuthMethod::MsChapV2, AuthMethod::ChapMd5, AuthMethod::MsChapV1,
                    AuthMethod::Pap};
  return config;
}
inline SessionConfig server_config() {
  SessionConfig config;
  config.accounts = &kBook;
  config.local_address = 0x0a400001;
  config.ask_dns = false;
  config.give_dns = 0x0a400003;
  return config;
}

struct End {
  explicit End(SessionConfig with, uint64_t seed)
      : config(std::move(with)), entropy(seed), session(config, entropy) {}
  SessionConfig config;
  SeededEntropy entropy;
  Session session;
  std::vector<Phase> phases;
  std::optional<LinkUp> up;
  std::optional<Cause> down;
  std::optional<CallbackAgreed> callback;
  bool finished = false;
  std::vector<SendFrame> sent;
  std::vector<std::string> notes;

  /// Packets of this protocol and code sent so far.
  int count(wire::Protocol protocol, unsigned code) const {
    return static_cast<int>(std::ranges::count_if(sent, [&](const SendFrame& frame) {
      return frame.protocol == protocol && ByteView(frame.information)[0] == code;
    }));
  }
};

// A line with latency and loss; frames, since framing has its own tests.
class Pair {
 public:
  Pair(SessionConfig a, SessionConfig b, uint64_t seed = 1)
      : caller(std::move(a), seed), server(std::move(b), seed + 1000), rng(seed) {
    server.session.give_peer(0x0a40000a);
  }
  void open() {
    carry(server, server.session.open(now));
    carry(caller, caller.session.open(now));
  }
  bool run_until(const std::function<bool()>& done, Duration at_most = 10min) {
    const Instant end = now + at_most;
    for (int steps = 0; !done(); ++steps) {
      REQUIRE(steps < 1'000'000);  // time must move
      std::optional<Instant> next = earlier(caller.session.deadline(), server.session.deadline());
      if (!flights.empty()) next = earlier(next, flights.front().due);
      if (!next || *next > end) {
        now = end;
        return done();
      }
      now = std::max(now, *next);
      step();
    }
    return true;
  }
  void step() {
    while (!flights.empty() && flights.front().due <= now) {
      Flight flight = std::move(flights.front());
      flights.pop_front();
      carry(*flight.to, flight.to->session.on_frame(flight.octets, now));
    }
    carry(caller, caller.session.on_deadline(now));
    carry(server, server.session.on_deadline(now));
  }
  void carry(End& end, SessionActions actions) {
    for (SessionAction& action : actions) {
      match(
          action,
          [&](SendFrame& frame) {
            end.sent.push_back(frame);
            const bool from_caller = &end == &caller;
            if (rng.chance(loss_ppm) || (from_caller ? caller_mute : server_mute)) return;
            End* to = reflect ? &end : from_caller ? &server : &caller;
            if (filter && !filter(end, frame)) return;
            forge(*to, static_cast<uint16_t>(frame.protocol), frame.information.view());
          },
          [&](PhaseChanged& change) { end.phases.push_back(change.phase); },
          [&](LinkUp& up) { end.up = up; },
          [&](LinkDown& down) {
            CHECK_FALSE(end.down);  // one ending, one cause
            end.down = down.cause;
            down_at = now;
          },
          [&](CallbackAgreed& agreed) { end.callback = agreed; },
          [&](Finished&) { end.finished = true; },
          [&](Note& note) { end.notes.push_back(std::move(note.text)); });
    }
  }
  /// A packet that neither session sent, on its way to one of them.
  void forge(End& to, uint16_t protocol, ByteView information) {
    Bytes octets{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
    octets.insert(octets.end(), information.begin(), information.end());
    flights.push_back({now + latency, &to, std::move(octets)});
  }
  void forge(End& to, wire::Protocol protocol, const wire::PacketWriter& packet) {
    forge(to, static_cast<uint16_t>(protocol), packet.information().view());
  }
  bool both_up() const { return caller.session.up() && server.session.up(); }

  struct Flight {
    Instant due;
    End* to;
    Bytes octets;
  };
  End caller, server;
  Rng rng;
  Instant now{}, down_at{};
  Duration latency = 20ms;
  uint32_t loss_ppm = 0;
  bool caller_mute = false, server_mute = false, reflect = false;
  std::function<bool(const End&, const SendFrame&)> filter;
  std::deque<Flight> flights;
};

}  // namespace redial::ppp::test
