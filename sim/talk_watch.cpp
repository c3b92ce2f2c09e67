// SPDX-License-Identifier: Apache-2.0
#include "sim/talk_watch.h"

#include <fmt/format.h>

#include <utility>

namespace redial::sim {
namespace {

bool is_frame(ByteView octets) { return octets.front() == 0x7e && octets.back() == 0x7e; }

bool is_command(ByteView octets) {
  return octets.size() > 2 && (octets[0] | 0x20) == 'a' && (octets[1] | 0x20) == 't';
}

constexpr uint8_t kTerminateRequest = 5, kTerminateAck = 6;

/// The identifier of an LCP packet of this code, if these octets have one. LCP's own frames are
/// never compressed, and every control character in them is escaped (RFC 1662 §7).
std::optional<uint8_t> lcp_id(ByteView octets, uint8_t code) {
  constexpr char kEscape = 0x7d, kFlip = 0x20;
  const char head[] = {'\xc0', 0x21, kEscape, static_cast<char>(code ^ kFlip)};
  const std::string_view text = as_text(octets);
  const size_t at = text.find(std::string_view(head, sizeof head));
  if (at == std::string_view::npos || at + sizeof head + 1 >= text.size()) return std::nullopt;
  const char id = text[at + sizeof head];
  return static_cast<uint8_t>(id == kEscape ? text[at + sizeof head + 1] ^ kFlip : id);
}

}  // namespace

TalkWatch::MaybeBroken TalkWatch::in_time(Instant now) {
  if (now <= std::exchange(agreed_by_, kNever)) return std::nullopt;
  return Broken{"negotiates", "there has been a carrier for longer than a negotiation may take"};
}

TalkWatch::MaybeBroken TalkWatch::on_ended(const connection::LinkEnded& ended, Instant now) {
  if (auto late = in_time(now)) return late;
  const bool lost =
      ended.cause.code == CauseCode::CarrierLost || ended.cause.code == CauseCode::PeerSilent;
  if (std::exchange(said_goodbye_, false) && lost) {
    return Broken{"terminate-ack", fmt::format("the peer has said goodbye, and the call ended as "
                                               "{}",
                                               name(ended.cause.code))};
  }
  if (ended.cause.code != CauseCode::PppNoResponse || now <= no_ppp_by_) return std::nullopt;
  return Broken{"negotiates", fmt::format("a peer that says nothing was given up {} later than "
                                          "promised",
                                          to_text(now - no_ppp_by_))};
}

TalkWatch::MaybeBroken TalkWatch::on_sent(ByteView octets, const CallMoment& at) {
  if (is_frame(octets) && !at.carrier) {
    return Broken{"ppp-in-command-state", "a PPP frame before there was a carrier"};
  }
  if (at.online && is_command(octets) && (at.up || at.clean)) {
    return Broken{"at-in-data", to_visible(octets)};
  }
  if (goodbye_ && lcp_id(octets, kTerminateAck) == goodbye_->id) goodbye_.reset();
  return std::nullopt;
}

bool TalkWatch::says_goodbye(ByteView octets) {
  return lcp_id(octets, kTerminateRequest).has_value();
}

void TalkWatch::on_heard(ByteView octets, const CallMoment& at, Instant now) {
  if (!at.up || !at.clean || !at.online || goodbye_) return;
  const auto id = lcp_id(octets, kTerminateRequest);
  if (!id) return;
  goodbye_ = Goodbye{*id, now};
  said_goodbye_ = true;
}

TalkWatch::MaybeBroken TalkWatch::on_closed(Instant now) {
  const auto unanswered = std::exchange(goodbye_, std::nullopt);
  if (!unanswered) return std::nullopt;
  return Broken{"terminate-ack", fmt::format("a Terminate-Request, {} ago, was not answered",
                                             to_text(now - unanswered->at))};
}

void TalkWatch::on_sleep(Duration asleep) {
  on_fault();
  if (no_ppp_by_ != kNever) no_ppp_by_ += asleep;
  if (agreed_by_ != kNever) agreed_by_ += asleep;
}

}  // namespace redial::sim
