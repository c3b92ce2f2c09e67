// SPDX-License-Identifier: Apache-2.0
#include "ppp/cbcp.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::ppp {
namespace {

using wire::PacketWriter;
using wire::Protocol;

// [MS-CBCP] 2.2.
enum class CbcpCode : uint8_t { Request = 1, Response = 2, Ack = 3 };
constexpr uint8_t kTelephone = 1;  // the one kind of address there is

/// Kind and text up to the zero, one after the other.
std::optional<std::vector<std::string>> numbers_of(ByteView octets) {
  std::vector<std::string> numbers;
  while (!octets.empty() && numbers.size() < CbcpOption::kNumbersMax) {
    const auto end = std::ranges::find(octets.subspan(1), uint8_t{0});
    const auto size = static_cast<size_t>(end - octets.subspan(1).begin());
    if (size > CbcpOption::kNumberOctetsMax) return std::nullopt;
    if (octets[0] == kTelephone && size > 0) {
      numbers.emplace_back(as_text(octets.subspan(1, size)));
    }
    octets = octets.subspan(std::min(octets.size(), size + 2));
  }
  return numbers;
}

}  // namespace

std::optional<std::vector<CbcpOption>> parse_cbcp(ByteView data) {
  std::vector<CbcpOption> found;
  wire::OptionReader reader(data);
  while (const auto option = reader.next()) {
    if (option->type < 1 || option->type > 4) continue;
    if (found.size() >= CbcpOption::kNumbersMax) break;
    CbcpOption one{.type = CbcpType{option->type}};
    if (one.type != CbcpType::None) {
      ByteReader rest(option->data);
      one.delay_s = rest.u8().value_or(0);
      auto numbers = numbers_of(rest.rest());
      if (!numbers) return std::nullopt;
      one.numbers = *std::move(numbers);
    }
    found.push_back(std::move(one));
  }
  if (reader.broken()) return std::nullopt;
  return found;
}

void write_cbcp(const CbcpOption& option, PacketWriter& packet) {
  Bytes value;
  if (option.type != CbcpType::None) value.push_back(option.delay_s);
  for (const std::string& number : option.numbers) {
    if (value.size() + number.size() + 2 > 253) break;
    value.push_back(kTelephone);
    value.insert(value.end(), number.begin(), number.end());
    value.push_back(0);
  }
  packet.option(static_cast<uint8_t>(option.type), value);
}

void Cbcp::begin(Instant now, SessionActions& out) {
  const RestartPolicy& restart = config_->restart;
  if (!calls_back()) {
    due_ = now + restart.period * restart.configure_max;  // so long an offer may take
    return;
  }
  const CallbackOffer& offer = *config_->call_back;
  packet_.emplace(static_cast<uint8_t>(CbcpCode::Request), uint8_t{1});
  if (offer.may_stay) write_cbcp({.type = CbcpType::None}, *packet_);
  if (offer.to_callers_number) {
    write_cbcp({.type = CbcpType::CallersNumber, .delay_s = offer.delay_s}, *packet_);
  }
  if (offer.to_known_number) {
    write_cbcp({.type = CbcpType::KnownNumber, .delay_s = offer.delay_s}, *packet_);
  }
  send(out, now);
}

void Cbcp::send(SessionActions& out, Instant now) {
  ++sends_;
  due_ = now + config_->restart.period;
  out.push(SendFrame{Protocol::Cbcp, packet_->information()});
}

CbcpNews Cbcp::on_packet(const wire::Packet& packet, Instant now, SessionActions& out) {
  switch (CbcpCode{packet.code}) {
    case CbcpCode::Request: return calls_back() ? CbcpNews{} : on_request(packet, now, out);
    case CbcpCode::Response: return calls_back() ? on_response(packet, out) : CbcpNews{};
    case CbcpCode::Ack: return calls_back() ? CbcpNews{} : on_ack(packet);
  }
  return {};
}

// ---- the caller ----------------------------------------------------------------------------

