// SPDX-License-Identifier: Apache-2.0
// Records of unknown origin: what is read is written and read the same, and what can be made of it
// runs to its end. The first octet chooses: a record, or the octets of a line that are to be kept,
// cut anywhere, with a password that may never be among them.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "engine/cover.h"
#include "engine/transcript.h"
#include "engine/transcript_plan.h"
#include "wire/hdlc.h"

using namespace redial;
using namespace redial::engine;

namespace {

void read(std::string_view text) {
  const auto transcript = read_transcript(text);
  if (!transcript) return;
  const std::string written = write_transcript(*transcript);
  const auto again = read_transcript(written);
  REDIAL_ASSERT(again && again->head == transcript->head);
  REDIAL_ASSERT(write_transcript(*again) == written);
  SeededEntropy dice(1);
  Engine engine(transcript->head.seed, dice);
  (void)furnish(engine, transcript->head);
}

/// The octets after the first are chunks: a length, then so many.
void keep(ByteView input) {
  Secrets secrets;
  REDIAL_ASSERT(secrets.add(Secret("swordfish")).has_value());
  LineCover cover(secrets);
  std::vector<Bytes> kept;
  const LineCover::Put put = [&](uint64_t place, ByteView octets) {
    REDIAL_ASSERT(place < kept.size());
    kept[place].insert(kept[place].end(), octets.begin(), octets.end());
  };
  while (!input.empty()) {
    const bool settles = input[0] == 0xff;
    const size_t size = std::min<size_t>(input[0], input.size() - 1);
    kept.emplace_back();
    if (settles) cover.settle(put);
    if (!settles) cover.on_octets(input.subspan(1, size), kept.size() - 1, put);
    input = input.subspan(settles ? 1 : 1 + size);
  }
  cover.settle(put);
  REDIAL_ASSERT(!cover.holds());
  for (const Bytes& each : kept) {
    REDIAL_ASSERT(as_text(each).find("swordfish") == std::string_view::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  data[0] == 'r' ? read(as_text({data, size})) : keep({data + 1, size - 1});
  return 0;
}
