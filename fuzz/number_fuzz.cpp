// SPDX-License-Identifier: Apache-2.0
// Telephone numbers as anybody may write them: what may be dialled holds nothing that a modem takes
// for a command of its own, and is itself dialable as it stands.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "lab/modem_config.h"
#include "modem/number.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  const std::string digits = lab::digits_of(text);
  REDIAL_ASSERT(digits.size() <= size && lab::digits_of(digits) == digits);
  const auto number = modem::dialable(text);
  if (!number) return 0;
  REDIAL_ASSERT(number->size() <= size && modem::dialable(*number) == number);
  constexpr std::string_view kAllowed = "0123456789ABCDabcd*#,Ww@$!PpTt+;";
  REDIAL_ASSERT(number->find_first_not_of(kAllowed) == std::string::npos);
  const size_t end = number->find(';');
  REDIAL_ASSERT(end == std::string::npos || end + 1 == number->size());
  REDIAL_ASSERT(lab::digits_of(*number) == digits);
  return 0;
}
