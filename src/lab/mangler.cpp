// SPDX-License-Identifier: Apache-2.0
#include "lab/mangler.h"

#include <utility>

#include "core/outbox.h"
#include "wire/hdlc.h"

namespace redial::lab {

using wire::Code;
using wire::PacketWriter;
using wire::Protocol;

namespace {

constexpr uint8_t kFlag = 0x7e, kEscape = 0x7d;
constexpr uint8_t kOut = 1, kIn = 2, kBoth = 3;
constexpr size_t kHeldMax = 4096;  // twice a frame of 1500 octets, escaped, and more
constexpr size_t kLateMax = 64;
constexpr Duration kLate = 4s, kLateSpread = 2s;  // RFC 1661 §4.6: the restart timer is 3 s
constexpr Duration kTurn = 5s;                    // from up to the first surprise
constexpr Duration kTurnAgain = 1min;
constexpr Duration kChallengeAgain = 5s;
constexpr uint32_t kDamagedEvery = 3;
constexpr uint64_t kGarbageMax = 40;
constexpr uint8_t kForgedId = 0xf1;  // a session's own count from 1
constexpr uint8_t kAddressOption = 3, kMagicOption = 5;
constexpr uint8_t kResult = 3, kFailure = 4;  // of CHAP: Success, Failure

constexpr std::array<std::string_view, kManners> kNames = {"none",
                                                           "silently-killed",
                                                           "never-echoes",
                                                           "endless-nak",
                                                           "endless-reject",
                                                           "late-acks",
                                                           "loopback",
                                                           "wrong-magic",
                                                           "changes-address",
                                                           "unnegotiated-chap",
                                                           "drops-chap-success",
                                                           "refuses-password",
                                                           "garbage",
                                                           "rejects-everything",
                                                           "renegotiates",
                                                           "terminates-at-once",
                                                           "bad-fcs",
                                                           "terminate-ignored",
                                                           "false-proof"};

void append(Bytes& to, ByteView octets) { to.insert(to.end(), octets.begin(), octets.end()); }

void append_frame(Bytes& to, uint16_t protocol, const PacketWriter& packet) {
  wire::encode(protocol, packet.information().view(), {}, to);
}

uint32_t u32_of(ByteView octets) { return ByteReader(octets).u32().value_or(0); }

/// One bit of one octet, so that the check sum is wrong for certain (RFC 1662 §C).
Bytes damaged(ByteView raw, Rng& rng) {
  Bytes out(raw.begin(), raw.end());
  const size_t from = rng.below(out.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const size_t at = (from + i) % out.size();
    const auto other = static_cast<uint8_t>(out[at] ^ 1);
    const auto special = [](uint8_t octet) { return octet == kFlag || octet == kEscape; };
    if (special(out[at]) || special(other) || (at > 0 && out[at - 1] == kEscape)) continue;
    out[at] = other;
    break;
  }
  return out;
}

}  // namespace

std::string_view name(Manner manner) { return kNames[static_cast<size_t>(manner)]; }

std::optional<Manner> manner_named(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Manner>(found - kNames.begin());
}

struct Mangler::Seen {
  uint16_t protocol = 0;  // 0: no good frame
  wire::Packet packet;    // of control protocols
  bool is(Protocol wanted) const { return protocol == static_cast<uint16_t>(wanted); }
  bool has(Code code) const { return packet.code == static_cast<uint8_t>(code); }
  bool is(Protocol wanted, Code code) const { return is(wanted) && has(code); }
  bool is(Protocol wanted, uint8_t code) const { return is(wanted) && packet.code == code; }
  /// LCP or a network control protocol: its codes are those of RFC 1661.
  bool negotiates() const { return is(Protocol::Lcp) || (protocol >= 0x8000 && protocol < 0xc000); }
  bool is_answer() const {
    if (is(Protocol::Pap)) return packet.code == 2 || packet.code == 3;
    if (is(Protocol::Chap)) return packet.code == kResult || packet.code == kFailure;
    const bool about_options = has(Code::ConfigureAck) || has(Code::ConfigureNak) ||
                               has(Code::ConfigureReject) || has(Code::TerminateAck);
    return negotiates() && (about_options || is(Protocol::Lcp, Code::EchoReply));
  }
};

void Mangler::set(Manner manner, uint64_t seed) {
  manner_ = manner;
  rng_ = Rng(seed);
  turn_at_.reset();
  turned_ = gone_ = false;
  forged_.reset();
  lcp_acked_ = ipcp_acked_ = 0;
  own_shift_ = callers_shift_ = 0;
  if (manner != Manner::None) return;
  for (Late& late : late_) late.at = Instant{};
}

void Mangler::on_call() {
  const uint32_t call = ++calls_;
  set(manner_, rng_.next());
  out_ = in_ = {};
  late_.clear();
  frames_ = 0;
  // The third octet: another address in each call, and never a net's own or a broadcast.
  if (manner_ == Manner::ChangesAddress) callers_shift_ = (1 + call % 250) << 8;
}

// ---- frames out of octets ----

template <class OnFrame>
void Mangler::gather(Way& way, ByteView octets, Bytes& through, OnFrame on_frame) {
  for (const uint8_t octet : octets) {
    if (octet == kFlag) {
      if (!way.held.empty()) on_frame(ByteView(way.held));
      way.held.clear();
      way.framed = true;
      through.push_back(kFlag);
    } else if (!way.framed) {
      through.push_back(octet);
    } else {
      way.held.push_back(octet);
      if (way.held.size() < kHeldMax) continue;
      append(through, way.held);  // no frame: not ours to judge
      way = {};
    }
  }
}

Mangler::Seen Mangler::read(ByteView raw) {
  struct Sink {
    Bytes& frame;
    bool on_frame(ByteView octets) {
      frame.assign(octets.begin(), octets.end());
      return true;
    }
    void on_bad_frame(wire::FrameError) {}
    void on_outside(ByteView) {}
  };
  Bytes whole{kFlag};
  append(whole, raw);
  whole.push_back(kFlag);
  frame_.clear();
  wire::HdlcDecoder decoder;
  decoder.decode(whole, Sink{frame_});
  const auto frame = wire::parse_frame(frame_);
  if (frame_.empty() || !frame) return {};
  if (frame->protocol < 0x8000) return {frame->protocol, {}};
  const auto packet = wire::parse_packet(frame->information);
  if (!packet) return {};
  return {frame->protocol, *packet};
}

/// How far the call has got. Set in its midst, the filter believes the first sign of an open link.
void Mangler::note(const Seen& seen, uint8_t way, Instant now) {
  if (seen.protocol == 0) return;
  if (seen.is(Protocol::Lcp, Code::ConfigureAck)) lcp_acked_ |= way;
  if (seen.is(Protocol::Ipcp, Code::ConfigureAck)) ipcp_acked_ |= way;
  const bool data = seen.protocol < 0x8000;
  const bool echo =
      seen.is(Protocol::Lcp, Code::EchoRequest) || seen.is(Protocol::Lcp, Code::EchoReply);
  if (!seen.is(Protocol::Lcp) || echo) lcp_acked_ = kBoth;
  if (data || echo) ipcp_acked_ = kBoth;
  if (seen.is(Protocol::Ipcp, Code::ConfigureRequest) && way == kOut) {
    wire::OptionReader options(seen.packet.data);
    while (const auto option = options.next()) {
      if (option->type == kAddressOption) own_address_ = u32_of(option->data);
    }
  }
  if (turned_) return;
  const bool at_open = manner_ == Manner::TerminatesAtOnce || manner_ == Manner::UnnegotiatedChap;
  const bool when_up = manner_ == Manner::Renegotiates || manner_ == Manner::ChangesAddress;
  turned_ = (at_open && lcp_acked_ == kBoth) || (when_up && ipcp_acked_ == kBoth);
  if (turned_) turn_at_ = at_open ? now : now + kTurn;
}

// ---- server -> line ----

void Mangler::outbound(ByteView octets, Bytes& to_line, Instant now) {
  if (manner_ == Manner::None) {
    append(to_line, std::exchange(out_, {}).held);
    return append(to_line, octets);
  }
  if (manner_ == Manner::SilentlyKilled || manner_ == Manner::Loopback || gone_) {
    out_ = {};
    return;
  }
  gather(out_, octets, to_line, [&](ByteView raw) {
    const Seen seen = read(raw);
    note(seen, kOut, now);
    if (lets_out(seen, raw, to_line, now)) append(to_line, raw);
  });
}

/// False: it has been replaced, or is to vanish.
bool Mangler::lets_out(const Seen& seen, ByteView raw, Bytes& to_line, Instant now) {
  const bool acked = seen.negotiates() && seen.has(Code::ConfigureAck);
  switch (manner_) {
    case Manner::EndlessNak:
      if (acked) nak(seen, to_line);
      return !acked;
    case Manner::EndlessReject: {
      if (!acked) return true;
      PacketWriter all(Code::ConfigureReject, seen.packet.id);
      all.data(seen.packet.data);
      // An empty request has nothing to reject: it gets no answer at all.
      if (!seen.packet.data.empty()) append_frame(to_line, seen.protocol, all);
      return false;
    }
    case Manner::LateAcks: {
      if (!seen.is_answer()) return true;
      Bytes frame{kFlag};
      append(frame, raw);
      frame.push_back(kFlag);
      say_at(now + kLate + rng_.up_to(kLateSpread), std::move(frame));
      return false;
    }
    case Manner::WrongMagic: {
      if (!seen.is(Protocol::Lcp, Code::EchoReply) || seen.packet.data.size() < 4) return true;
      PacketWriter reply(Code::EchoReply, seen.packet.id);
      Bytes data(seen.packet.data.begin(), seen.packet.data.end());
      for (size_t i = 0; i < 4; ++i) data[i] ^= static_cast<uint8_t>(1 + rng_.below(255));
      reply.data(data);
      append_frame(to_line, seen.protocol, reply);
      return false;
    }
    case Manner::ChangesAddress: return !translate(seen, own_shift_, callers_shift_, to_line);
    // Nor does it ask: its own would be a sign of life.
    case Manner::NeverEchoes: return !seen.is(Protocol::Lcp, Code::EchoRequest);
    case Manner::DropsChapSuccess: return !seen.is(Protocol::Chap, kResult);
    case Manner::FalseProof: return !falsify(seen, to_line);
    case Manner::RefusesPassword: {
      const bool believed = seen.is(Protocol::Pap, uint8_t{2}) || seen.is(Protocol::Chap, kResult);
      if (believed) refuse_password(seen, to_line);
      return !believed;
    }
    case Manner::Garbage:
      append(to_line, raw);
      to_line.push_back(kFlag);
      append(to_line, random_octets(1 + rng_.below(kGarbageMax)));
      return false;
    case Manner::BadFcs:
      if (++frames_ % kDamagedEvery != 0) return true;
      append(to_line, damaged(raw, rng_));
      return false;
    case Manner::None:
    case Manner::SilentlyKilled:
    case Manner::Loopback:
    case Manner::UnnegotiatedChap:
    case Manner::RejectsEverything:
    case Manner::Renegotiates:
    case Manner::TerminatesAtOnce:
    case Manner::TerminateIgnored: return true;
  }
  return true;
}

/// Other values for all that has one; to a request that has none, a wish it never had.
void Mangler::nak(const Seen& ack, Bytes& to_line) {
  PacketWriter nak(Code::ConfigureNak, ack.packet.id);
  wire::OptionReader options(ack.packet.data);
  while (const auto option = options.next()) {
    if (!option->data.empty()) nak.option(option->type, random_octets(option->data.size()));
  }
  if (nak.written().empty()) {
    const uint8_t type = ack.is(Protocol::Lcp) ? kMagicOption : kAddressOption;
    nak.option(type, random_octets(4));
  }
  append_frame(to_line, ack.protocol, nak);
}

void Mangler::refuse_password(const Seen& seen, Bytes& to_line) {
  constexpr std::string_view kWhy = "E=691 R=0 V=3";  // RFC 2759 §6
  const bool pap = seen.is(Protocol::Pap);
  PacketWriter refusal(pap ? uint8_t{3} : kFailure, seen.packet.id);
  if (pap) refusal.data(std::array{static_cast<uint8_t>(kWhy.size())});  // RFC 1334 §2.2.2
  refusal.data(as_bytes(kWhy));
  append_frame(to_line, seen.protocol, refusal);
}

/// RFC 2759 §5: "S=" and forty hexadecimal digits, which only one who knows the password can make.
/// True: `to_line` has others.
bool Mangler::falsify(const Seen& seen, Bytes& to_line) {
  const ByteView said = seen.packet.data;
  if (!seen.is(Protocol::Chap, kResult) || said.size() < 3 || said[0] != 'S') return false;
  Bytes other(said.begin(), said.end());
  other[2] = other[2] == '0' ? '1' : '0';
  PacketWriter success(kResult, seen.packet.id);
  success.data(other);
  append_frame(to_line, seen.protocol, success);
  return true;
}

/// ChangesAddress: what one side is called, the other one never hears. True: `out` has the frame.
bool Mangler::translate(const Seen& seen, uint32_t request_shift, uint32_t answer_shift,
                        Bytes& out) {
  const bool request = seen.has(Code::ConfigureRequest);
  const bool answer = seen.has(Code::ConfigureAck) || seen.has(Code::ConfigureNak) ||
                      seen.has(Code::ConfigureReject);
  if (!seen.is(Protocol::Ipcp) || (!request && !answer)) return false;
  const uint32_t shift = request ? request_shift : answer_shift;
  PacketWriter packet(seen.packet.code, seen.packet.id);
  wire::OptionReader options(seen.packet.data);
  while (const auto option = options.next()) {
    const uint32_t address = u32_of(option->data);
    if (option->type == kAddressOption && option->data.size() == 4 && address != 0) {
      packet.option_u32(option->type, address ^ shift);
    } else {
      packet.option(option->type, option->data);
    }
  }
  if (options.broken()) return false;
  append_frame(out, seen.protocol, packet);
  return true;
}

// ---- line -> server ----

void Mangler::inbound(ByteView octets, Bytes& to_server, Instant now) {
  if (manner_ == Manner::None) {
    append(to_server, std::exchange(in_, {}).held);
    return append(to_server, octets);
  }
  if (manner_ == Manner::Loopback && !octets.empty()) {
    say_at(now, Bytes(octets.begin(), octets.end()));
  }
  if (manner_ == Manner::SilentlyKilled || manner_ == Manner::Loopback || gone_) {
    in_ = {};
    return;
  }
  gather(in_, octets, to_server, [&](ByteView raw) {
    const Seen seen = read(raw);
    note(seen, kIn, now);
    if (!is_answer_to_forged(seen) && lets_in(seen, to_server, now)) append(to_server, raw);
  });
}

bool Mangler::lets_in(const Seen& seen, Bytes& to_server, Instant now) {
  switch (manner_) {
    case Manner::NeverEchoes: return !seen.is(Protocol::Lcp, Code::EchoRequest);
    case Manner::TerminateIgnored: return !seen.is(Protocol::Lcp, Code::TerminateRequest);
    case Manner::ChangesAddress: return !translate(seen, callers_shift_, own_shift_, to_server);
    case Manner::RejectsEverything: {
      const bool asks_much =
          seen.is(Protocol::Lcp, Code::ConfigureRequest) && !seen.packet.data.empty();
      const bool network = seen.negotiates() && !seen.is(Protocol::Lcp);
      if (asks_much || network) reject(seen, now);
      return !asks_much && !network;
    }
    case Manner::None:
    case Manner::SilentlyKilled:
    case Manner::EndlessNak:
    case Manner::EndlessReject:
    case Manner::LateAcks:
    case Manner::Loopback:
    case Manner::WrongMagic:
    case Manner::UnnegotiatedChap:
    case Manner::DropsChapSuccess:
    case Manner::RefusesPassword:
    case Manner::Garbage:
    case Manner::Renegotiates:
    case Manner::TerminatesAtOnce:
    case Manner::BadFcs:
    case Manner::FalseProof: return true;
  }
  return true;
}

/// The session behind the filter never asked: it is not to hear the answer.
bool Mangler::is_answer_to_forged(const Seen& seen) {
  if (!forged_) return false;
  if (*forged_ == static_cast<uint16_t>(Protocol::Chap)) {
    const bool no_chap = seen.is(Protocol::Lcp, Code::ProtocolReject) &&
                         ByteReader(seen.packet.data).u16() == *forged_;
    return no_chap || (seen.is(Protocol::Chap, uint8_t{2}) && seen.packet.id == kForgedId);
  }
  if (seen.protocol != *forged_ || seen.packet.id != kForgedId || !seen.is_answer()) return false;
  forged_.reset();
  return true;
}

void Mangler::reject(const Seen& request, Instant now) {
  if (request.is(Protocol::Lcp)) {
    PacketWriter all(Code::ConfigureReject, request.packet.id);
    all.data(request.packet.data);
    return say_at(now, Protocol::Lcp, all);
  }
  PacketWriter rejected(request.packet.code, request.packet.id);
  rejected.data(request.packet.data);
  PacketWriter unknown(Code::ProtocolReject, ++reject_id_);
  const std::array protocol = {static_cast<uint8_t>(request.protocol >> 8),
                               static_cast<uint8_t>(request.protocol)};
  unknown.data(protocol);
  const ByteView information = rejected.information().view();
  unknown.data(information.first(std::min<size_t>(information.size(), 100)));
  say_at(now, Protocol::Lcp, unknown);
}

// ---- of its own accord ----

void Mangler::on_turn(Instant now) {
  turn_at_.reset();
  if (manner_ == Manner::TerminatesAtOnce) {
    PacketWriter request(Code::TerminateRequest, kForgedId);
    say_at(now, Protocol::Lcp, request);
    gone_ = true;
  } else if (manner_ == Manner::UnnegotiatedChap) {
    PacketWriter challenge(uint8_t{1}, kForgedId);
    challenge.data(std::array<uint8_t, 1>{16});  // the size of the value, RFC 1994 §4.1
    challenge.data(random_octets(16));
    challenge.data(as_bytes("stranger"));
    forged_ = static_cast<uint16_t>(Protocol::Chap);
    say_at(now, Protocol::Chap, challenge);
    turn_at_ = now + kChallengeAgain;
  } else if (manner_ == Manner::Renegotiates) {
    PacketWriter request(Code::ConfigureRequest, kForgedId);
    request.option(kMagicOption, random_octets(4));
    forged_ = static_cast<uint16_t>(Protocol::Lcp);
    say_at(now, Protocol::Lcp, request);
    turn_at_ = now + kTurnAgain;
  } else if (manner_ == Manner::ChangesAddress) {
    own_shift_ = (own_shift_ + 0x100) & 0xff00;
    callers_shift_ = (callers_shift_ + 0x100) & 0xff00;
    PacketWriter request(Code::ConfigureRequest, kForgedId);
    request.option_u32(kAddressOption, own_address_ ^ own_shift_);
    forged_ = static_cast<uint16_t>(Protocol::Ipcp);
    say_at(now, Protocol::Ipcp, request);
    turn_at_ = now + kTurnAgain;
  }
}

/// A frame never overtakes one that was to go before it. Too many: the newest are lost.
void Mangler::say_at(Instant at, Bytes octets) {
  if (late_.size() >= kLateMax) return;
  if (!late_.empty()) at = std::max(at, late_.back().at);
  late_.push_back({at, std::move(octets)});
}

void Mangler::say_at(Instant at, Protocol protocol, const PacketWriter& packet) {
  Bytes octets;
  append_frame(octets, static_cast<uint16_t>(protocol), packet);
  say_at(at, std::move(octets));
}

void Mangler::on_deadline(Instant now, Bytes& to_line) {
  if (turn_at_ && *turn_at_ <= now) on_turn(now);
  while (!late_.empty() && late_.front().at <= now) {
    append(to_line, late_.front().octets);
    late_.pop_front();
  }
}

std::optional<Instant> Mangler::deadline() const {
  if (late_.empty()) return turn_at_;
  return earlier(turn_at_, late_.front().at);
}

Bytes Mangler::random_octets(size_t count) {
  Bytes octets(count);
  for (uint8_t& octet : octets) octet = static_cast<uint8_t>(rng_.next());
  return octets;
}

}  // namespace redial::lab
