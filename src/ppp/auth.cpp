// SPDX-License-Identifier: Apache-2.0
#include "ppp/auth.h"

#include <fmt/format.h>

#include "ppp/chap_failure.h"

namespace redial::ppp {
namespace {

using wire::PacketWriter;
using wire::Protocol;

enum class PapCode : uint8_t { Request = 1, Ack = 2, Nak = 3 };  // RFC 1334 §2.2
enum class ChapCode : uint8_t { Challenge = 1, Response = 2, Success = 3, Failure = 4 };

constexpr uint8_t kAlgorithmMd5 = 5, kAlgorithmMsChapV1 = 0x80, kAlgorithmMsChapV2 = 0x81;
constexpr size_t kMsChapValueSize = 49;  // RFC 2433 §4, RFC 2759 §4
constexpr uint8_t kUseNtResponse = 1;    // RFC 2433 §4: the LM response is not looked at

ByteView octets_of(const std::string& text) { return as_bytes(text); }

// Name or message from a peer, as evidence: short, printable.
std::string quoted(ByteView text) { return to_visible(text, 80); }

}  // namespace

std::string_view name(AuthMethod method) {
  switch (method) {
    case AuthMethod::None: return "none";
    case AuthMethod::MsChapV2: return "MS-CHAPv2";
    case AuthMethod::ChapMd5: return "CHAP-MD5";
    case AuthMethod::MsChapV1: return "MS-CHAPv1";
    case AuthMethod::Pap: return "PAP";
  }
  return "?";
}

std::optional<AuthMethod> auth_method_of(ByteView option_data) {
  ByteReader reader(option_data);
  const auto protocol = reader.u16();
  if (protocol == static_cast<uint16_t>(Protocol::Pap) && reader.left() == 0) {
    return AuthMethod::Pap;
  }
  if (protocol == static_cast<uint16_t>(Protocol::Chap) && reader.left() == 1) {
    const uint8_t algorithm = *reader.u8();
    if (algorithm == kAlgorithmMd5) return AuthMethod::ChapMd5;
    if (algorithm == kAlgorithmMsChapV1) return AuthMethod::MsChapV1;
    if (algorithm == kAlgorithmMsChapV2) return AuthMethod::MsChapV2;
  }
  return std::nullopt;
}

BoundedBytes<3> auth_option(AuthMethod method) {
  BoundedBytes<3> option;
  option.u16(static_cast<uint16_t>(method == AuthMethod::Pap ? Protocol::Pap : Protocol::Chap));
  if (method == AuthMethod::ChapMd5) option.u8(kAlgorithmMd5);
  if (method == AuthMethod::MsChapV1) option.u8(kAlgorithmMsChapV1);
  if (method == AuthMethod::MsChapV2) option.u8(kAlgorithmMsChapV2);
  return option;
}

// ---- proving -------------------------------------------------------------------------------

AuthNews Authenticatee::begin(Instant now, SessionActions& out) {
  // As long as an authenticator that repeats itself would need, whichever side we wait for.
  give_up_at_ = now + config_->restart.period * config_->restart.configure_max;
  if (method_ == AuthMethod::Pap) send_pap(now, out);
  return {};
}

void Authenticatee::send_pap(Instant now, SessionActions& out) {
  PacketWriter request(static_cast<uint8_t>(PapCode::Request), ++id_);
  const std::string_view user = std::string_view(config_->user).substr(0, 255);
  const std::string_view password = config_->password.reveal().substr(0, 255);
  const uint8_t user_size = static_cast<uint8_t>(user.size());
  const uint8_t password_size = static_cast<uint8_t>(password.size());
  request.data({&user_size, 1});
  request.data(as_bytes(user));
  request.data({&password_size, 1});
  request.data(as_bytes(password));
  out.push(SendFrame{Protocol::Pap, request.information()});
  ++sends_;
  resend_at_ = now + config_->restart.period;
}

AuthNews Authenticatee::on_packet(Protocol protocol, const wire::Packet& packet, Instant now,
                                  SessionActions& out) {
  if (protocol == Protocol::Pap) return on_pap(packet);
  switch (static_cast<ChapCode>(packet.code)) {
    case ChapCode::Challenge: return on_challenge(packet, now, out);
    case ChapCode::Success: return on_success(packet);
    case ChapCode::Failure: return on_failure(packet);
    case ChapCode::Response: break;
  }
  return {};
}

AuthNews Authenticatee::on_pap(const wire::Packet& packet) {
  // All requests say the same: beyond a slow line's round trip, the answer to an earlier one will
  // do.
  const bool answers_us = 0 < packet.id && packet.id <= id_;
  if (method_ != AuthMethod::Pap || !answers_us) return {};
  if (static_cast<PapCode>(packet.code) == PapCode::Ack) return {.passed = true};
  if (static_cast<PapCode>(packet.code) != PapCode::Nak) return {};
  const ByteView message = packet.data.empty() ? packet.data : packet.data.subspan(1);
  return {.failed = Cause{CauseCode::AuthRejected,
                          fmt::format("PAP Authenticate-Nak \"{}\"", quoted(message))}};
}

AuthNews Authenticatee::on_challenge(const wire::Packet& packet, Instant now, SessionActions& out) {
  if (method_ == AuthMethod::Pap) return {};
  ByteReader reader(packet.data);
  const auto size = reader.u8();
  const auto value = size ? reader.take(*size) : std::nullopt;
  if (!value || value->empty()) return {};
  if (responded_ && packet.id == id_ && same(answered_challenge_, *value)) {
    // Our response got lost: the same one again.
    responded_at_ = now;
    out.push(SendFrame{Protocol::Chap, wire::Information(response_)});
    return {};
  }
  PacketWriter response(static_cast<uint8_t>(ChapCode::Response), packet.id);
  if (!write_value(*value, response)) return {};
  response.data(octets_of(config_->user));
  id_ = packet.id;
  responded_ = true;
  responded_at_ = now;
  answered_challenge_.assign(value->begin(), value->end());
  const ByteView written = response.information();
  response_.assign(written.begin(), written.end());
  out.push(SendFrame{Protocol::Chap, response.information()});
  return {};
}

bool Authenticatee::write_value(ByteView challenge, PacketWriter& response) {
  if (method_ == AuthMethod::ChapMd5) {
    const uint8_t id = response.information().view()[1];
    const Md5Digest digest = chap_md5(id, config_->password.reveal(), challenge);
    const uint8_t size = static_cast<uint8_t>(digest.size());
    response.data({&size, 1});
    response.data(digest);
    return true;
  }
  const uint8_t size = kMsChapValueSize, flags = kUseNtResponse, no_lm_response[24] = {};
  if (method_ == AuthMethod::MsChapV2) {
    if (challenge.size() != 16) return false;
    response.data({&size, 1});
    write_mschap_v2(challenge, response);
    return true;
  }
  Challenge8 theirs;
  if (challenge.size() != theirs.size()) return false;
  std::ranges::copy(challenge, theirs.begin());
  response.data({&size, 1});
  response.data(no_lm_response);
  response.data(challenge_response(theirs, config_->password.reveal()));
  response.data({&flags, 1});
  return true;
}

void Authenticatee::write_mschap_v2(ByteView challenge, PacketWriter& response) {
  Challenge16 theirs, ours;
  std::ranges::copy(challenge, theirs.begin());
  entropy_->fill(ours);
  const std::string_view user = without_domain(config_->user);
  const NtResponse nt = nt_response(theirs, ours, user, config_->password.reveal());
  expected_ = authenticator_response(config_->password.reveal(), nt, ours, theirs, user);
  const uint8_t reserved[8] = {}, flags = 0;
  response.data(ours);
  response.data(reserved);
  response.data(nt);
  response.data({&flags, 1});
}

AuthNews Authenticatee::on_success(const wire::Packet& packet) {
  if (!responded_ || packet.id != id_) return {};
  if (method_ != AuthMethod::MsChapV2) return {.passed = true};
  // RFC 2759 §5: a server that cannot say S= does not know the password either.
  const std::string_view message = as_text(packet.data);
  if (message.substr(0, 42) == expected_) return {.passed = true};
  return {.failed = Cause{CauseCode::ServerNotProven, message.starts_with("S=")
                                                          ? "wrong authenticator response"
                                                          : "no authenticator response"}};
}

AuthNews Authenticatee::on_failure(const wire::Packet& packet) {
  if (!responded_ || packet.id != id_) return {};
  return {.failed = Cause{cause_of(parse_chap_failure(as_text(packet.data))),
                          fmt::format("{} Failure \"{}\"", name(method_), quoted(packet.data))}};
}

void Authenticatee::on_moved_on(Instant now, SessionActions& out) {
  if (!responded_ || now - responded_at_ < config_->restart.period) return;
  responded_at_ = now;
  out.push(SendFrame{Protocol::Chap, wire::Information(response_)});
}

AuthNews Authenticatee::on_deadline(Instant now, SessionActions& out) {
  if (now >= give_up_at_) {
    return {.failed = Cause{CauseCode::AuthTimeout,
                            responded_ || method_ == AuthMethod::Pap
                                ? fmt::format("no answer to our {} response", name(method_))
                                : "no challenge came"}};
  }
  if (now >= resend_at_) {
    resend_at_ = kNever;
    if (sends_ < config_->restart.configure_max) send_pap(now, out);
  }
  return {};
}

// ---- judging -------------------------------------------------------------------------------

AuthNews Authenticator::begin(Instant now, SessionActions& out) {
  if (method_ == AuthMethod::Pap) {
    resend_at_ = now + config_->restart.period * config_->restart.configure_max;
    sends_ = config_->restart.configure_max;
  } else {
    entropy_->fill(challenge_);
    uint8_t first_id;
    entropy_->fill({&first_id, 1});
    id_ = first_id;
    send_challenge(now, out);
  }
  return {};
}

void Authenticator::send_challenge(Instant now, SessionActions& out) {
  PacketWriter packet(static_cast<uint8_t>(ChapCode::Challenge), id_);
  const uint8_t size = static_cast<uint8_t>(challenge_size());
  packet.data({&size, 1});
  packet.data(challenge());
  packet.data(octets_of(config_->own_name));
  out.push(SendFrame{Protocol::Chap, packet.information()});
  ++sends_;
  resend_at_ = now + config_->restart.period;
}

AuthNews Authenticator::on_packet(Protocol protocol, const wire::Packet& packet, Instant now,
                                  SessionActions& out) {
  (void)now;
  const bool is_pap = protocol == Protocol::Pap;
  if (is_pap != (method_ == AuthMethod::Pap)) return {};
  return is_pap ? on_pap(packet, out) : on_response(packet, out);
}

AuthNews Authenticator::on_pap(const wire::Packet& packet, SessionActions& out) {
  if (static_cast<PapCode>(packet.code) != PapCode::Request) return {};
  ByteReader reader(packet.data);
  const auto user_size = reader.u8();
  const auto user = user_size ? reader.take(*user_size) : std::nullopt;
  const auto password_size = user ? reader.u8() : std::nullopt;
  const auto password = password_size ? reader.take(*password_size) : std::nullopt;
  if (!password) return {};
  user_ = std::string(as_text(*user));
  const auto wanted = config_->accounts->password_of(user_);
  const bool good = wanted && same_secret(as_bytes(wanted->reveal()), *password);
  PacketWriter answer(static_cast<uint8_t>(good ? PapCode::Ack : PapCode::Nak), packet.id);
  const uint8_t no_message = 0;
  answer.data({&no_message, 1});
  out.push(SendFrame{Protocol::Pap, answer.information()});
  if (good) return {.passed = true};
  return {.failed =
              Cause{CauseCode::AuthRejected, fmt::format("caller \"{}\" refused", quoted(*user))}};
}

std::optional<std::string> Authenticator::judge(uint8_t id, ByteView value,
                                                const Secret& password) const {
  if (method_ == AuthMethod::MsChapV2) return judge_mschap_v2(value, password);
  bool good = false;
  if (method_ == AuthMethod::MsChapV1) {
    Challenge8 ours;
    std::ranges::copy(challenge(), ours.begin());
    good = value.size() == kMsChapValueSize && value[48] == kUseNtResponse &&
           same_secret(value.subspan(24, 24), challenge_response(ours, password.reveal()));
  } else {
    good = same_secret(value, chap_md5(id, password.reveal(), challenge()));
  }
  return good ? std::optional<std::string>("Welcome") : std::nullopt;
}

std::optional<std::string> Authenticator::judge_mschap_v2(ByteView value,
                                                          const Secret& password) const {
  if (value.size() != kMsChapValueSize) return std::nullopt;
  Challenge16 theirs;
  NtResponse nt;
  std::ranges::copy(value.first(16), theirs.begin());
  std::ranges::copy(value.subspan(24, 24), nt.begin());
  const std::string_view user = without_domain(user_);
  const NtResponse wanted = nt_response(challenge_, theirs, user, password.reveal());
  if (!same_secret(wanted, nt)) return std::nullopt;
  return authenticator_response(password.reveal(), nt, theirs, challenge_, user) + " M=Welcome";
}

AuthNews Authenticator::on_response(const wire::Packet& packet, SessionActions& out) {
  if (static_cast<ChapCode>(packet.code) != ChapCode::Response || packet.id != id_) return {};
  if (!verdict_.empty()) {  // our verdict got lost; RFC 1994 §4.2: the same one again
    out.push(SendFrame{Protocol::Chap, wire::Information(verdict_)});
    return {};
  }
  ByteReader reader(packet.data);
  const auto size = reader.u8();
  const auto value = size ? reader.take(*size) : std::nullopt;
  if (!value) return {};
  user_ = std::string(as_text(reader.rest()));
  const auto account = config_->accounts->password_of(user_);
  const auto proof = account ? judge(packet.id, *value, *account) : std::nullopt;
  const unsigned refusal = proof ? config_->accounts->refusal_of(user_) : 691;
  if (proof && refusal == 0) return verdict(true, packet.id, *proof, out);
  if (method_ == AuthMethod::ChapMd5) return verdict(false, packet.id, "Access denied", out);
  // No second try in this call (R=0), so the fresh challenge means nothing.
  const std::string why =
      fmt::format("E={} R=0 C={:0>{}} V=3 M=Access denied", refusal, "", challenge_size() * 2);
  return verdict(false, packet.id, why, out);
}

AuthNews Authenticator::verdict(bool good, uint8_t id, std::string_view message,
                                SessionActions& out) {
  PacketWriter answer(static_cast<uint8_t>(good ? ChapCode::Success : ChapCode::Failure), id);
  answer.data(as_bytes(message));
  const ByteView written = answer.information();
  verdict_.assign(written.begin(), written.end());
  out.push(SendFrame{Protocol::Chap, answer.information()});
  resend_at_ = kNever;
  if (good) return {.passed = true};
  return {.failed = Cause{CauseCode::AuthRejected,
                          fmt::format("caller \"{}\" refused", quoted(as_bytes(user_)))}};
}

AuthNews Authenticator::on_deadline(Instant now, SessionActions& out) {
  if (now < resend_at_) return {};
  if (sends_ >= config_->restart.configure_max) {
    resend_at_ = kNever;
    return {.failed = Cause{CauseCode::AuthTimeout, "the caller does not prove itself"}};
  }
  send_challenge(now, out);
  return {};
}

}  // namespace redial::ppp
