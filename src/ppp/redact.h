// SPDX-License-Identifier: Apache-2.0
// PPP frames as they may be kept: the same lengths, without passwords and what is derived from
// them (RFC 1334 §2, RFC 1994 §4, RFC 2759). IP is left as it is.
#pragma once

#include "core/bytes.h"
#include "core/secret.h"

namespace redial::ppp {

/// `secret`: of this link; wherever else a control frame has it, it is covered too.
Bytes redacted(uint16_t protocol, ByteView information, const Secret& secret);

}  // namespace redial::ppp
