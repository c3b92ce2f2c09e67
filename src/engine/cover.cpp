// SPDX-License-Identifier: Apache-2.0
#include "engine/cover.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/script.h"
#include "ppp/chap_crypto.h"
#include "ppp/redact.h"
#include "wire/fcs.h"
#include "wire/ppp.h"

namespace redial::engine {

using wire::Protocol;

namespace {

constexpr uint8_t kFlag = 0x7e, kEscape = 0x7d, kEscapeBit = 0x20;
constexpr size_t kHeader = 4;          // code, identifier, length
constexpr uint16_t kControl = 0x8000;  // RFC 1661 §2: from here on no data of users
constexpr size_t kMsChapV2Value = 49;  // RFC 2759 §4
constexpr size_t kServerProof = 42;    // "S=" and forty digits
enum ChapCode : uint8_t { kChallenge = 1, kResponse = 2, kSuccess = 3, kFailure = 4 };

bool is(uint16_t protocol, Protocol which) { return protocol == static_cast<uint16_t>(which); }

bool is_auth(uint16_t protocol) {
  return is(protocol, Protocol::Pap) || is(protocol, Protocol::Chap) || is(protocol, Protocol::Eap);
}

bool is_protocol_reject(uint16_t protocol, ByteView information) {
  return is(protocol, Protocol::Lcp) && information.size() >= kHeader + 2 &&
         information[0] == static_cast<uint8_t>(wire::Code::ProtocolReject);
}

void zero_from(std::span<uint8_t> octets, size_t from) {
  if (from < octets.size()) std::ranges::fill(octets.subspan(from), uint8_t{0});
}

/// What of an IP header's next protocol is header as well.
size_t header_beyond(uint8_t protocol, ByteView body) {
  constexpr uint8_t kIcmp = 1, kTcp = 6, kUdp = 17, kHopByHop = 0, kIcmpV6 = 58;
  switch (protocol) {
    case kTcp: return body.size() < 13 ? 20 : std::max<size_t>(20, (body[12] >> 4) * 4u);
    case kUdp: return 8;
    case kIcmp: return 8 + 28;  // an unreachable quotes the header of what could not be delivered
    case kIcmpV6: return 4;
    case kHopByHop: return 8 + 4;
    default: return 0;
  }
}

/// `tcp`: its protocol field is a slot's number (RFC 1144 §3.2.2).
void cover_ip(std::span<uint8_t> packet, bool tcp) {
  constexpr uint8_t kTcp = 6;
  constexpr size_t kV4 = 20, kV6 = 40;
  if (packet.empty()) return;
  if (packet[0] >> 4 == 6) {
    if (packet.size() <= kV6) return;
    return zero_from(packet, kV6 + header_beyond(packet[6], packet.subspan(kV6)));
  }
  const size_t header = std::max<size_t>(kV4, (packet[0] & 15) * 4u);
  if (packet.size() <= header) return;
  const bool later_fragment = ((packet[6] & 0x1f) | packet[7]) != 0;
  const uint8_t protocol = tcp ? kTcp : packet[9];
  const size_t beyond = later_fragment ? 0 : header_beyond(protocol, packet.subspan(header));
  zero_from(packet, header + beyond);
}

void cover_chap(uint16_t protocol, std::span<uint8_t> packet) {
  // Challenge and Failure are no secret without a response, and a replay needs them.
  const bool open =
      is(protocol, Protocol::Chap) && (packet[0] == kChallenge || packet[0] == kFailure);
  if (open) return;
  const Bytes kept = ppp::redacted(protocol, packet, Secret());
  std::ranges::copy(kept, packet.begin());
}

Bytes unstuffed(ByteView raw) {
  Bytes plain;
  plain.reserve(raw.size());
  for (size_t at = 0; at < raw.size(); ++at) {
    const bool escape = raw[at] == kEscape && at + 1 < raw.size();
    plain.push_back(escape ? static_cast<uint8_t>(raw[++at] ^ kEscapeBit) : raw[at]);
  }
  return plain;
}

Bytes stuffed(ByteView plain) {
  Bytes raw;
  for (const uint8_t octet : plain) {
    const bool escape = octet < 0x20 || octet == kFlag || octet == kEscape;
    if (escape) raw.push_back(kEscape);
    raw.push_back(escape ? static_cast<uint8_t>(octet ^ kEscapeBit) : octet);
  }
  return raw;
}

struct Layout {
  uint16_t protocol;
  size_t at;
};
/// Where the information begins, and of which protocol it is; nullopt: no frame.
std::optional<Layout> layout_of(ByteView plain) {
  size_t at = plain.size() >= 2 && plain[0] == 0xff && plain[1] == 0x03 ? 2 : 0;
  if (plain.size() < at + 2) return std::nullopt;
  if ((plain[at] & 1) != 0) return Layout{plain[at], at + 1};
  const auto protocol = static_cast<uint16_t>(plain[at] << 8 | plain[at + 1]);
  return Layout{protocol, at + 2};
}

/// A frame that is not whole: all that may be a secret, but for a modem's word behind it, which is
/// text that begins with a line end.
void hide_half(Bytes& raw) {
  constexpr size_t kBegin = 8;  // address, control and protocol, escaped
  const auto layout = layout_of(unstuffed(raw));
  if (!layout || !coverable(layout->protocol, {}) || raw.size() <= kBegin) return;
  const auto printable = [](uint8_t c) { return c == '\r' || c == '\n' || (c >= 32 && c < 127); };
  const auto text = std::find_if_not(raw.rbegin(), raw.rend(), printable).base();
  const auto word = std::find(text, raw.end(), '\r');
  const auto begin = raw.begin() + kBegin;
  if (begin < word) std::fill(begin, word, uint8_t{0});
}

}  // namespace

// ---- words ---------------------------------------------------------------------------------

Result<void> Secrets::add(const Secret& word) {
  const std::string_view value = word.reveal();
  if (value.empty()) return {};
  if (value.size() < kOctetsMin) {
    return fail(ErrorKind::Refused,
                fmt::format("a password or hidden word of fewer than {} characters comes up by "
                            "chance and cannot be kept out of a record",
                            kOctetsMin));
  }
  words_.push_back({word, std::string(value.size(), '*')});
  std::string wide, wide_stars;
  for (const char c : value) {
    wide += {c, '\0'};
    wide_stars += {'*', '\0'};
  }
  words_.push_back({Secret(std::move(wide)), std::move(wide_stars)});  // in a file of Windows'
  // As a script sends it on a line of seven bits, too.
  using modem::ScriptParity;
  for (const ScriptParity parity : {ScriptParity::Even, ScriptParity::Odd, ScriptParity::Mark}) {
    std::string sent;
    for (const char c : value) sent += modem::with_parity(c, parity);
    words_.push_back(
        {Secret(std::move(sent)), std::string(value.size(), modem::with_parity('*', parity))});
  }
  return {};
}

Result<void> Secrets::add_number(const Secret& digits) {
  const std::string_view value = digits.reveal();
  if (value.size() < kOctetsMin) return add(digits);
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::string placeholder(value);
  std::ranges::replace_if(placeholder, is_digit, '0');
  words_.push_back({digits, std::move(placeholder)});
  for (auto at = value.begin(); at != value.end();) {
    const auto begin = std::find_if(at, value.end(), is_digit);
    at = std::find_if_not(begin, value.end(), is_digit);
    const auto size = static_cast<size_t>(at - begin);
    if (size < kOctetsMin || size == value.size()) continue;
    words_.push_back({Secret(std::string(begin, at)), std::string(size, '0')});
  }
  return {};
}

void Secrets::mask(std::span<uint8_t> octets) const {
  for (const Word& word : words_) {
    const ByteView value = as_bytes(word.value.reveal());
    for (auto at = octets.begin();;) {
      at = std::search(at, octets.end(), value.begin(), value.end());
      if (at == octets.end()) break;
      at = std::copy(word.placeholder.begin(), word.placeholder.end(), at);
    }
  }
}

std::string Secrets::masked(std::string text) const {
  mask({reinterpret_cast<uint8_t*>(text.data()), text.size()});
  return text;
}

std::string Secrets::placeholder_of(std::string_view word) const {
  const auto found =
      std::ranges::find_if(words_, [&](const Word& each) { return each.value.reveal() == word; });
  return found == words_.end() ? std::string(word) : found->placeholder;
}

Secrets::Match Secrets::at_begin(ByteView octets, size_t& length) const {
  Match match = Match::None;
  for (const Word& word : words_) {
    const ByteView value = as_bytes(word.value.reveal());
    const size_t common = std::min(value.size(), octets.size());
    if (!same(value.first(common), octets.first(common))) continue;
    if (common == value.size()) {
      length = common;
      return Match::Whole;
    }
    match = Match::Part;
  }
  return match;
}

// ---- frames --------------------------------------------------------------------------------

void cover_packet(std::span<uint8_t> packet) { cover_ip(packet, false); }

bool coverable(uint16_t protocol, ByteView information) {
  return protocol < kControl || is_auth(protocol) || is_protocol_reject(protocol, information);
}

void cover(uint16_t protocol, std::span<uint8_t> information, const Secrets& secrets) {
  constexpr size_t kVjHeader = 20;  // RFC 1144 §3.2.2: at most 19 octets
  if (information.empty()) return;
  if (protocol < kControl) {
    if (is(protocol, Protocol::Ip) || is(protocol, Protocol::Ipv6)) {
      return cover_ip(information, false);
    }
    if (is(protocol, Protocol::VjUncompressed)) return cover_ip(information, true);
    return zero_from(information, is(protocol, Protocol::VjCompressed) ? kVjHeader : 0);
  }
  if (is_auth(protocol)) cover_chap(protocol, information);
  if (is_protocol_reject(protocol, information)) {
    const auto rejected = static_cast<uint16_t>(information[kHeader] << 8 | information[5]);
    // No deeper: a reject of a reject is of nobody's making.
    if (!is(rejected, Protocol::Lcp)) cover(rejected, information.subspan(kHeader + 2), secrets);
  }
  secrets.mask(information);
}

// ---- what comes from a line ----------------------------------------------------------------

void LineCover::hold(uint8_t octet, uint64_t place) {
  pending_.push_back(octet);
  if (pieces_.empty() || pieces_.back().place != place) pieces_.push_back({place, 0});
  ++pieces_.back().count;
}

/// The first `count` octets that are held go to their places as `with`; what `with` has more goes
/// to the last of them.
void LineCover::release(size_t count, ByteView with, const Put& put) {
  size_t left = count, gone = 0;
  while (left > 0) {
    Piece& piece = pieces_[gone];
    const size_t taken = std::min(piece.count, left);
    left -= taken;
    const size_t given = left == 0 ? with.size() : std::min(taken, with.size());
    put(piece.place, with.first(given));
    with = with.subspan(given);
    piece.count -= taken;
    if (piece.count == 0) ++gone;
  }
  pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<ptrdiff_t>(gone));
  pending_.erase(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(count));
}

