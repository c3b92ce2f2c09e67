// SPDX-License-Identifier: Apache-2.0
// What of a session lies above LCP and authentication: the network protocols, together or one
// without the other, and the packets they carry.
#include "ppp/session_parts.h"

namespace redial::ppp {

using wire::Protocol;

namespace {

constexpr size_t kIpv4HeaderSize = 20, kIpv6HeaderSize = 40;

unsigned version_of(ByteView packet) { return packet.empty() ? 0u : packet[0] >> 4; }

}  // namespace

void Session::begin_registering(Instant now, SessionActions& out) {
  enter(Phase::Registering, out);
  if (!extras_ || !extras_->without_ipv4) {
    (void)ipcp_.on(Event::Open, context(), now, out);
    (void)ipcp_.on(Event::Up, context(), now, out);
  }
  if (extras_ && extras_->ipv6cp) {
    (void)extras_->ipv6cp->on(Event::Open, context(), now, out);
    (void)extras_->ipv6cp->on(Event::Up, context(), now, out);
  }
}

// ---- IPv4 ----------------------------------------------------------------------------------

void Session::on_ipcp(const wire::Frame& frame, Instant now, SessionActions& out) {
  if (phase_ == Phase::Authenticating && auth_ && auth_->proving) {
    auth_->proving->on_moved_on(now, out);
  }
  // Before the network phase IPCP is discarded, not rejected (RFC 1661 §3.5).
  const auto packet = wire::parse_packet(frame.information);
  if (!packet || (phase_ != Phase::Registering && phase_ != Phase::Up)) return;
  if (extras_ && extras_->without_ipv4) return;
  const LayerNews news = ipcp_.on_packet(*packet, context(), now, out);
  if (news.down && packet->code == static_cast<uint8_t>(wire::Code::TerminateRequest)) {
    // IPv4 is what this link is for: its end is the link's.
    return fail({CauseCode::PeerTerminated, "IPCP Terminate-Request"}, now, out);
  }
  on_ipcp_news(news, now, out);
}

void Session::on_ipcp_news(const LayerNews& news, Instant now, SessionActions& out) {
  if (news.refused) {
    if (config_->local_address != 0) {
      return fail({CauseCode::AddressRefused, "IPCP: the peer refuses our address"}, now, out);
    }
    return without_ipv4({CauseCode::NoAddress, "IPCP: the peer refuses our address"}, now, out);
  }
  if (news.not_converging) {
    return fail({CauseCode::PppNotConverging, "IPCP: Naks and Rejects without end"}, now, out);
  }
  if (news.down && !ended_) {
    keepalive_.stop();
    enter(Phase::Registering, out);
    bound_negotiation(now);
  }
  if (news.up && !ended_) {
    if (ipcp_.local() == 0) {
      return without_ipv4({CauseCode::NoAddress, "IPCP: the peer gave us no address"}, now, out);
    }
    go_up(now, out);
  }
  if (news.finished && !ended_) {
    fail({CauseCode::RegistrationTimeout, "IPCP: no answer"}, now, out);
  }
}

// The peer will not do IPv4, and has said so. IPv6 alone is a link for an entry that asks for it.
void Session::without_ipv4(Cause cause, Instant now, SessionActions& out) {
  if (!extras_ || !extras_->ipv6cp) return fail(std::move(cause), now, out);
  if (extras_->without_ipv4) return;
  extras_->without_ipv4 = true;
  extras_->ipv6_wait = kNever;
  (void)ipcp_.on(Event::Down, context(), now, out);  // in silence, and never offered again
  out.push(Note{"no IPv4 on this link: " + cause.evidence});
  go_up(now, out);
}

// ---- IPv6 ----------------------------------------------------------------------------------

bool Session::ipv6_up() const {
  return extras_ && extras_->ipv6cp && extras_->ipv6cp->state() == State::Opened;
}

void Session::on_ipv6cp(const wire::Frame& frame, Instant now, SessionActions& out) {
  const auto packet = wire::parse_packet(frame.information);
  if (!packet || (phase_ != Phase::Registering && phase_ != Phase::Up)) return;
  on_ipv6cp_news(extras_->ipv6cp->on_packet(*packet, context(), now, out), now, out);
}

void Session::on_ipv6cp_news(const LayerNews& news, Instant now, SessionActions& out) {
  if (news.refused) return give_up_ipv6("the peer refuses our interface identifier", now, out);
  if (news.not_converging) return give_up_ipv6("Naks and Rejects without end", now, out);
  if (news.finished) return give_up_ipv6("IPV6CP: ended, or no answer", now, out);
  if (news.down && phase_ == Phase::Up) {
    if (extras_->without_ipv4) {
      keepalive_.stop();
      enter(Phase::Registering, out);
      bound_negotiation(now);
    } else {
      out.push(addresses());
    }
  }
  if (!news.up) return;
  if (phase_ == Phase::Up) {
    out.push(addresses());
  } else {
    go_up(now, out);
  }
}

// For the rest of this session; what the peer still says of IPV6CP is rejected.
void Session::give_up_ipv6(std::string_view why, Instant now, SessionActions& out) {
  const bool was_up = ipv6_up();
  extras_->ipv6cp.reset();
  out.push(Note{"no IPv6 on this link: " + std::string(why)});
  if (extras_->without_ipv4) {
    return fail({CauseCode::ProtocolRejected, "the peer does neither IPv4 nor IPv6"}, now, out);
  }
  if (phase_ != Phase::Up) return go_up(now, out);
  if (was_up) out.push(addresses());
}

// ---- both ----------------------------------------------------------------------------------

void Session::on_protocol_reject(uint16_t protocol, Instant now, SessionActions& out) {
  if (protocol == static_cast<uint16_t>(Protocol::Lcp)) {  // RXJ-, RFC 1661 §4.3
    fail({CauseCode::ProtocolRejected, "the peer rejects LCP itself"}, now, out);
  } else if (protocol == static_cast<uint16_t>(Protocol::Ipcp)) {
    without_ipv4({CauseCode::ProtocolRejected, "the peer rejects IPCP"}, now, out);
  } else if (protocol == static_cast<uint16_t>(Protocol::Ipv6cp) && extras_ && extras_->ipv6cp) {
    give_up_ipv6("the peer rejects IPV6CP", now, out);
  } else if (extras_ && (protocol == static_cast<uint16_t>(Protocol::VjCompressed) ||
                         protocol == static_cast<uint16_t>(Protocol::VjUncompressed))) {
    extras_->compressor.reset();  // agreed to, and not understood: headers go as they are
  }
}

// IPv4 waits for IPv6 as long as one lost packet costs, so that an interface is made once.
void Session::go_up(Instant now, SessionActions& out) {
  const bool ipv4 = ipcp_.state() == State::Opened && ipcp_.local() != 0;
  if (extras_) {
    const bool pending = extras_->ipv6cp && !ipv6_up();
    if (ipv4 && pending && extras_->ipv6_wait == kNever) {
      extras_->ipv6_wait = now + config_->restart.period;
    }
    if (ipv4 && pending && now < extras_->ipv6_wait) return;
    extras_->ipv6_wait = kNever;
    if (!ipv4 && !(extras_->without_ipv4 && ipv6_up())) return;
  } else if (!ipv4) {
    return;
  }
  give_up_at_ = kNever;
  // Who was asked again while the network registered still owes the answer.
  if (!auth_ || !auth_->judging || auth_->judged) auth_.reset();
  lcp_.forget_demand();  // it is content with less
  start_compression();
  keepalive_.start(now);
  echo_id_ = lcp_.send_echo(out);
  enter(Phase::Up, out);
  out.push(addresses());
}

LinkUp Session::addresses() const {
  LinkUp up{.mtu = std::min(lcp_.peer_mru(), wire::kDefaultMru)};
  if (ipcp_.state() == State::Opened) {
    up.local = ipcp_.local();
    up.peer = ipcp_.peer();
    up.dns = ipcp_.dns();
    up.dns2 = ipcp_.dns2();
  }
  if (ipv6_up()) {
    up.local_id = extras_->ipv6cp->local();
    up.peer_id = extras_->ipv6cp->peer();
  }
  return up;
}

// ---- packets -------------------------------------------------------------------------------

void Session::start_compression() {
  if (!extras_) return;
  extras_->compressor.reset();
  extras_->decompressor.reset();
  if (const auto vj = ipcp_.vj_to_peer()) {
    extras_->compressor.emplace(vj->slot_max, vj->slot_may_be_left_out);
  }
  if (const auto vj = ipcp_.vj_from_peer()) extras_->decompressor.emplace(vj->slot_max);
}

bool Session::carries(Protocol protocol) const {
  if (!up()) return false;
  if (protocol == Protocol::Ipv6) return ipv6_up();
  const bool compressed =
      protocol == Protocol::VjCompressed || protocol == Protocol::VjUncompressed;
  if (protocol != Protocol::Ip && !(compressed && extras_ && extras_->decompressor)) return false;
  return ipcp_.state() == State::Opened;
}

ByteView Session::packet_in(const wire::Frame& frame, Instant now) {
  const Protocol protocol{frame.protocol};
  ByteView packet = frame.information;
  if (protocol == Protocol::VjCompressed || protocol == Protocol::VjUncompressed) {
    packet = extras_->decompressor->decompress(frame);
    if (packet.empty()) {  // tossed, yet a valid frame: TCP sends it again
      keepalive_.on_life(now);
      return packet;
    }
  }
  return on_ip(packet, now) ? packet : ByteView{};
}

std::optional<wire::Frame> Session::frame_for(ByteView ip_packet) {
  const Protocol protocol = version_of(ip_packet) == 6 ? Protocol::Ipv6 : Protocol::Ip;
  if (!carries(protocol)) return std::nullopt;
  if (protocol == Protocol::Ip && extras_ && extras_->compressor) {
    return extras_->compressor->compress(ip_packet);
  }
  return wire::Frame{static_cast<uint16_t>(protocol), ip_packet};
}

void Session::on_bad_frame() {
  if (extras_ && extras_->decompressor) extras_->decompressor->on_error();
}

// A packet from our own address is our own, reflected by a modem that echoes: no sign of life.
bool Session::on_ip(ByteView ip_packet, Instant now) {
  if (version_of(ip_packet) == 6 && ipv6_up()) {
    // Octets 16 to 23 are the identifier in the source address, of whatever prefix.
    ByteReader source(ip_packet.size() >= kIpv6HeaderSize ? ip_packet.subspan(16) : ByteView{});
    const uint64_t high = source.u32().value_or(0);
    if ((high << 32 | source.u32().value_or(0)) == extras_->ipv6cp->local()) return false;
  } else {
    const uint32_t local = ipcp_.local();
    ByteReader source(ip_packet.size() >= kIpv4HeaderSize ? ip_packet.subspan(12) : ByteView{});
    if (local != 0 && source.u32() == local) return false;
  }
  keepalive_.on_life(now);
  return true;
}

}  // namespace redial::ppp