/// What suits us of what is offered. A wish without a number that is not required is for servers
/// that insist: staying comes first then.
std::optional<CbcpOption> Cbcp::choose(const std::vector<CbcpOption>& offered) const {
  const CallbackWish& wish = *config_->callback;
  const auto find = [&](CbcpType type) -> const CbcpOption* {
    const auto found = std::ranges::find(offered, type, &CbcpOption::type);
    return found == offered.end() ? nullptr : &*found;
  };
  const bool may_stay = !wish.required && find(CbcpType::None);
  if (may_stay && wish.number.empty()) return CbcpOption{};
  if (!wish.number.empty()) {
    if (const CbcpOption* free = find(CbcpType::CallersNumber)) {
      return CbcpOption{free->type, free->delay_s, {wish.number}};
    }
  }
  if (const CbcpOption* list = find(CbcpType::OneOfList); list && !list->numbers.empty()) {
    const bool ours = std::ranges::find(list->numbers, wish.number) != list->numbers.end();
    return CbcpOption{list->type, list->delay_s, {ours ? wish.number : list->numbers.front()}};
  }
  if (const CbcpOption* known = find(CbcpType::KnownNumber)) {
    return CbcpOption{known->type, known->delay_s, {}};
  }
  return may_stay ? std::optional(CbcpOption{}) : std::nullopt;
}

CbcpNews Cbcp::on_request(const wire::Packet& packet, Instant now, SessionActions& out) {
  if (settled_) return {};
  const auto offers = parse_cbcp(packet.data);
  if (!offers) return {};
  chosen_ = choose(*offers);
  if (!chosen_) {
    return {.failed = Cause{CauseCode::ProtocolRejected,
                            "CBCP: the server offers no call back that the entry can take"}};
  }
  packet_.emplace(static_cast<uint8_t>(CbcpCode::Response), packet.id);
  write_cbcp(*chosen_, *packet_);
  send(out, now);
  return {};
}

CbcpNews Cbcp::on_ack(const wire::Packet& packet) {
  if (settled_ || !packet_ || packet.id != packet_->information().view()[1]) return {};
  const auto acked = parse_cbcp(packet.data);
  if (!acked || acked->empty() || acked->front().type != chosen_->type) return {};
  settled_ = true;
  due_ = kNever;
  if (chosen_->type == CbcpType::None) return {.stay = true};
  chosen_->delay_s = std::max(chosen_->delay_s, acked->front().delay_s);
  return {.agreed = chosen_};
}

// ---- the side that is called ---------------------------------------------------------------

bool Cbcp::offered(const CbcpOption& option) const {
  const CallbackOffer& offer = *config_->call_back;
  switch (option.type) {
    case CbcpType::None: return offer.may_stay;
    case CbcpType::CallersNumber: return offer.to_callers_number && !option.numbers.empty();
    case CbcpType::KnownNumber: return offer.to_known_number;
    case CbcpType::OneOfList: return false;
  }
  return false;
}

CbcpNews Cbcp::on_response(const wire::Packet& packet, SessionActions& out) {
  const auto options = parse_cbcp(packet.data);
  if (!options || options->size() != 1 || !offered(options->front())) return {};
  PacketWriter ack(static_cast<uint8_t>(CbcpCode::Ack), packet.id);
  ack.data(packet.data);
  out.push(SendFrame{Protocol::Cbcp, ack.information()});
  due_ = kNever;
  if (settled_) return {};  // our Ack got lost
  settled_ = true;
  if (options->front().type == CbcpType::None) return {.stay = true};
  return {.agreed = options->front()};
}

CbcpNews Cbcp::on_deadline(Instant now, SessionActions& out) {
  if (now < due_) return {};
  if (!packet_ || sends_ >= config_->restart.configure_max) {
    due_ = kNever;
    return {.failed = Cause{CauseCode::PppTimeout,
                            packet_ ? "CBCP: no answer" : "CBCP: no Callback-Request came"}};
  }
  send(out, now);
  return {};
}

}  // namespace redial::ppp
