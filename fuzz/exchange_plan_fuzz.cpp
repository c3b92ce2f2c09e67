// SPDX-License-Identifier: Apache-2.0
// Plans of `redial exchange` of unknown origin: never a crash, never more than the limits.
#include <cstddef>
#include <cstdint>

#include "cli/exchange_plan.h"
#include "core/bytes.h"
#include "core/check.h"

using namespace redial;
using namespace redial::cli;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ExchangePlan plan = read_exchange_plan(as_text({data, size}), "fuzz.toml");
  for (const auto& diagnostic : plan.diagnostics) REDIAL_ASSERT(!to_text(diagnostic).empty());
  REDIAL_ASSERT(plan.modems.size() <= kExchangeModemsMax);
  REDIAL_ASSERT(plan.numbers.size() <= kExchangeNumbersMax);
  for (const ExchangeModem& modem : plan.modems) {
    REDIAL_ASSERT(!lab::digits_of(modem.config.number).empty());
  }
  return 0;
}
