// SPDX-License-Identifier: Apache-2.0
// Patterns of a modem's answers and what it says, an octet at a time: what matches in the end could
// have been foreseen from every beginning, and a match lies inside the text.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/check.h"
#include "input.h"
#include "modem/pattern.h"

using namespace redial;
using namespace redial::modem;
using redial::fuzz::Input;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  std::vector<PatternPiece> pattern;
  for (unsigned left = input.u8() % 6 + 1u; left > 0; --left) {
    const auto kind = static_cast<PatternPiece::Kind>(input.u8() % 8);
    pattern.push_back({kind, std::string(as_text(input.take(input.u8() % 12)))});
  }
  (void)is_vague(pattern);
  const std::string_view text = as_text(input.take(256));
  const PatternMatch whole = match_pattern(pattern, text, true);
  REDIAL_ASSERT(whole.end <= text.size());
  for (size_t have = 0; have <= text.size(); ++have) {
    const PatternMatch match = match_pattern(pattern, text.substr(0, have), false);
    REDIAL_ASSERT(match.end <= have);
    REDIAL_ASSERT(match.caught.diagnostics.size() <= have);
  }
  return 0;
}