void LineCover::on_octets(ByteView octets, uint64_t place, const Put& put) {
  for (const uint8_t octet : octets) {
    hold(octet, place);
    if (!framed_) {
      in_text(put);
    } else if (octet == kFlag) {
      Bytes frame = covered(ByteView(pending_).first(pending_.size() - 1));
      frame.push_back(kFlag);
      release(pending_.size(), frame, put);
    } else if (pending_.size() >= kFrameMax) {
      settle(put);
    }
  }
}

void LineCover::in_text(const Put& put) {
  while (!pending_.empty() && !framed_) {
    size_t length = 0;
    const Secrets::Match match = secrets_->at_begin(pending_, length);
    if (match == Secrets::Match::Part) return;
    if (match == Secrets::Match::None) length = 1;
    Bytes out(pending_.begin(), pending_.begin() + static_cast<ptrdiff_t>(length));
    secrets_->mask(out);
    framed_ = match == Secrets::Match::None && out[0] == kFlag;
    release(length, out, put);
  }
}

bool LineCover::may_settle() const {
  if (!holds() || !framed_) return holds();
  return pending_.back() == '\r' || pending_.back() == '\n';
}

void LineCover::settle(const Put& put) {
  if (!holds()) return;
  Bytes out = pending_;
  if (framed_) hide_half(out);
  secrets_->mask(out);
  release(pending_.size(), out, put);
  framed_ = false;
}

