// SPDX-License-Identifier: Apache-2.0
// The Link Control Protocol: RFC 1661 §5 and §6, ACCM of RFC 1662 §7.1.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/rng.h"
#include "ppp/config.h"
#include "ppp/negotiator.h"

namespace redial::ppp {

/// What one LCP packet meant beyond the layer's own news.
struct LcpNews {
  LayerNews layer;
  bool looped_back = false;  // our own magic number came back too often
  bool reflected = false;    // this packet was our own: no sign of life
  bool echo_reply = false;
  std::optional<uint8_t> probe_rejected;      // Code-Reject of send_unknown(): its identifier
  std::optional<uint16_t> rejected_protocol;  // Protocol-Reject
  bool peer_terminates = false;               // Terminate-Request
};

class Lcp {
 public:
  static constexpr uint8_t kLoopsMax =
      5;  // own magic numbers seen before the line is called looped

  explicit Lcp(Context context);

  LayerNews on(Event event, Context context, Instant now, SessionActions& out);
  LcpNews on_packet(const wire::Packet& packet, Context context, Instant now, SessionActions& out);
  LayerNews on_deadline(Context context, Instant now, SessionActions& out);
  Instant due() const { return negotiator_.due(); }
  State state() const { return negotiator_.state(); }

  /// The first request of a new negotiation repeats none of the old one's: another magic number,
  /// and what is demanded is demanded once more.
  void begin_over(Context context);
  /// RFC 1570 §1.1: tells the peer who we are; only while Opened.
  void identify(std::string_view text, SessionActions& out);
  /// Echo-Request (§5.8); its identifier comes back in the reply.
  uint8_t send_echo(SessionActions& out);
  /// A packet of a code that nobody knows: must come back as Code-Reject (§5.6), and is the probe
  /// for peers that ignore echoes.
  uint8_t send_unknown(SessionActions& out);
  /// Protocol-Reject (§5.7): only while Opened.
  void reject_protocol(uint16_t protocol, ByteView information, SessionActions& out);

  /// How frames to the peer are written once LCP is Opened; LCP's own always use the defaults.
  wire::TxFormat tx_format() const;
  uint16_t peer_mru() const { return peer_mru_; }
  AuthMethod we_prove_with() const { return we_prove_; }  // None: the peer demands nothing
  AuthMethod they_prove_with() const { return they_prove_; }
  bool refused_our_auth() const { return auth_refused_; }
  /// The peer has demanded proof by a method that we may not use, and none since that we may. For
  /// people: what it demands, and what we have; empty: no such thing.
  std::string unusable_demand(const SessionConfig& config) const;
  void forget_demand() { demand_refused_ = false; }
  /// Agreed on with the peer, by either side's wish (RFC 1570 §2.3).
  std::optional<CallbackOperation> callback_agreed() const;
  /// This call is the one that was asked for.
  void without_callback() { ask_callback_ = false; }

 private:
  using Verdict = OptionRules::Verdict;
  friend class RulesOf<Lcp>;
  void write_request(wire::PacketWriter& request, const SessionConfig& config) const;
  void begin_judging();
  Verdict judge(const wire::Option& option, Context context, wire::PacketWriter& nak);
  Verdict judge_auth(const wire::Option& option, const SessionConfig& config,
                     wire::PacketWriter& nak);
  Verdict judge_callback(const wire::Option& option, const SessionConfig& config,
                         wire::PacketWriter& nak);
  bool on_callback_nak(const wire::Option& option, const SessionConfig& config);
  void write_callback(const CallbackWish& wish, wire::PacketWriter& request) const;
  Verdict judge_magic(const wire::Option& option, Entropy& entropy, wire::PacketWriter& nak);
  bool on_nak(const wire::Option& option, Context context);
  bool on_reject(const wire::Option& option);
  void note_extension(const wire::Packet& packet, LcpNews& news, SessionActions& out);
  static std::array<uint8_t, 4> octets_of(uint32_t value) {
    return {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
            static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  }
  /// As the field of our packets has it.
  std::array<uint8_t, 4> magic_octets() const { return octets_of(ask_magic_ ? magic_ : 0); }
  bool is_own(ByteView data) const;  // of a probe: it carries our magic number
  uint8_t send_probe(uint8_t code, SessionActions& out);
  void answer_echo(const wire::Packet& packet, LcpNews& news, SessionActions& out);

  [[no_unique_address]] Negotiator negotiator_{wire::Protocol::Lcp};
  uint32_t magic_;  // never 0
  uint32_t our_accm_, peer_accm_ = wire::kDefaultAccm;
  uint16_t our_mru_, peer_mru_ = wire::kDefaultMru;
  AuthMethod they_prove_ = AuthMethod::None, we_prove_ = AuthMethod::None;
  AuthMethod demanded_ = AuthMethod::None;  // last, in vain; None: a method that nobody here knows
  uint8_t loops_ = 0;
  uint8_t tells_ = 0;  // Identifications and Time-Remainings noted; the rest is taken in silence
  bool ask_mru_ : 1, ask_accm_ : 1 = true, ask_pfc_ : 1, ask_acfc_ : 1;
  bool peer_pfc_ : 1 = false, peer_acfc_ : 1 = false;
  bool ask_magic_ : 1 = true;  // until the peer rejects it
  bool auth_refused_ : 1 = false, demand_refused_ : 1 = false;
  bool ask_callback_ : 1, callback_required_ : 1, peer_asks_callback_ : 1 = false;
  CallbackOperation callback_{};  // what is asked for, by whichever side
};

}  // namespace redial::ppp
