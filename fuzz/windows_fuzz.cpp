// SPDX-License-Identifier: Apache-2.0
// Hours as anybody may write them: what is read, writes and reads the same, and opens some time.
#include <cstddef>
#include <cstdint>

#include "connection/calendar.h"
#include "core/bytes.h"
#include "core/check.h"

using namespace redial;
using namespace redial::connection;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto window = phonebook::to_window(as_text({data, size}));
  if (!window) return 0;
  REDIAL_ASSERT(phonebook::to_window(to_text(*window)) == window);
  const Calendar calendar;
  const Instant opens = opens_at({&*window, 1}, calendar, Instant{});
  REDIAL_ASSERT(opens - Instant{} <= Duration(168h));
  REDIAL_ASSERT(inside({&*window, 1}, calendar, opens));
  REDIAL_ASSERT(closes_at({&*window, 1}, calendar, opens) > opens);
  return 0;
}
