// SPDX-License-Identifier: Apache-2.0
#include "ppp/lcp.h"

#include <fmt/format.h>

#include <algorithm>

#include "ppp/auth.h"

namespace redial::ppp {
namespace {

/// Codes of LCP are given out from 1 upwards (IANA, PPP numbers); nobody will ever have this one.
constexpr uint8_t kUnknownCode = 0xe7;

using wire::Code;
using wire::PacketWriter;

// RFC 1661 §6, RFC 1662 §7.1, RFC 1570 §2.3.
enum class LcpOption : uint8_t {
  Mru = 1,
  Accm = 2,
  Auth = 3,
  Quality = 4,
  Magic = 5,
  Pfc = 7,
  Acfc = 8,
  Callback = 13
};

constexpr uint16_t kMruMin = Negotiator::kMruLeast;  // below it our own packets would not fit

std::optional<uint16_t> as_u16(const wire::Option& option) {
  ByteReader reader(option.data);
  return option.data.size() == 2 ? reader.u16() : std::nullopt;
}
std::optional<uint32_t> as_u32(const wire::Option& option) {
  ByteReader reader(option.data);
  return option.data.size() == 4 ? reader.u32() : std::nullopt;
}

uint32_t fresh_magic(Entropy& entropy) {
  const uint32_t value = entropy.u32();
  return value != 0 ? value : 1;
}

}  // namespace

Lcp::Lcp(Context context)
    : magic_(fresh_magic(context.entropy)),
      our_accm_(context.config.receive_accm | context.config.line_accm),
      our_mru_(context.config.mru),
      ask_mru_(context.config.mru != wire::kDefaultMru),
      ask_pfc_(context.config.pfc),
      ask_acfc_(context.config.acfc),
      ask_callback_(context.config.callback.has_value()),
      callback_required_(context.config.callback && context.config.callback->required) {
  const SessionConfig& config = context.config;
  if (config.accounts && !config.demand.empty()) they_prove_ = config.demand.front();
  if (config.callback) callback_ = config.callback->operation;
}

LayerNews Lcp::on(Event event, Context context, Instant now, SessionActions& out) {
  RulesOf<Lcp> rules(*this, context);
  return negotiator_.on(event, rules, now, out);
}

void Lcp::begin_over(Context context) {
  const SessionConfig& config = context.config;
  magic_ = fresh_magic(context.entropy);
  if (config.accounts && !config.demand.empty()) they_prove_ = config.demand.front();
}

LayerNews Lcp::on_deadline(Context context, Instant now, SessionActions& out) {
  RulesOf<Lcp> rules(*this, context);
  return negotiator_.on_deadline(rules, now, out);
}

LcpNews Lcp::on_packet(const wire::Packet& packet, Context context, Instant now,
                       SessionActions& out) {
  LcpNews news;
  switch (static_cast<Code>(packet.code)) {
    case Code::ProtocolReject: {
      ByteReader reader(packet.data);
      // §5.7: in any other state it is silently discarded.
      if (state() == State::Opened) news.rejected_protocol = reader.u16();
      return news;
    }
    case Code::EchoRequest:
      if (state() == State::Opened) answer_echo(packet, news, out);
      return news;
    case Code::EchoReply: news.echo_reply = state() == State::Opened; return news;
    case Code::Identification:
    case Code::TimeRemaining: note_extension(packet, news, out); return news;
    case Code::DiscardRequest: return news;
    case Code::ConfigureRequest:
    case Code::ConfigureAck:
    case Code::ConfigureNak:
    case Code::ConfigureReject:
    case Code::TerminateRequest:
    case Code::TerminateAck:
    case Code::CodeReject: break;
  }
  news.peer_terminates = packet.code == static_cast<uint8_t>(Code::TerminateRequest);
  if (packet.code == kUnknownCode && is_own(packet.data)) {
    news.reflected = true;
    return news;
  }
  // The rejected packet follows: code, identifier (§5.6).
  if (packet.code == static_cast<uint8_t>(Code::CodeReject) && packet.data.size() >= 2 &&
      packet.data[0] == kUnknownCode) {
    news.probe_rejected = packet.data[1];
  }
  RulesOf<Lcp> rules(*this, context);
  news.layer = negotiator_.on_packet(packet, rules, now, out);
  news.looped_back = loops_ >= kLoopsMax;
  return news;
}

// RFC 1570 §1: for people only, and never so many that a peer fills the journal.
void Lcp::note_extension(const wire::Packet& packet, LcpNews& news, SessionActions& out) {
  constexpr uint8_t kTellsMax = 4;
  ByteReader reader(packet.data);
  const auto magic = reader.u32();
  news.reflected = magic && ask_magic_ && *magic == magic_;
  if (!magic || news.reflected || tells_ >= kTellsMax) return;
  if (static_cast<Code>(packet.code) == Code::TimeRemaining) {
    const auto seconds = reader.u32();
    if (!seconds) return;
    const std::string message = to_visible(reader.rest(), 80);
    out.push(Note{fmt::format("the peer will end the link in {} s{}{}", *seconds,
                              message.empty() ? "" : ": ", message)});
  } else {
    out.push(Note{"the peer is \"" + to_visible(reader.rest(), 80) + "\""});
  }
  ++tells_;
}

void Lcp::identify(std::string_view text, SessionActions& out) {
  if (state() != State::Opened) return;
  PacketWriter packet(Code::Identification, negotiator_.next_id());
  packet.data(magic_octets());
  packet.data(as_bytes(text.substr(0, 64)));
  negotiator_.send(packet, out);
}

// Where the peer takes no magic numbers the field is zero (§6.4), and ours is in the data behind
// it.
bool Lcp::is_own(ByteView data) const {
  ByteReader reader(data);
  const auto field = reader.u32();
  return (ask_magic_ ? field : reader.u32()) == magic_;
}

// §5.8. A request with our own magic number is our own, reflected by a modem in command state or a
// login prompt that echoes: it must neither be answered nor count as life (zephyr#77881).
void Lcp::answer_echo(const wire::Packet& packet, LcpNews& news, SessionActions& out) {
  ByteReader reader(packet.data);
  const auto magic = reader.u32();
  if (!magic) return;
  if (is_own(packet.data)) {
    news.reflected = true;
    news.looped_back = ++loops_ >= kLoopsMax;
    return;
  }
  loops_ = 0;
  PacketWriter reply(Code::EchoReply, packet.id);
  reply.data(magic_octets());
  const size_t room = std::min<size_t>(wire::kInformationMax, peer_mru_) - 8;
  reply.data(reader.rest().first(std::min(reader.left(), room)));
  negotiator_.send(reply, out);
}

uint8_t Lcp::send_echo(SessionActions& out) {
  return send_probe(static_cast<uint8_t>(Code::EchoRequest), out);
}

uint8_t Lcp::send_unknown(SessionActions& out) { return send_probe(kUnknownCode, out); }

/// Our magic number goes with it, so that a reflected one is known.
uint8_t Lcp::send_probe(uint8_t code, SessionActions& out) {
  PacketWriter request(code, negotiator_.next_id());
  request.data(magic_octets());
  if (!ask_magic_) request.data(octets_of(magic_));
  negotiator_.send(request, out);
  return request.information().view()[1];
}

void Lcp::reject_protocol(uint16_t protocol, ByteView information, SessionActions& out) {
  if (state() != State::Opened) return;
  PacketWriter reject(Code::ProtocolReject, negotiator_.next_id());
  const uint8_t which[] = {static_cast<uint8_t>(protocol >> 8), static_cast<uint8_t>(protocol)};
  reject.data(which);
  const size_t room = std::min<size_t>(wire::kInformationMax, peer_mru_) - 6;
  reject.data(information.first(std::min(information.size(), room)));
  negotiator_.send(reject, out);
}

wire::TxFormat Lcp::tx_format() const {
  if (state() != State::Opened) return {};
  return {.accm = peer_accm_, .acfc = peer_acfc_, .pfc = peer_pfc_};
}

// ---- our options ---------------------------------------------------------------------------

void Lcp::write_request(PacketWriter& request, const SessionConfig& config) const {
  const auto type = [](LcpOption option) { return static_cast<uint8_t>(option); };
  if (ask_mru_) request.option_u16(type(LcpOption::Mru), our_mru_);
  if (ask_accm_) request.option_u32(type(LcpOption::Accm), our_accm_);
  if (they_prove_ != AuthMethod::None) {
    request.option(type(LcpOption::Auth), auth_option(they_prove_));
  }
  if (ask_magic_) request.option_u32(type(LcpOption::Magic), magic_);
  if (ask_pfc_) request.option(type(LcpOption::Pfc));
  if (ask_acfc_) request.option(type(LcpOption::Acfc));
  if (ask_callback_) write_callback(*config.callback, request);
}

bool Lcp::on_nak(const wire::Option& option, Context context) {
  switch (static_cast<LcpOption>(option.type)) {
    case LcpOption::Mru: {
      const auto wanted = as_u16(option);
      if (wanted && *wanted >= kMruMin && *wanted <= wire::kDefaultMru) {
        our_mru_ = *wanted;
        ask_mru_ = true;
      }
      return true;
    }
    case LcpOption::Accm:
      our_accm_ |=
          as_u32(option).value_or(0);  // RFC 1662 §7.1: the union is what both can live with
      ask_accm_ = true;
      return true;
    case LcpOption::Auth: {
      if (they_prove_ == AuthMethod::None) return true;  // offers what we did not ask for
      const auto& demand = context.config.demand;
      const auto offered = auth_method_of(option.data);
      if (offered && std::ranges::find(demand, *offered) != demand.end()) {
        they_prove_ = *offered;
        return true;
      }
      const auto current = std::ranges::find(demand, they_prove_);
      if (current == demand.end() || current + 1 == demand.end()) {
        auth_refused_ = true;
        return false;
      }
      they_prove_ = *(current + 1);
      return true;
    }
    case LcpOption::Magic: magic_ = fresh_magic(context.entropy); return true;
    case LcpOption::Pfc: ask_pfc_ = false; return true;
    case LcpOption::Acfc: ask_acfc_ = false; return true;
    case LcpOption::Callback: return on_callback_nak(option, context.config);
    case LcpOption::Quality: break;
  }
  return true;  // options we never asked for may be wished, and are not granted
}

bool Lcp::on_reject(const wire::Option& option) {
  switch (static_cast<LcpOption>(option.type)) {
    case LcpOption::Mru: ask_mru_ = false; return true;
    case LcpOption::Accm: ask_accm_ = false; return true;
    case LcpOption::Auth: auth_refused_ = they_prove_ != AuthMethod::None; return !auth_refused_;
    case LcpOption::Magic: ask_magic_ = false; return true;
    case LcpOption::Pfc: ask_pfc_ = false; return true;
    case LcpOption::Acfc: ask_acfc_ = false; return true;
    case LcpOption::Callback: {
      const bool demanded = ask_callback_ && callback_required_;
      ask_callback_ = false;
      return !demanded;
    }
    case LcpOption::Quality: break;
  }
  return true;
}

// ---- the peer's options --------------------------------------------------------------------

void Lcp::begin_judging() {
  peer_mru_ = wire::kDefaultMru;
  peer_accm_ = wire::kDefaultAccm;
  peer_pfc_ = peer_acfc_ = false;
  we_prove_ = AuthMethod::None;
  peer_asks_callback_ = false;
}

OptionRules::Verdict Lcp::judge(const wire::Option& option, Context context, PacketWriter& nak) {
  switch (static_cast<LcpOption>(option.type)) {
    case LcpOption::Mru: {
      const auto value = as_u16(option);
      if (!value || *value < kMruMin) {
        nak.option_u16(option.type, value ? kMruMin : wire::kDefaultMru);
        return Verdict::Nak;
      }
      peer_mru_ = *value;
      return Verdict::Ack;
    }
    case LcpOption::Accm: {
      const auto value = as_u32(option);
      if (!value) {
        nak.option_u32(option.type, 0);
        return Verdict::Nak;
      }
      peer_accm_ = *value | context.config.line_accm;
      return Verdict::Ack;
    }
    case LcpOption::Auth: return judge_auth(option, context.config, nak);
    case LcpOption::Magic: return judge_magic(option, context.entropy, nak);
    case LcpOption::Pfc:
      peer_pfc_ = context.config.pfc && option.data.empty();
      return peer_pfc_ ? Verdict::Ack : Verdict::Reject;
    case LcpOption::Acfc:
      peer_acfc_ = context.config.acfc && option.data.empty();
      return peer_acfc_ ? Verdict::Ack : Verdict::Reject;
    case LcpOption::Callback: return judge_callback(option, context.config, nak);
    case LcpOption::Quality: break;
  }
  return Verdict::Reject;
}

OptionRules::Verdict Lcp::judge_auth(const wire::Option& option, const SessionConfig& config,
                                     PacketWriter& nak) {
  const auto asked = auth_method_of(option.data);
  const auto& may = config.may_use;
  demanded_ = asked.value_or(AuthMethod::None);
  demand_refused_ = true;
  if (config.user.empty() || may.empty()) return Verdict::Reject;  // nothing to prove with
  if (asked && std::ranges::find(may, *asked) != may.end()) {
    demand_refused_ = false;
    we_prove_ = *asked;
    return Verdict::Ack;
  }
  nak.option(option.type, auth_option(may.front()));
  return Verdict::Nak;
}

std::string Lcp::unusable_demand(const SessionConfig& config) const {
  if (!demand_refused_) return {};
  const std::string_view theirs =
      demanded_ == AuthMethod::None ? "a method that is not known here" : name(demanded_);
  if (config.user.empty()) {
    return fmt::format("the peer demands {}, and there is no user name to prove", theirs);
  }
  std::string ours;
  for (const AuthMethod method : config.may_use) {
    ours += fmt::format("{}{}", ours.empty() ? "" : ", ", name(method));
  }
  return fmt::format("the peer demands {}; allowed here: {}", theirs, ours.empty() ? "none" : ours);
}

// ---- callback, RFC 1570 §2.3 ---------------------------------------------------------------

std::optional<CallbackOperation> Lcp::callback_agreed() const {
  const bool agreed = state() == State::Opened && (ask_callback_ || peer_asks_callback_);
  return agreed ? std::optional(callback_) : std::nullopt;
}

void Lcp::write_callback(const CallbackWish& wish, PacketWriter& request) const {
  Bytes value{static_cast<uint8_t>(callback_)};
  const bool named =
      callback_ != CallbackOperation::Account && callback_ != CallbackOperation::Cbcp;
  if (named) value.insert(value.end(), wish.number.begin(), wish.number.end());
  request.option(static_cast<uint8_t>(LcpOption::Callback), value);
}

// The server wants to be asked in another way; those that name a number need one.
bool Lcp::on_callback_nak(const wire::Option& option, const SessionConfig& config) {
  if (!ask_callback_ || !config.callback) return true;
  const unsigned wanted = option.data.empty() ? 255u : option.data[0];
  const bool known = wanted <= 4 || wanted == 6;
  const bool named = wanted >= 1 && wanted <= 4;
  if (known && !(named && config.callback->number.empty())) {
    callback_ = CallbackOperation{static_cast<uint8_t>(wanted)};
    return true;
  }
  ask_callback_ = false;
  return !callback_required_;
}

OptionRules::Verdict Lcp::judge_callback(const wire::Option& option, const SessionConfig& config,
                                         PacketWriter& nak) {
  if (!config.call_back) return Verdict::Reject;
  const unsigned asked = option.data.empty() ? 255u : option.data[0];
  if (asked > 4 && asked != 6) {
    const uint8_t cbcp = static_cast<uint8_t>(CallbackOperation::Cbcp);
    nak.option(option.type, {&cbcp, 1});
    return Verdict::Nak;
  }
  callback_ = CallbackOperation{static_cast<uint8_t>(asked)};
  peer_asks_callback_ = true;
  return Verdict::Ack;
}

// ---- the peer's magic number ---------------------------------------------------------------

// §6.4: the same number as ours is a coincidence of one in 2^32, or a loop.
OptionRules::Verdict Lcp::judge_magic(const wire::Option& option, Entropy& entropy,
                                      PacketWriter& nak) {
  const auto value = as_u32(option);
  if (value && *value != 0 && (!ask_magic_ || *value != magic_)) {
    loops_ = 0;
    return Verdict::Ack;
  }
  if (value && *value == magic_ && loops_ < kLoopsMax) ++loops_;
  nak.option_u32(option.type, fresh_magic(entropy));
  return Verdict::Nak;
}

}  // namespace redial::ppp
