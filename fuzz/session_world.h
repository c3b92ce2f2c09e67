// SPDX-License-Identifier: Apache-2.0
// For the fuzzers of a PPP session: a session that keeps its promises, or the fuzzer hears of it,
// and an honest one at the other end, in virtual time.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <optional>

#include "core/check.h"
#include "ppp/session.h"

namespace redial::ppp::fuzz {

constexpr std::string_view kPassword = "swordfish";
inline bool tells(std::string_view text) { return text.find(kPassword) != std::string_view::npos; }

class Accounts final : public AccountBook {
 public:
  std::optional<Secret> password_of(std::string_view user) const override {
    return user == "branch7" ? std::optional(Secret(std::string(kPassword))) : std::nullopt;
  }
};

/// `more`: bit 0 IPv6 and header compression, bit 1 a number of its own to be called back at.
inline SessionConfig caller(AuthMethod method, unsigned more) {
  SessionConfig config;
  config.ipv6 = config.vj = (more & 1) != 0;
  if (more != 0) config.callback = CallbackWish{.number = (more & 2) != 0 ? "5550199" : ""};
  config.user = "branch7";
  config.password = Secret(std::string(kPassword));
  if (method != AuthMethod::None) config.may_use = {method};
  return config;
}

inline SessionConfig server(const Accounts& accounts, AuthMethod method, unsigned more) {
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
/// Two Terminate-Requests and their periods, or the quiet period of one that was told goodbye.
constexpr Duration kGoodbye = std::chrono::seconds(3);

struct Watched {
  Watched(const SessionConfig& config, Entropy& entropy) : session(config, entropy) {
    if (config.local_address != 0) session.give_peer(0x0a40000a);
    may_tell = config.local_address == 0 && std::ranges::count(config.may_use, AuthMethod::Pap) > 0;
  }

  Session session;
  std::deque<Bytes> sent;         // protocol and information
  std::array<Bytes, 3> requests;  // the last Configure-Request: LCP, IPCP, IPV6CP
  bool may_tell;                  // the password, in a PAP request
  bool told = false;              // the peer has told it: a reject may carry it back
  unsigned downs = 0, finishes = 0;
  bool was_up = false;
  std::optional<Instant> down_since{}, closing_since{};

  void open(Instant now) { look(session.open(now), now); }
  void hear(ByteView frame, Instant now) {
    told |= tells(as_text(frame));
    look(session.on_frame(frame, now), now);
  }
  void look(const SessionActions& actions, Instant now) {
    REDIAL_ASSERT(finishes == 0 || actions.empty());
    for (const SessionAction& action : actions) {
      match(
          action, [&](const SendFrame& frame) { look(frame); }, [](const PhaseChanged&) {},
          [&](const LinkUp& up) {
            REDIAL_ASSERT(session.phase() == Phase::Up && (up.local != 0 || up.local_id != 0));
            was_up = true;
          },
          [&](const LinkDown& down) {
            ++downs;
            REDIAL_ASSERT(told || !tells(down.cause.evidence));
          },
          [](const CallbackAgreed&) {}, [&](const Finished&) { ++finishes; },
          [&](const Note& note) { REDIAL_ASSERT(told || !tells(note.text)); });
    }
    REDIAL_ASSERT(downs <= 1 && finishes <= 1);
    REDIAL_ASSERT((session.phase() == Phase::Waiting) == (finishes == 1));
    REDIAL_ASSERT(session.deadline().has_value() == (session.phase() != Phase::Waiting));
    REDIAL_ASSERT(!session.up() || was_up);
    if (sent.size() > 64) sent.clear();  // nobody reads them
    look_at_time(now);
  }
  void look(const SendFrame& frame) {
    const ByteView information = frame.information.view();
    REDIAL_ASSERT(wire::parse_packet(information).has_value());
    const bool proof = frame.protocol == wire::Protocol::Pap && information[0] == 1;
    REDIAL_ASSERT(told || !tells(as_text(information)) || (may_tell && proof));
    const auto protocol = static_cast<uint16_t>(frame.protocol);
    Bytes octets{static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
    octets.insert(octets.end(), information.begin(), information.end());
    if (const auto slot = slot_of(protocol); slot && information[0] == 1) requests[*slot] = octets;
    sent.push_back(std::move(octets));
  }
  static std::optional<size_t> slot_of(uint16_t protocol) {
    constexpr std::array<wire::Protocol, 3> kSlots = {wire::Protocol::Lcp, wire::Protocol::Ipcp,
                                                      wire::Protocol::Ipv6cp};
    const auto found = std::ranges::find(kSlots, wire::Protocol{protocol});
    if (found == kSlots.end()) return std::nullopt;
    return static_cast<size_t>(found - kSlots.begin());
  }
  /// Neither negotiation nor goodbye outlasts its bound, whatever the peer says meanwhile.
  void look_at_time(Instant now) {
    const auto begin = [now](std::optional<Instant>& since, bool so) {
      if (!so) since.reset();
      if (so && !since) since = now;
    };
    begin(down_since, finishes == 0 && !session.up() && !session.closing());
    begin(closing_since, finishes == 0 && session.closing());
    REDIAL_ASSERT(!down_since || now - *down_since <= Session::negotiation_bound({}));
    REDIAL_ASSERT(!closing_since || now - *closing_since <= kGoodbye);
  }
  void wake(Instant now) {
    look(session.on_deadline(now), now);
    // What was due has been done: or the owner would be woken for ever.
    REDIAL_ASSERT(!session.deadline() || *session.deadline() > now);
  }
};

}  // namespace redial::ppp::fuzz
