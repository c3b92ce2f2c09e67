// SPDX-License-Identifier: Apache-2.0
// What a PPP session asks its owner to do. Values: printable, comparable, without pointers.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/bytes.h"
#include "core/cause.h"
#include "core/outbox.h"
#include "wire/ppp.h"

namespace redial::ppp {

struct SendFrame {
  wire::Protocol protocol;
  wire::Information information;
  bool operator==(const SendFrame&) const = default;
};
struct PhaseChanged {
  Phase phase;
  bool operator==(const PhaseChanged&) const = default;
};
/// IPv4 addresses in host byte order; 0 = none. May come again, changed, while the link stays up.
struct LinkUp {
  uint32_t local = 0, peer = 0, dns = 0, dns2 = 0;
  uint64_t local_id = 0, peer_id = 0;  // IPv6 interface identifiers; 0 = no IPv6
  uint16_t mtu = 1500;
  bool operator==(const LinkUp&) const = default;
};
/// The link is of no use any more; Finished follows once the peer has been told (bounded).
struct LinkDown {
  Cause cause;
  bool operator==(const LinkDown&) const = default;
};
/// The server will call back: this call ends as agreed, which is no failure; Finished follows.
struct CallbackAgreed {
  Duration delay;      // from the hang-up to the call; zero: not told
  std::string number;  // as evidence; empty: the server knows it
  bool operator==(const CallbackAgreed&) const = default;
};
/// The session has said its last word: the line may be hung up.
struct Finished {
  bool operator==(const Finished&) const = default;
};
struct Note {
  std::string text;
  bool operator==(const Note&) const = default;
};

using SessionAction =
    std::variant<SendFrame, PhaseChanged, LinkUp, LinkDown, CallbackAgreed, Finished, Note>;
/// Twelve: a Configure-Ack that opens LCP also starts authentication and IPCP, with their notes.
using SessionActions = Outbox<SessionAction, 12>;

}  // namespace redial::ppp
