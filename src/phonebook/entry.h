// SPDX-License-Identifier: Apache-2.0
// A phonebook entry: WHAT must be up. Lines (HOW a call is placed) are apart, in lines.h; any entry
// can move to any line. Field by field after RASENTRY and [MS-RRASM] 2.2.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"
#include "phonebook/redial_settings.h"
#include "phonebook/script.h"
#include "phonebook/windows.h"

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

/// Where a link ends: in the user-mode stack, without rights, or in an interface of the kernel.
enum class Interface : uint8_t { User, Tun };
/// Who is told of the link's name servers, of those that keep the system's.
enum class DnsMode : uint8_t { Auto, Resolved, Resolvconf, File, None };

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

/// What watches an established link.
struct WatchSettings {
  Duration echo_after_silence = 5s;  // LCP echo only when nothing valid came for this long
  Duration dead_peer_bound = 20s;   // silence begins .. called dead, while the round trip allows it
  uint8_t probes = 20;              // at least so many unanswered probes before a peer is dead
  Duration round_trip_max = 700ms;  // expected; slower lines print a longer bound
  Duration lcp_restart = 3s;        // RFC 1661 §4.6: between repeated requests of a negotiation
  uint8_t lcp_tries = 10;           // Max-Configure: so many of them, then the peer speaks no PPP
  std::vector<std::string> path;    // probes beyond the peer: "icmp:10.0.0.1", "tcp:...", "dns:..."
  Duration path_every = 30s;        // into silence
  uint8_t path_rounds = 3;          // all targets unanswered so often: the path is dead
  Duration stall = 60s;             // data out and nothing back for so long is looked into; 0: not
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
  std::string location;            // where it is dialled from; empty: the first that is declared
  std::optional<bool> use_dialing_rules;  // of all its numbers; none: as each number says
  bool try_next_alternate = true;         // TryNextAlternateOnFail: within one try
  bool promote_alternates = false;  // PromoteAlternates: the number that connected moves to the top
  uint16_t first_number = 0;        // LastSelectedPhone: dialled first, then the rest in order
  LineOrder line_order = LineOrder::InOrder;
  std::string user, domain;  // the password is in the credentials file, never here
  AuthMethods auth;
  Encryption encryption = Encryption::Optional;
  uint32_t connect_bps = 0;  // 0: the line's speed
  std::optional<bool> speaker, hw_flow_control, compression, error_control;
  std::string ip_address;     // empty: the server gives one (IpAssign)
  std::string dns, dns2;      // empty: the server gives them (IpNameAssign)
  bool default_route = true;  // IpPrioritizeRemote
  uint32_t metric = 0;        // IpInterfaceMetric; 0: automatic
  Interface interface = Interface::User;
  std::string interface_name;               // empty: chosen
  std::vector<std::string> routes;          // "10.0.0.0/8": to the far side
  std::vector<std::string> local_networks;  // of ours, that the far side may reach
  std::string ipv6_address;                 // "2001:db8::2/64"; empty: link-local only
  DnsMode dns_mode = DnsMode::Auto;
  std::optional<Duration> idle_disconnect;
  std::optional<Duration> session_limit;  // a call longer than this is ended
  bool session_redial = false;            // ... and followed by a fresh one
  std::vector<TimeWindow> windows;        // local hours at which it may be up; none: always
  bool window_hangs_up = true;            // at the end of one; else it only dials inside
  BudgetSettings budget;
  HoldSettings hold;
  DialMode dial = DialMode::Always;
  WhileDown while_down = WhileDown::Wait;
  Duration wait_within = 90s;  // so long traffic waits, and so long demand lasts after it
  Duration dial_within = 60s;  // carrier must be up by then
  std::string custom_auth;     // "EAP 13" when CustomAuthKey asks for EAP
  RedialSettings redial;
  WatchSettings watch;
  uint16_t mru = 1500;
  bool ipv6 = false;            // IPv6 beside IPv4 (IPV6CP)
  bool vj = false;              // TCP/IP headers compressed (IpHeaderCompression)
  bool lcp_extensions = false;  // tell the peer who we are (RFC 1570 Identification)
  uint8_t callback_mode = 0;    // CallbackMode: 0 none, 1 optional, 2 required
  std::string callback_number;  // ours, for a server that asks; empty: the server knows it
  CallbackBy callback_by = CallbackBy::Cbcp;
  std::string prerequisite;             // PrerequisiteEntry: must be up before this one is dialled
  std::string prerequisite_book;        // PrerequisitePbk; empty: the same
  Duration prerequisite_within = 5min;  // so long it may take to come up
  bool terminal = false;                // the user is to be on the line after the carrier
  bool terminal_before = false;         // ... and on the modem before it dials
  std::string script_before;            // of a file: run on the device before it dials
  bool script_before_compiled = false;  // it has been read
  std::string script;                   // its name; empty: none, or written in the entry itself
  ScriptSteps script_steps;             // what is run once there is a carrier; empty: nothing
  bool script_compiled = false;         // a file of another program's, which has been read
  std::string x25_pad, x25_address, x25_user_data, x25_facilities;  // a section of PAD.INF
  Duration script_within = 2min;
  bool answer_login_prompt = true;  // a text login before PPP, with user name and password
  Duration login_within = 20s;      // for text before PPP that no script reads
  bool multilink = false;           // several MEDIA groups that DialMode wants up together
  std::string device_type;  // DEVICE= of the file ("modem", "isdn"); empty: any line will do
  bool operator==(const Entry&) const = default;
};

}  // namespace redial::phonebook
