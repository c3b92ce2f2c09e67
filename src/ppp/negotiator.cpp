// SPDX-License-Identifier: Apache-2.0
#include "ppp/negotiator.h"

#include <array>

namespace redial::ppp {

using enum Actions;
using wire::Code;
using wire::PacketWriter;

namespace {

// FNV-1a: enough to tell a repeated request from a new one.
uint32_t hash_of(ByteView octets) {
  uint32_t hash = 2166136261u;
  for (const uint8_t octet : octets) hash = (hash ^ octet) * 16777619u;
  return hash;
}

}  // namespace

void Negotiator::send(const PacketWriter& packet, SessionActions& out) const {
  out.push(SendFrame{protocol_, packet.information()});
}

LayerNews Negotiator::on(Event event, OptionRules& rules, Instant now, SessionActions& out) {
  return on(event, Reply{}, rules, now, out);
}

LayerNews Negotiator::on(Event event, Reply reply, OptionRules& rules, Instant now,
                         SessionActions& out) {
  const auto outcome = automaton_.on(event, rules.restart(), now);
  return outcome ? carry_out(*outcome, reply, rules, now, out) : LayerNews{};
}

LayerNews Negotiator::on_deadline(OptionRules& rules, Instant now, SessionActions& out) {
  const auto outcome = automaton_.on_deadline(rules.restart(), now);
  return outcome ? carry_out(*outcome, Reply{}, rules, now, out) : LayerNews{};
}

// The order is fixed here: down before anything else, then packets, then up, started, finished.
LayerNews Negotiator::carry_out(const Outcome& outcome, Reply reply, OptionRules& rules,
                                Instant now, SessionActions& out) {
  const Actions actions = outcome.actions;
  LayerNews news{.down = any(actions, tld),
                 .up = any(actions, tlu),
                 .started = any(actions, tls),
                 .finished = any(actions, tlf)};
  if (news.down || any(actions, irc)) naks_sent_ = 0;
  if (news.up) opened_at_ = now;
  if (news.up || news.down || news.started) rounds_ = 0;
  if (any(actions, scr)) {
    PacketWriter request(Code::ConfigureRequest, ++request_id_);
    if (outstanding_ < 255) ++outstanding_;
    rules.write_request(request);
    send(request, out);
  }
  if (any(actions, str)) send(PacketWriter(Code::TerminateRequest, next_id()), out);
  if (any(actions, sta)) send(PacketWriter(Code::TerminateAck, reply.id), out);
  if (any(actions, sca | scn | scj) && reply.packet) send(*reply.packet, out);
  return news;
}

LayerNews Negotiator::on_packet(const wire::Packet& packet, OptionRules& rules, Instant now,
                                SessionActions& out) {
  const Reply reply{.id = packet.id};
  switch (static_cast<Code>(packet.code)) {
    case Code::ConfigureRequest: return on_configure_request(packet, rules, now, out);
    case Code::ConfigureAck:
    case Code::ConfigureNak:
    case Code::ConfigureReject: return on_answer(packet, rules, now, out);
    case Code::TerminateRequest: return on(Event::RTR, reply, rules, now, out);
    case Code::TerminateAck: return on(Event::RTA, reply, rules, now, out);
    case Code::CodeReject: {
      // RXJ-: without codes 1..7 no negotiation is possible (RFC 1661 §4.3).
      const bool fatal = rejects_negotiation(packet);
      return on(fatal ? Event::RXJMinus : Event::RXJPlus, reply, rules, now, out);
    }
    case Code::ProtocolReject:
    case Code::EchoRequest:
    case Code::EchoReply:
    case Code::DiscardRequest:
    case Code::Identification:
    case Code::TimeRemaining: break;
  }
  return unknown(packet, rules, now, out);
}

LayerNews Negotiator::unknown(const wire::Packet& packet, OptionRules& rules, Instant now,
                              SessionActions& out) {
  PacketWriter reject(Code::CodeReject, next_id());
  const uint8_t header[] = {packet.code, packet.id,
                            static_cast<uint8_t>((packet.data.size() + 4) >> 8),
                            static_cast<uint8_t>(packet.data.size() + 4)};
  reject.data(header);
  // §5.6: truncated to comply with the peer's MRU; the least one is enough to tell what it was.
  reject.data(packet.data.first(std::min<size_t>(packet.data.size(), kMruLeast - 8)));
  return on(Event::RUC, {packet.id, &reject}, rules, now, out);
}

LayerNews Negotiator::on_configure_request(const wire::Packet& packet, OptionRules& rules,
                                           Instant now, SessionActions& out) {
  PacketWriter ack(Code::ConfigureAck, packet.id), nak(Code::ConfigureNak, packet.id),
      reject(Code::ConfigureReject, packet.id);
  rules.begin_judging();
  wire::OptionReader options(packet.data);
  std::array<ByteView, 256> first{};
  while (const auto option = options.next()) {
    // RFC 1661 §6: none may be listed twice. The same again is no contradiction (ppp#611); another
    // value is, and whichever was meant, it is not ours to choose.
    ByteView& before = first[option->type];
    if (!before.empty()) {
      if (!same(before, option->whole)) reject.option(option->type, option->data);
      continue;
    }
    before = option->whole;
    switch (rules.judge(*option, nak)) {
      case OptionRules::Verdict::Ack: break;
      case OptionRules::Verdict::Nak:
        // §4.6 Max-Failure: after so many Naks, Reject what is still not agreeable.
        if (naks_sent_ >= kMaxFailure) reject.option(option->type, option->data);
        break;
      case OptionRules::Verdict::Reject: reject.option(option->type, option->data); break;
    }
  }
  if (options.broken()) return {};  // §5: silently discarded
  if (repeats_itself(packet.data, rules.restart(), now)) {
    ack.data(packet.data);
    send(ack, out);
    return {};
  }
  const bool rejects = !reject.written().empty();
  const bool naks = !nak.written().empty() && !rejects;
  if (!rejects && !naks) {
    ack.data(packet.data);
    acked_hash_ = hash_of(packet.data);
  }
  const Reply reply{packet.id, rejects ? &reject : naks ? &nak : &ack};
  LayerNews news = on(rejects || naks ? Event::RCRMinus : Event::RCRPlus, reply, rules, now, out);
  if (naks) ++naks_sent_;
  if (rejects || naks) news.not_converging |= count_round().not_converging;
  return news;
}

// With a round trip above the restart timer the peer's repeated request arrives after both sides
// have opened. By the table it would tear the layer down, the repetition of that would again, for
// ever (ppp#434). The same options, its magic number among them, are the same negotiation: Ack, and
// stay. Not for longer than half of the peer's tries, for one that has begun over as soon as it was
// open waits for a request of ours.
bool Negotiator::repeats_itself(ByteView options, const RestartPolicy& policy, Instant now) const {
  return state() == State::Opened && hash_of(options) == acked_hash_ &&
         now - opened_at_ < policy.period * policy.configure_max / 2;
}

// RFC 1661 §5.2: the identifier must be that of the last request. With a round trip above the
// restart timer every answer is to an older one (ppp#434), so any unanswered id with the same
// options will do; once one is answered, the others' late answers are as invalid as any stale id.
bool Negotiator::answers_us(uint8_t id) const {
  return static_cast<uint8_t>(request_id_ - id) < outstanding_;
}

LayerNews Negotiator::on_answer(const wire::Packet& packet, OptionRules& rules, Instant now,
                                SessionActions& out) {
  if (!answers_us(packet.id)) return {};
  if (static_cast<Code>(packet.code) == Code::ConfigureAck) {
    PacketWriter ours(Code::ConfigureRequest, packet.id);
    rules.write_request(ours);
    if (!same(ours.written(), packet.data)) return {};  // §5.2: must match exactly
    outstanding_ = 0;
    return on(Event::RCA, {.id = packet.id}, rules, now, out);
  }
  const bool nak = static_cast<Code>(packet.code) == Code::ConfigureNak;
  bool acceptable = true;
  wire::OptionReader options(packet.data);
  while (const auto option = options.next()) {
    acceptable &= nak ? rules.on_nak(*option) : rules.on_reject(*option);
  }
  if (options.broken()) return {};
  outstanding_ = 0;
  LayerNews news = on(Event::RCN, {.id = packet.id}, rules, now, out);
  news.refused = !acceptable;
  news.not_converging |= count_round().not_converging;
  return news;
}

LayerNews Negotiator::count_round() {
  if (rounds_ < kRoundsMax) ++rounds_;
  return {.not_converging = rounds_ >= kRoundsMax};
}

}  // namespace redial::ppp
