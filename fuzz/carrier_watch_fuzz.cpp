// SPDX-License-Identifier: Apache-2.0
// The data of a call, and a modem's notice among them: the verdict is the same however the stream
// is cut, comes only after silence, and what never names a notice is never taken for one.
#include <cstddef>
#include <cstdint>
#include <optional>

#include "core/check.h"
#include "modem/carrier_watch.h"

using namespace redial;
using namespace redial::modem;

namespace {

std::optional<std::string> gone(ByteView octets, size_t piece, bool inside) {
  CarrierWatch watch;
  const Instant now{1s};
  for (size_t at = 0; at < octets.size(); at += piece) {
    watch.on_octets(octets.subspan(at, std::min(piece, octets.size() - at)), inside, now);
    REDIAL_ASSERT(watch.on_deadline(now).empty());  // silence has to follow
  }
  const auto due = watch.deadline();
  if (!due) return std::nullopt;
  const Duration silence = *due - now;
  REDIAL_ASSERT(silence >= CarrierWatch::kSilence && silence <= CarrierWatch::kSilenceInsideFrame);
  for (const CarrierGone& said : watch.on_deadline(*due)) return said.evidence;
  return std::nullopt;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView octets(data, size);
  for (const bool inside : {false, true}) {
    const auto whole = gone(octets, size + 1, inside);
    if (!whole) continue;
    REDIAL_ASSERT(gone(octets, 1, inside) && gone(octets, 3, inside));
    const std::string_view text = as_text(octets);
    REDIAL_ASSERT(text.find("NO CARRIER") != std::string_view::npos ||
                  text.find('3') != std::string_view::npos);
  }
  return 0;
}
