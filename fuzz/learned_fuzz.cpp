// SPDX-License-Identifier: Apache-2.0
// State files of unknown origin: what is read is bounded, and reads the same when written.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "phonebook/learned.h"

using namespace redial;
using namespace redial::phonebook;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Learned learned = read_learned(as_text({data, size}));
  REDIAL_ASSERT(learned.size() <= kLearnedEntriesMax);
  REDIAL_ASSERT(read_learned(write_learned(learned)) == learned);
  for (const auto& [name, numbers] : learned) {
    REDIAL_ASSERT(!numbers.empty() && numbers.size() <= kLearnedNumbersMax);
    Entry entry;
    entry.name = name;
    entry.promote_alternates = true;
    entry.numbers.emplace_back().digits = "other";
    entry.numbers.emplace_back().digits = numbers.back();
    apply_learned(learned, entry);
    REDIAL_ASSERT(entry.numbers.front().digits == numbers.back() || numbers.front() == "other");
  }
  return 0;
}