/// A frame as it came, without its flags.
Bytes LineCover::covered(ByteView raw) {
  Bytes out(raw.begin(), raw.end());
  Bytes plain = unstuffed(raw);
  const auto layout = layout_of(plain);
  constexpr size_t kFcs = 2;
  const bool good =
      layout && plain.size() >= layout->at + kFcs && wire::fcs16(plain) == wire::kFcsGood;
  if (!good) {
    hide_half(out);  // damaged, and it stays so
    secrets_->mask(out);
    return out;
  }
  const Bytes before = plain;
  const std::span<uint8_t> body(plain.data(), plain.size() - kFcs);
  cover_frame(layout->protocol, body.subspan(layout->at));
  if (plain == before) return out;
  const auto fcs = static_cast<uint16_t>(~wire::fcs16(body));
  plain[plain.size() - 2] = static_cast<uint8_t>(fcs & 0xff);
  plain[plain.size() - 1] = static_cast<uint8_t>(fcs >> 8);
  return stuffed(plain);
}

void LineCover::cover_frame(uint16_t protocol, std::span<uint8_t> information) {
  const bool chap = is(protocol, Protocol::Chap) && information.size() > kHeader;
  if (chap && information[0] == kChallenge) {
    const size_t size = std::min<size_t>(information[kHeader], information.size() - kHeader - 1);
    const auto value = information.subspan(kHeader + 1, size);
    challenge_.assign(value.begin(), value.end());
  }
  if (chap && information[0] == kSuccess && information.size() >= kHeader + kServerProof) {
    return prove(information);
  }
  cover(protocol, information, *secrets_);
}

