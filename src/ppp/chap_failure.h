// SPDX-License-Identifier: Apache-2.0
// Why an MS-CHAP server refuses, in the text of its Failure packet: "E=691 R=1 C=... V=3 M=..."
// (RFC 2433 §7, RFC 2759 §6).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/cause.h"

namespace redial::ppp {

struct ChapFailure {
  unsigned error = 0;        // 0: no number there, as in a Failure of CHAP-MD5
  bool may_retry = false;    // R=1: another password would be heard in this call; we have none
  unsigned version = 0;      // V=: of the password change that the server knows
  std::string_view message;  // M=, to the end; views the text
  bool operator==(const ChapFailure&) const = default;
};

ChapFailure parse_chap_failure(std::string_view text);
/// 646 to 649 and 709 have causes of their own; all else is a refusal.
CauseCode cause_of(const ChapFailure& failure);

}  // namespace redial::ppp
