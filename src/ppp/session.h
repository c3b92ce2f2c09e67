// SPDX-License-Identifier: Apache-2.0
// One PPP link (RFC 1661 §3.2 phases): LCP, authentication, IPCP and IPV6CP, keepalive, and the one
// Cause by which it ends. Deterministic: inputs and instants in, actions and a deadline out.
#pragma once

#include <memory>

#include "ppp/auth.h"
#include "ppp/cbcp.h"
#include "ppp/ipcp.h"
#include "ppp/keepalive.h"
#include "ppp/lcp.h"

namespace redial::ppp {

class Session {
 public:
  /// Both outlive the session.
  Session(const SessionConfig& config, Entropy& entropy);
  Session(Session&&) noexcept;
  ~Session();

  SessionActions open(Instant now);              // the line carries octets: begin
  SessionActions open_called_back(Instant now);  // the same, of a call that we had asked for
  SessionActions close(Instant now);             // Terminate-Request, bounded; ends in Finished
  SessionActions lower_down(Instant now);        // carrier gone: nothing more can be sent
  /// This layer of a peer that has got so far, and all above it, once more: Lcp, Ipcp (RFC 1661
  /// §4.3, Open's restart option), or Chap: it proves itself again (RFC 1994 §2), if it ever did.
  SessionActions begin_over(wire::Protocol layer, Instant now);
  /// One frame with a good FCS: protocol field and information.
  SessionActions on_frame(ByteView frame, Instant now);
  SessionActions on_frame(const wire::Frame& frame, Instant now);
  SessionActions on_deadline(Instant now);
  Instant due() const;
  std::optional<Instant> deadline() const { return unless_never(due()); }

  Phase phase() const { return phase_; }
  /// It has found its end, or was told to close; Finished will come.
  bool closing() const { return ended_; }
  bool up() const { return phase_ == Phase::Up && !ended_; }
  /// The bulk path: whether frames of this protocol are IP packets of a link that is up.
  bool carries(wire::Protocol protocol) const;
  /// The packet in such a frame, until the next call; empty: it is our own, reflected, or its
  /// header could not be told. Drop it.
  ByteView packet_in(const wire::Frame& frame, Instant now);
  /// An IP packet has come while up. False: it is our own, reflected; drop it.
  bool on_ip(ByteView ip_packet, Instant now);
  /// A frame with a bad FCS: what it carried is missing.
  void on_bad_frame();
  /// How a packet goes to the peer, until the next call; nullopt: the link does not carry it.
  std::optional<wire::Frame> frame_for(ByteView ip_packet);
  wire::TxFormat tx_format() const { return lcp_.tx_format(); }
  void give_peer(uint32_t address) { ipcp_.give_peer(address); }
  LinkUp addresses() const;
  Duration round_trip() const { return keepalive_.round_trip(); }
  /// The longest the whole negotiation may take before it is given up as not converging.
  static Duration negotiation_bound(const RestartPolicy& restart) {
    return restart.period * restart.configure_max * 3;
  }

 private:
  struct Auth;    // Both sides of authentication; on the heap, and only while somebody proves.
  struct Extras;  // What few entries ask for; on the heap, and only then.

  void on_lcp(const wire::Packet& packet, Instant now, SessionActions& out);
  void on_lcp_news(const LayerNews& news, Instant now, SessionActions& out);
  void on_ipcp(const wire::Frame& frame, Instant now, SessionActions& out);
  void on_ipcp_news(const LayerNews& news, Instant now, SessionActions& out);
  void on_ipv6cp(const wire::Frame& frame, Instant now, SessionActions& out);
  void on_ipv6cp_news(const LayerNews& news, Instant now, SessionActions& out);
  void give_up_ipv6(std::string_view why, Instant now, SessionActions& out);
  void without_ipv4(Cause cause, Instant now, SessionActions& out);
  void on_protocol_reject(uint16_t protocol, Instant now, SessionActions& out);
  void go_up(Instant now, SessionActions& out);
  bool ipv6_up() const;
  void start_compression();
  void on_auth_packet(const wire::Frame& frame, Instant now, SessionActions& out);
  void on_auth_news(const AuthNews& news, bool we_proved, SessionActions& out, Instant now);
  void on_keepalive(Instant now, SessionActions& out);
  void begin_auth(Instant now, SessionActions& out);
  void after_auth(Instant now, SessionActions& out);
  void on_cbcp(const wire::Frame& frame, Instant now, SessionActions& out);
  void on_cbcp_news(const CbcpNews& news, Instant now, SessionActions& out);
  void begin_registering(Instant now, SessionActions& out);
  void enter(Phase phase, SessionActions& out);
  void bound_negotiation(Instant now);
  void fail(Cause cause, Instant now, SessionActions& out);
  void finish(SessionActions& out);
  Cause silence_cause() const;
  Cause termination_cause(const wire::Packet& packet) const;
  Context context() const { return {*config_, *entropy_}; }

  const SessionConfig* config_;
  Entropy* entropy_;
  [[no_unique_address]] Lcp lcp_;  // these three end in padding that what follows may use
  [[no_unique_address]] Ipcp ipcp_;
  [[no_unique_address]] Keepalive keepalive_;
  std::unique_ptr<Auth> auth_;
  std::unique_ptr<Extras> extras_;
  Instant give_up_at_ = kNever;  // set from open() until Up, and again after leaving Up
  Phase phase_ = Phase::Waiting;
  uint8_t echo_id_ = 0;  // of the latest probe
  bool heard_ = false;   // any valid LCP packet has come
  bool ended_ = false;   // LinkDown said, or close() called
};

static_assert(Machine<Session>);
static_assert(sizeof(Session) <= 320, "performance.md: memory per quiet link");

}  // namespace redial::ppp
