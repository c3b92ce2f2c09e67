// SPDX-License-Identifier: Apache-2.0
// Journals of unknown origin: what is read is bounded, and reads the same when written. The first
// octet chooses: a whole journal, or a record whose check is made to fit, so that its fields are
// reached.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "engine/memory_codec.h"
#include "wire/fcs.h"

#include <fmt/format.h>

using namespace redial;
using namespace redial::engine;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text = as_text({data + 1, size - 1});
  const Moment now{7, Instant(1h)};
  if (data[0] == 'J') {
    const auto memories = read_memories(text, now);
    if (!memories) return 0;
    REDIAL_ASSERT(memories->links.size() + memories->lines.size() <= kRememberedMax);
    const auto again = read_memories(write_memories(*memories, now), now);
    REDIAL_ASSERT(again && again->damaged == 0);
    REDIAL_ASSERT(write_memories(*again, now) == write_memories(*memories, now));
    return 0;
  }
  const std::string checked =
      fmt::format("{:04x}:{}\t{}", wire::fcs16(as_bytes(text)), text.size(), text);
  const auto record = parse_record(checked);
  if (!record) return 0;
  const auto again = parse_record(to_record(*record));
  // What no record says of its own (how long up, of a call that is not) need not come back.
  REDIAL_ASSERT(again && to_record(*again) == to_record(*record));
  return 0;
}
