// SPDX-License-Identifier: Apache-2.0
// A journal of changes that was cut short or never one: what is read of it survives being written.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "io/net_journal.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto journal = io::parse_net_journal(as_text({data, size}));
  if (!journal) return 0;
  const auto again = io::parse_net_journal(io::to_text(*journal));
  REDIAL_ASSERT(again && *again == *journal);
  return 0;
}
