// SPDX-License-Identifier: Apache-2.0
#include "ppp/chap_failure.h"

#include <algorithm>
#include <charconv>

namespace redial::ppp {
namespace {

unsigned number(std::string_view digits) {
  unsigned value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

}  // namespace

ChapFailure parse_chap_failure(std::string_view text) {
  ChapFailure failure;
  while (!text.empty()) {
    if (text.starts_with("M=")) {  // the message is the last field and may hold anything
      failure.message = text.substr(2);
      break;
    }
    const std::string_view field = text.substr(0, text.find(' '));
    if (field.starts_with("E=")) failure.error = number(field.substr(2));
    if (field.starts_with("R=")) failure.may_retry = number(field.substr(2)) == 1;
    if (field.starts_with("V=")) failure.version = number(field.substr(2));
    text.remove_prefix(std::min(field.size() + 1, text.size()));
  }
  return failure;
}

CauseCode cause_of(const ChapFailure& failure) {
  switch (failure.error) {
    case 646: return CauseCode::AuthHours;
    case 647: return CauseCode::AuthDisabled;
    case 648: return CauseCode::AuthExpired;
    case 649: return CauseCode::AuthNoPermission;
    case 709: return CauseCode::AuthPasswordChange;
    default: return CauseCode::AuthRejected;
  }
}

}  // namespace redial::ppp