void LineCover::on_response(ByteView information, const Proof& proof) {
  response_.reset();
  constexpr size_t kValue = kHeader + 1;
  const bool v2 = information.size() >= kValue + kMsChapV2Value && information[0] == kResponse &&
                  information[kHeader] == kMsChapV2Value && challenge_.size() == 16;
  if (!v2) return;
  const ByteView value = information.subspan(kValue, kMsChapV2Value);
  response_ = Response{challenge_, Bytes(value.begin(), value.end()), proof};
}

/// RFC 2759 §8.7: right stays right and wrong stays wrong, with the placeholder in place of the
/// password.
void LineCover::prove(std::span<uint8_t> success) {
  const std::string said(as_text(success.subspan(kHeader, kServerProof)));
  cover(static_cast<uint16_t>(Protocol::Chap), success, *secrets_);
  if (!response_) return;
  ppp::Challenge16 theirs, ours;
  ppp::NtResponse given;
  std::ranges::copy(response_->challenge, theirs.begin());
  std::copy_n(response_->value.begin(), ours.size(), ours.begin());
  constexpr ptrdiff_t kGivenAt = 24;  // behind the challenge and eight reserved octets
  std::copy_n(response_->value.begin() + kGivenAt, given.size(), given.begin());
  const std::string_view user = ppp::without_domain(response_->proof.user);
  const std::string_view password = response_->proof.password.reveal();
  if (said != ppp::authenticator_response(password, given, ours, theirs, user)) return;
  const std::string stars = secrets_->placeholder_of(password);
  const std::string kept = secrets_->masked(std::string(user));
  const auto would = ppp::nt_response(theirs, ours, kept, stars);
  const std::string proof = ppp::authenticator_response(stars, would, ours, theirs, kept);
  std::ranges::copy(proof, success.begin() + kHeader);
}

}  // namespace redial::engine
