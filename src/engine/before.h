// SPDX-License-Identifier: Apache-2.0
// What a link has beside its session from the carrier until the peer has spoken PPP.
#pragma once

#include "core/cause.h"
#include "modem/before_ppp.h"

namespace redial::engine {

struct Before {
  modem::BeforePpp machine;
  uint32_t own_magic = 0;  // of our Configure-Requests, which a prompt may echo
  bool heard = false;      // a Configure-Request of the peer's has come

  void on_sent(uint16_t protocol, ByteView information);
  /// A Configure-Request that is no echo of ours.
  bool is_ppp(uint16_t protocol, ByteView information) const;
  /// A peer that showed text, or echoed us as a prompt does, is no loop and not merely silent.
  Cause with_text(Cause cause) const;
};

}  // namespace redial::engine
