// SPDX-License-Identifier: Apache-2.0
#include "ppp/session.h"

#include <fmt/format.h>

#include "ppp/session_parts.h"

namespace redial::ppp {

using wire::Protocol;

Session::Session(const SessionConfig& config, Entropy& entropy)
    : config_(&config),
      entropy_(&entropy),
      lcp_(context()),
      ipcp_(config),
      keepalive_(config.keepalive) {
  if (config.ipv6 || config.vj || config.callback || config.call_back) {
    extras_ = std::make_unique<Extras>();
  }
  if (config.ipv6) extras_->ipv6cp.emplace(entropy);
}

Session::Session(Session&&) noexcept = default;
Session::~Session() = default;

SessionActions Session::open(Instant now) {
  SessionActions out;
  enter(Phase::Establishing, out);
  give_up_at_ = now + negotiation_bound(config_->restart);
  (void)lcp_.on(Event::Open, context(), now, out);
  (void)lcp_.on(Event::Up, context(), now, out);
  return out;
}

SessionActions Session::open_called_back(Instant now) {
  lcp_.without_callback();
  return open(now);
}

SessionActions Session::close(Instant now) {
  SessionActions out;
  ended_ = true;
  keepalive_.stop();
  auth_.reset();
  give_up_at_ = kNever;
  const State before = lcp_.state();
  const LayerNews news = lcp_.on(Event::Close, context(), now, out);
  // Nobody to say goodbye to, or no layer that will report its end: finished at once.
  if (news.finished || !timed(lcp_.state()) || before == State::Initial) finish(out);
  return out;
}

SessionActions Session::lower_down(Instant now) {
  SessionActions out;
  ended_ = true;
  (void)lcp_.on(Event::Down, context(), now, out);
  out.clear();  // there is no line for what the automaton might want to send
  finish(out);
  return out;
}

SessionActions Session::begin_over(Protocol layer, Instant now) {
  SessionActions out;
  const bool network = phase_ == Phase::Registering || phase_ == Phase::Up;
  if (phase_ == Phase::Waiting || ended_) return out;
  if (layer == Protocol::Lcp) {
    on_lcp_news(lcp_.on(Event::Down, context(), now, out), now, out);
    lcp_.begin_over(context());
    (void)lcp_.on(Event::Up, context(), now, out);
  } else if (layer == Protocol::Ipcp && network) {
    on_ipcp_news(ipcp_.on(Event::Down, context(), now, out), now, out);
    (void)ipcp_.on(Event::Up, context(), now, out);
  } else if (layer == Protocol::Chap && network) {
    const AuthMethod judge = lcp_.they_prove_with();
    if (judge == AuthMethod::None || judge == AuthMethod::Pap) return out;
    if (!auth_) auth_ = std::make_unique<Auth>();
    auth_->judging.emplace(*config_, judge, *entropy_);
    auth_->judged = false;
    (void)auth_->judging->begin(now, out);
  }
  return out;
}

void Session::finish(SessionActions& out) {
  keepalive_.stop();
  auth_.reset();
  give_up_at_ = kNever;
  if (phase_ == Phase::Waiting) return;
  phase_ = Phase::Waiting;
  out.push(Finished{});
}

void Session::enter(Phase phase, SessionActions& out) {
  if (phase_ == phase) return;
  phase_ = phase;
  out.push(PhaseChanged{phase});
}

// From leaving Up, or from the beginning, to Up: a peer that starts over again and again gains
// nothing by it.
void Session::bound_negotiation(Instant now) {
  if (give_up_at_ == kNever) give_up_at_ = now + negotiation_bound(config_->restart);
}

// One LinkDown a session: what follows from the first failure is not news.
void Session::fail(Cause cause, Instant now, SessionActions& out) {
  if (ended_) return;
  out.push(LinkDown{std::move(cause)});
  out.append(close(now));
}

SessionActions Session::on_frame(ByteView octets, Instant now) {
  const auto frame = wire::parse_frame(octets);
  return frame ? on_frame(*frame, now) : SessionActions();
}

SessionActions Session::on_frame(const wire::Frame& frame, Instant now) {
  SessionActions out;
  if (phase_ == Phase::Waiting) return out;
  const Protocol protocol{frame.protocol};
  if (protocol == Protocol::Lcp) {
    if (const auto packet = wire::parse_packet(frame.information)) on_lcp(*packet, now, out);
    return out;
  }
  keepalive_.on_life(now);
  if (lcp_.state() != State::Opened || ended_) return out;  // RFC 1661 §3.4: silently discarded
  switch (protocol) {
    case Protocol::Pap:
    case Protocol::Chap: on_auth_packet(frame, now, out); return out;
    case Protocol::Ipcp: on_ipcp(frame, now, out); return out;
    case Protocol::Ipv6cp:
      if (extras_ && extras_->ipv6cp) {
        on_ipv6cp(frame, now, out);
        return out;
      }
      break;
    case Protocol::Cbcp:
      if (lcp_.callback_agreed()) {
        on_cbcp(frame, now, out);
        return out;
      }
      break;
    // Packets: the link is not up, or their owner uses packet_in().
    case Protocol::Ip: return out;
    case Protocol::VjCompressed:
    case Protocol::VjUncompressed:
      if (config_->vj) return out;
      break;
    case Protocol::Ipv6:
      if (extras_ && extras_->ipv6cp) return out;
      break;
    case Protocol::Lcp:
    case Protocol::Ccp:
    case Protocol::Lqr:
    case Protocol::Eap: break;
  }
  lcp_.reject_protocol(frame.protocol, frame.information, out);
  return out;
}

void Session::on_lcp(const wire::Packet& packet, Instant now, SessionActions& out) {
  const LcpNews news = lcp_.on_packet(packet, context(), now, out);
  if (!news.reflected) {
    heard_ = true;
    keepalive_.on_life(now);
  }
  if (news.echo_reply) keepalive_.on_reply(static_cast<uint8_t>(echo_id_ - packet.id), now);
  if (news.probe_rejected &&
      keepalive_.on_reject(static_cast<uint8_t>(echo_id_ - *news.probe_rejected), now)) {
    out.push(Note{
        "warning: the peer answers no Echo-Request; it is watched by an unknown LCP code, which it "
        "rejects"});
  }
  if (ended_) return on_lcp_news(news.layer, now, out);
  if (news.looped_back) {
    fail({CauseCode::LoopbackDetected, "our own magic number comes back"}, now, out);
    return;
  }
  if (news.peer_terminates && news.layer.down) {
    out.push(LinkDown{termination_cause(packet)});
    ended_ = true;  // LCP is in Stopping: our Terminate-Ack gets its quiet period, then tlf
    keepalive_.stop();
    auth_.reset();
    give_up_at_ = kNever;
    return;
  }
  // By the table a negotiation goes on after it; not one that has just failed.
  if (news.peer_terminates && (!timed(lcp_.state()) || !lcp_.unusable_demand(*config_).empty())) {
    fail(termination_cause(packet), now, out);
    return;
  }
  if (rejects_negotiation(packet)) {
    const std::string_view code = name(wire::Code{packet.data[0]});
    fail({CauseCode::ProtocolRejected, fmt::format("the peer rejects LCP's {}", code)}, now, out);
    return;
  }
  if (news.rejected_protocol) return on_protocol_reject(*news.rejected_protocol, now, out);
  on_lcp_news(news.layer, now, out);
}

/// Why the peer may have said goodbye: a server whose every method we have declined has no other
/// reason.
Cause Session::termination_cause(const wire::Packet& packet) const {
  std::string said = "Terminate-Request";
  if (!packet.data.empty()) said += fmt::format(" \"{}\"", to_visible(packet.data, 60));
  const std::string demand = lcp_.unusable_demand(*config_);
  if (demand.empty()) return {CauseCode::PeerTerminated, said};
  return {CauseCode::AuthProtocol, fmt::format("{}, then {}", demand, said)};
}

void Session::on_lcp_news(const LayerNews& news, Instant now, SessionActions& out) {
  if (ended_) {
    if (news.finished) finish(out);
    return;
  }
  if (news.refused) {
    if (lcp_.refused_our_auth()) {
      fail({CauseCode::AuthProtocol, "the peer refuses to prove itself"}, now, out);
    } else {
      fail({CauseCode::ProtocolRejected, "the peer refuses to call back"}, now, out);
    }
    return;
  }
  if (news.not_converging) {
    const std::string demand = lcp_.unusable_demand(*config_);
    fail({CauseCode::PppNotConverging,
          fmt::format("LCP: Naks and Rejects without end{}{}", demand.empty() ? "" : "; ", demand)},
         now, out);
    return;
  }
  if (news.down) {
    // The peer starts over (RFC 1661 §3.4); what was agreed above LCP is void.
    auth_.reset();
    keepalive_.stop();
    (void)ipcp_.on(Event::Down, context(), now, out);
    if (extras_ && extras_->ipv6cp) (void)extras_->ipv6cp->on(Event::Down, context(), now, out);
    if (extras_) extras_->cbcp.reset();
    enter(Phase::Establishing, out);
    bound_negotiation(now);
  }
  if (news.up && !config_->identification.empty()) lcp_.identify(config_->identification, out);
  if (news.up) begin_auth(now, out);
  if (news.finished) {
    out.push(LinkDown{silence_cause()});
    ended_ = true;
    finish(out);
  }
}

Cause Session::silence_cause() const {
  if (!heard_) return {CauseCode::PppNoResponse, "no answer to our Configure-Requests"};
  return {CauseCode::PppTimeout, "LCP: the peer stopped answering"};
}

void Session::begin_auth(Instant now, SessionActions& out) {
  const AuthMethod prove = lcp_.we_prove_with(), judge = lcp_.they_prove_with();
  if (prove == AuthMethod::None && judge == AuthMethod::None) return after_auth(now, out);
  enter(Phase::Authenticating, out);
  auth_ = std::make_unique<Auth>();
  if (judge != AuthMethod::None) {
    auth_->judging.emplace(*config_, judge, *entropy_);
    (void)auth_->judging->begin(now, out);
  }
  if (prove != AuthMethod::None) {
    auth_->proving.emplace(*config_, prove, *entropy_);
    (void)auth_->proving->begin(now, out);
  }
}

// A call back is agreed on before any network protocol begins (RFC 1570 §2.3).
void Session::after_auth(Instant now, SessionActions& out) {
  const auto operation = lcp_.callback_agreed();
  if (!operation) return begin_registering(now, out);
  if (*operation == CallbackOperation::Cbcp) {
    enter(Phase::Authenticating, out);
    extras_->cbcp.emplace(*config_);
    extras_->cbcp->begin(now, out);
  } else if (config_->callback) {
    on_cbcp_news({.agreed = CbcpOption{.numbers = {config_->callback->number}}}, now, out);
  } else {  // and the caller's Terminate-Request is waited for
    enter(Phase::Authenticating, out);
    out.push(CallbackAgreed{std::chrono::seconds(config_->call_back->delay_s), ""});
  }
}

void Session::on_cbcp(const wire::Frame& frame, Instant now, SessionActions& out) {
  if (!extras_->cbcp) {  // before its time
    if (auth_ && auth_->proving) auth_->proving->on_moved_on(now, out);
    return;
  }
  if (const auto packet = wire::parse_packet(frame.information)) {
    on_cbcp_news(extras_->cbcp->on_packet(*packet, now, out), now, out);
  }
}

void Session::on_cbcp_news(const CbcpNews& news, Instant now, SessionActions& out) {
  if (news.failed) return fail(*news.failed, now, out);
  if (news.stay && phase_ == Phase::Authenticating) return begin_registering(now, out);
  if (!news.agreed) return;
  const std::vector<std::string>& numbers = news.agreed->numbers;
  out.push(CallbackAgreed{std::chrono::seconds(news.agreed->delay_s),
                          numbers.empty() ? std::string() : numbers.front()});
  if (config_->callback) out.append(close(now));
}

void Session::on_auth_packet(const wire::Frame& frame, Instant now, SessionActions& out) {
  const auto packet = wire::parse_packet(frame.information);
  if (!packet) return;
  const Protocol protocol{frame.protocol};
  // Requests and responses come from a caller that proves itself; the rest is for us who prove.
  const bool for_judge = protocol == Protocol::Pap ? packet->code == 1 : packet->code == 2;
  if (for_judge) {
    if (!auth_ || !auth_->judging) return;
    on_auth_news(auth_->judging->on_packet(protocol, *packet, now, out), false, out, now);
    return;
  }
  // A challenge may come again at any time (RFC 1994 §2), or from a peer that never negotiated it
  // (ppp#496): answered with what we have, if CHAP may be used at all.
  const bool challenge = protocol == Protocol::Chap && packet->code == 1;
  const bool may_md5 =
      std::ranges::find(config_->may_use, AuthMethod::ChapMd5) != config_->may_use.end();
  if (challenge && !config_->user.empty() && (!auth_ || !auth_->proving)) {
    const AuthMethod method = lcp_.we_prove_with() == AuthMethod::None && may_md5
                                  ? AuthMethod::ChapMd5
                                  : lcp_.we_prove_with();
    if (method == AuthMethod::None || method == AuthMethod::Pap) return;
    if (!auth_) auth_ = std::make_unique<Auth>();
    auth_->proving.emplace(*config_, method, *entropy_);
    (void)auth_->proving->begin(now, out);
  }
  if (!auth_ || !auth_->proving) return;
  on_auth_news(auth_->proving->on_packet(protocol, *packet, now, out), true, out, now);
}

void Session::on_auth_news(const AuthNews& news, bool we_proved, SessionActions& out, Instant now) {
  if (news.failed && we_proved && up() && news.failed->code == CauseCode::AuthTimeout) {
    // Asked again in mid-call and never judged: it is the authenticator who ends a link that it
    // does not believe (RFC 1994 section 4.2), and this one lives.
    auth_->proving.reset();
    out.push(Note{"the peer asked again who we are, and did not say what it makes of it"});
    return;
  }
  if (news.failed) return fail(*news.failed, now, out);
  if (!news.passed || !auth_) return;
  if (we_proved) {
    auth_->proving.reset();
  } else {
    auth_->judged = true;
    out.push(Note{fmt::format("caller \"{}\" proved itself with {}", auth_->judging->user(),
                              name(lcp_.they_prove_with()))});
  }
  if (!auth_->done()) return;
  if (phase_ == Phase::Authenticating && !(extras_ && extras_->cbcp)) after_auth(now, out);
}

SessionActions Session::on_deadline(Instant now) {
  SessionActions out;
  if (now < due()) return out;
  if (now >= lcp_.due()) on_lcp_news(lcp_.on_deadline(context(), now, out), now, out);
  if (ended_) return out;
  if (auth_ && auth_->judging && !auth_->judged) {
    on_auth_news(auth_->judging->on_deadline(now, out), false, out, now);
  }
  if (auth_ && auth_->proving) {
    on_auth_news(auth_->proving->on_deadline(now, out), true, out, now);
  }
  if (!ended_ && now >= ipcp_.due()) {
    on_ipcp_news(ipcp_.on_deadline(context(), now, out), now, out);
  }
  if (!ended_ && extras_ && extras_->ipv6cp) {
    on_ipv6cp_news(extras_->ipv6cp->on_deadline(context(), now, out), now, out);
  }
  if (!ended_ && extras_ && now >= extras_->ipv6_wait) go_up(now, out);
  if (!ended_ && extras_ && extras_->cbcp) {
    on_cbcp_news(extras_->cbcp->on_deadline(now, out), now, out);
  }
  if (!ended_) on_keepalive(now, out);
  if (!ended_ && now >= give_up_at_) {
    fail({CauseCode::PppNotConverging,
          fmt::format("not up within {}", to_text(negotiation_bound(config_->restart)))},
         now, out);
  }
  return out;
}

void Session::on_keepalive(Instant now, SessionActions& out) {
  for (const KeepaliveAction& action : keepalive_.on_deadline(now)) {
    match(
        action,
        [&](const Probe& probe) {
          echo_id_ = probe.kind == ProbeKind::Echo ? lcp_.send_echo(out) : lcp_.send_unknown(out);
        },
        [&](const PeerDead& dead) {
          fail({CauseCode::PeerSilent, fmt::format("{} probes unanswered, silent for {}",
                                                   dead.probes, to_text(dead.silence))},
               now, out);
        });
  }
}

Instant Session::due() const {
  if (phase_ == Phase::Waiting) return kNever;
  if (ended_) return lcp_.due();
  Instant next = std::min({lcp_.due(), ipcp_.due(), keepalive_.due(), give_up_at_});
  if (auth_ && auth_->judging && !auth_->judged) next = std::min(next, auth_->judging->due());
  if (auth_ && auth_->proving) next = std::min(next, auth_->proving->due());
  if (extras_) next = std::min(next, extras_->due());
  return next;
}

}  // namespace redial::ppp
