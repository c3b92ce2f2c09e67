// SPDX-License-Identifier: Apache-2.0
// The two sides of authentication: PAP (RFC 1334), CHAP-MD5 (RFC 1994), MS-CHAPv1 (RFC 2433) and
// MS-CHAPv2 (RFC 2759). They live only while somebody proves or judges; every wait has a deadline
// (ppp#87: one lost packet must never be waited for for ever).
#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "core/rng.h"
#include "ppp/action.h"
#include "ppp/chap_crypto.h"
#include "ppp/config.h"

namespace redial::ppp {

/// What one event settled.
struct AuthNews {
  bool passed = false;
  std::optional<Cause> failed;
};

/// The method an LCP option 3 names, and back; nullopt: none of ours.
std::optional<AuthMethod> auth_method_of(ByteView option_data);
BoundedBytes<3> auth_option(AuthMethod method);

/// Proves who we are.
class Authenticatee {
 public:
  Authenticatee(const SessionConfig& config, AuthMethod method, Entropy& entropy)
      : config_(&config), entropy_(&entropy), method_(method) {}

  AuthNews begin(Instant now, SessionActions& out);
  AuthNews on_packet(wire::Protocol protocol, const wire::Packet& packet, Instant now,
                     SessionActions& out);
  AuthNews on_deadline(Instant now, SessionActions& out);
  /// The peer negotiates the network already: its Success got lost, and it will say it again for
  /// the same Response (RFC 1994 §4.2). Only then is a Response repeated unasked.
  void on_moved_on(Instant now, SessionActions& out);
  Instant due() const { return std::min(give_up_at_, resend_at_); }

 private:
  AuthNews on_pap(const wire::Packet& packet);
  AuthNews on_challenge(const wire::Packet& packet, Instant now, SessionActions& out);
  /// The Value field of our Response; false: no challenge of this method.
  bool write_value(ByteView challenge, wire::PacketWriter& response);
  void write_mschap_v2(ByteView challenge, wire::PacketWriter& response);
  AuthNews on_success(const wire::Packet& packet);
  AuthNews on_failure(const wire::Packet& packet);
  void send_pap(Instant now, SessionActions& out);

  const SessionConfig* config_;
  Entropy* entropy_;
  AuthMethod method_;
  uint8_t id_ = 0;
  uint8_t sends_ = 0;
  bool responded_ = false;
  Instant give_up_at_{};
  Instant resend_at_ = kNever;  // PAP only: the CHAP side that asks repeats itself
  Instant responded_at_{};      // CHAP
  Bytes answered_challenge_;    // a repeated challenge gets the same response
  Bytes response_;
  std::string expected_;  // MS-CHAPv2: "S=..." that the server must send
};

/// Demands proof from the peer.
class Authenticator {
 public:
  Authenticator(const SessionConfig& config, AuthMethod method, Entropy& entropy)
      : config_(&config), entropy_(&entropy), method_(method) {}

  AuthNews begin(Instant now, SessionActions& out);
  AuthNews on_packet(wire::Protocol protocol, const wire::Packet& packet, Instant now,
                     SessionActions& out);
  AuthNews on_deadline(Instant now, SessionActions& out);
  Instant due() const { return resend_at_; }
  const std::string& user() const { return user_; }

 private:
  AuthNews on_pap(const wire::Packet& packet, SessionActions& out);
  AuthNews on_response(const wire::Packet& packet, SessionActions& out);
  AuthNews verdict(bool good, uint8_t id, std::string_view message, SessionActions& out);
  void send_challenge(Instant now, SessionActions& out);
  ByteView challenge() const { return ByteView(challenge_).first(challenge_size()); }
  size_t challenge_size() const { return method_ == AuthMethod::MsChapV1 ? 8 : 16; }
  /// What a Success says; nullopt: the response is wrong.
  std::optional<std::string> judge(uint8_t id, ByteView value, const Secret& password) const;
  std::optional<std::string> judge_mschap_v2(ByteView value, const Secret& password) const;

  const SessionConfig* config_;
  Entropy* entropy_;
  AuthMethod method_;
  uint8_t id_ = 0;
  uint8_t sends_ = 0;
  Instant resend_at_ = kNever;
  Challenge16 challenge_{};
  std::string user_;
  Bytes verdict_;  // repeated for a repeated request (RFC 1994 §4.2); empty: not given yet
};

}  // namespace redial::ppp
