// SPDX-License-Identifier: Apache-2.0
// What a session keeps on the heap, and only while or where it is needed; for session*.cpp alone.
#pragma once

#include <optional>

#include "ppp/auth.h"
#include "ppp/cbcp.h"
#include "ppp/ipv6cp.h"
#include "ppp/session.h"

namespace redial::ppp {

struct Session::Auth {
  std::optional<Authenticatee> proving;
  std::optional<Authenticator> judging;  // stays until Up: a caller may have missed the verdict
  bool judged = false;
  bool done() const { return !proving && (!judging || judged); }
};

struct Session::Extras {
  std::optional<Ipv6cp> ipv6cp;  // none: not wanted, or given up for this session
  Instant ipv6_wait = kNever;    // IPv4 is up, and so long IPv6 is waited for
  bool without_ipv4 = false;     // the peer refuses IPCP
  std::optional<Cbcp> cbcp;
  std::optional<wire::VjCompressor> compressor;
  std::optional<wire::VjDecompressor> decompressor;

  Instant due() const {
    return std::min({ipv6_wait, ipv6cp ? ipv6cp->due() : kNever, cbcp ? cbcp->due() : kNever});
  }
};

}  // namespace redial::ppp
