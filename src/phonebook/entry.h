// SPDX-License-Identifier: Apache-2.0
// A phonebook entry: WHAT must be up. Lines (HOW a call is placed) are apart, in lines.h; any entry
// can move to any line. Field by field after RASENTRY and [MS-RRASM] 2.2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace redial::phonebook {

/// What an entry asks for beyond a plain PPP link over a line; what we cannot do is refused by
/// name.
enum class EntryType : uint8_t { Phone = 1, Vpn = 2, Direct = 3, Broadband = 5 };
enum class Framing : uint8_t { Ppp, Slip };
enum class Encryption : uint8_t {
  None,
  Optional,
  Required,
  Strongest
};  // DataEncryption 0 8 256 512

/// How the server is asked to call back: the operation of RFC 1570 §2.3, or CBCP (6).
enum class CallbackBy : uint8_t {
  Account = 0,
  DialString = 1,
  Location = 2,
  E164 = 3,
  Name = 4,
  Cbcp = 6
};

/// Which authentication methods the entry allows (AuthRestrictions, bits in phonebook.md 4.4).
struct AuthMethods {
  bool pap = true, chap_md5 = true, mschap = false, mschap_v2 = true, eap = false;
  bool operator==(const AuthMethods&) const = default;
};

struct Number {
  std::string digits;  // as written, dialable or canonical
  std::string area_code;
  uint32_t country_code = 0;
  bool use_dialing_rules = false;
  std::string comment;
  bool operator==(const Number&) const = default;
};

/// Redial settings. Those of a .pbk (attempts, seconds, on link failure) and the native ones.
struct RedialSettings {
  std::optional<uint32_t> attempts;   // RedialAttempts: further tries; nullopt: for ever (native)
  std::optional<Duration> pause;      // RedialSeconds: fixed pause; nullopt: back-off below
  bool on_link_failure = true;        // RedialOnLinkFailure
  Duration first_pause = 5s;          // back-off of failed attempts and short links: doubling ...
  Duration longest_pause = 5min;      // ... to this, each drawn between half and whole
  Duration good_call = 60s;           // a call this long resets the counters
  Duration auth_hold = 15min;         // after a refused password, doubling ...
  Duration auth_hold_longest = 6h;    // ... to this
  Duration unreachable_step = 10min;  // KB Q193834, once the attempts are used up: 10, 20, ...
  Duration unreachable_longest = 6h;
  bool operator==(const RedialSettings&) const = default;
};

/// What watches an established link.
struct WatchSettings {
  Duration echo_after_silence = 5s;  // LCP echo only when nothing valid came for this long
  Duration dead_peer_bound = 20s;   // silence begins .. called dead, while the round trip allows it
  uint8_t probes = 20;              // at least so many unanswered probes before a peer is dead
  Duration round_trip_max = 700ms;  // expected; slower lines print a longer bound
  Duration lcp_restart = 3s;        // RFC 1661 §4.6: between repeated requests of a negotiation
  uint8_t lcp_tries = 10;           // Max-Configure: so many of them, then the peer speaks no PPP
  bool operator==(const WatchSettings&) const = default;
};

struct Entry {
  std::string name;
  std::string source;  // "office.pbk line 3", for messages
  EntryType type = EntryType::Phone;
  Framing framing = Framing::Ppp;
  std::vector<std::string> lines;  // names of lines to use, in order; from Port/Device or `line =`
  std::string device;              // Device= of the file: the modem's name there
  std::vector<Number> numbers;     // first = primary, the rest alternates
  bool try_next_alternate = true;
  std::string user, domain;  // the password is in the credentials file, never here
  AuthMethods auth;
  Encryption encryption = Encryption::Optional;
  uint32_t connect_bps = 0;  // 0: the line's speed
  std::optional<bool> speaker, hw_flow_control, compression, error_control;
  std::string ip_address;     // empty: the server gives one (IpAssign)
  std::string dns, dns2;      // empty: the server gives them (IpNameAssign)
  bool default_route = true;  // IpPrioritizeRemote
  std::optional<Duration> idle_disconnect;
  Duration dial_within = 60s;  // carrier must be up by then
  std::string custom_auth;     // "EAP 13" when CustomAuthKey asks for EAP
  RedialSettings redial;
  WatchSettings watch;
  uint16_t mru = 1500;
  bool ipv6 = false;            // IPv6 beside IPv4 (IPV6CP)
  bool vj = false;              // TCP/IP headers compressed (IpHeaderCompression)
  bool lcp_extensions = false;  // tell the peer who we are (RFC 1570 Identification)
  std::string prerequisite;     // PrerequisiteEntry
  uint8_t callback_mode = 0;    // CallbackMode: 0 none, 1 optional, 2 required
  std::string callback_number;  // ours, for a server that asks; empty: the server knows it
  CallbackBy callback_by = CallbackBy::Cbcp;
  bool terminal = false;  // a terminal or script before or after dialling is wanted
  std::string script;
  bool multilink = false;   // several MEDIA groups that DialMode wants up together
  std::string device_type;  // DEVICE= of the file ("modem", "isdn"); empty: any line will do
  bool operator==(const Entry&) const = default;
};

}  // namespace redial::phonebook
