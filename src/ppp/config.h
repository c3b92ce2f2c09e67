// SPDX-License-Identifier: Apache-2.0
// Everything one kind of PPP session is told before it begins; shared by all links of an entry.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.h"
#include "core/time.h"
#include "ppp/automaton.h"
#include "wire/hdlc.h"

namespace redial::ppp {

/// Authentication methods, in the order of our preference when we choose.
enum class AuthMethod : uint8_t { None, MsChapV2, ChapMd5, MsChapV1, Pap };
std::string_view name(AuthMethod method);  // "MS-CHAPv2"

/// Passwords of callers, for the side that demands authentication.
class AccountBook {
 public:
  virtual ~AccountBook() = default;
  /// Nullopt: no such user; the caller cannot tell it from a wrong password.
  virtual std::optional<Secret> password_of(std::string_view user) const = 0;
  /// A caller that has proved itself and is refused all the same: 646 to 649 or 709, by which
  /// MS-CHAP says why; 0: welcome.
  virtual unsigned refusal_of(std::string_view) const { return 0; }
};

/// Dead-peer detection (failures.md F2, F3): probes only when nothing valid came for a while.
struct KeepaliveConfig {
  Duration echo_after_silence = 5s;
  Duration dead_peer_bound = 20s;
  uint8_t probes = 20;              // unanswered ones before the peer is called dead
  Duration round_trip_max = 700ms;  // what the entry expects; longer ones stretch the spacing
  /// Time between probes at a round trip of `rtt`: spread over the bound, never closer than rtt.
  Duration spacing(Duration rtt) const {
    return std::max((dead_peer_bound - echo_after_silence) / (probes + 1), rtt);
  }
  /// The longest a silent peer goes unnoticed while the round trip is at most `rtt`.
  Duration bound(Duration rtt) const { return echo_after_silence + spacing(rtt) * (probes + 1); }
};

/// RFC 1570 §2.3: how the caller says where it is to be called back; 6 is Microsoft's CBCP.
enum class CallbackOperation : uint8_t {
  Account = 0,
  DialString = 1,
  Location = 2,
  E164 = 3,
  Name = 4,
  Cbcp = 6
};

/// A caller's wish to be called back.
struct CallbackWish {
  bool required = false;  // else the call goes on when the server does not call back
  CallbackOperation operation = CallbackOperation::Cbcp;
  std::string number;  // empty: the server has one
};

/// What a server offers a caller that asks.
struct CallbackOffer {
  bool may_stay = true;  // without being called back
  bool to_callers_number = true;
  bool to_known_number = true;
  uint8_t delay_s = 12;  // Q155278: RAS's default
};

struct SessionConfig {
  RestartPolicy restart;
  uint16_t mru = wire::kDefaultMru;
  uint32_t receive_accm = 0;  // control octets the peer must escape towards us
  uint32_t line_accm = 0;     // those the line itself takes (XON, XOFF): escaped both ways
  bool pfc = true, acfc = true;
  /// RFC 1570 §1.1: what we tell the peer about ourselves, once LCP is up. Empty: nothing, since
  /// Identification confuses some peers.
  std::string identification;

  // Proving ourselves, when the peer demands it.
  std::string user;  // with "DOMAIN\" in front where one is wanted
  Secret password;
  std::vector<AuthMethod> may_use = {AuthMethod::MsChapV2, AuthMethod::ChapMd5, AuthMethod::Pap};

  // Judging the peer; `accounts` set: authentication is demanded with these methods, first first.
  const AccountBook* accounts = nullptr;
  std::vector<AuthMethod> demand = {AuthMethod::MsChapV2, AuthMethod::ChapMd5, AuthMethod::Pap};
  std::string own_name = "redial";

  // IPv4, host byte order; 0 = ask the peer.
  uint32_t local_address = 0;
  bool ask_dns = true;
  uint32_t give_dns = 0, give_dns2 = 0;  // to a peer that asks; its address comes with the session

  bool ipv6 = false;  // IPV6CP beside IPCP (RFC 5072)
  bool vj = false;    // TCP/IP headers compressed, both ways (RFC 1144)

  std::optional<CallbackWish> callback;    // as the caller
  std::optional<CallbackOffer> call_back;  // as the side that is called

  KeepaliveConfig keepalive;
};

}  // namespace redial::ppp
