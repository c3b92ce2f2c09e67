// SPDX-License-Identifier: Apache-2.0
// Numbers, durations and character sets as anybody may write them: what is read, writes and reads
// the same; what is shown to people is well-formed, short, and has nothing in it that a terminal
// obeys.
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "phonebook/text.h"

using namespace redial;
using namespace redial::phonebook;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  if (const auto duration = to_duration(text)) {
    REDIAL_ASSERT(to_duration(to_exact_text(*duration)) == duration);
  }
  if (const auto number = to_integer(text)) {
    REDIAL_ASSERT(to_integer(std::to_string(*number)) == number);
  }
  const std::string valid = replace_invalid_utf8(text);
  REDIAL_ASSERT(is_utf8(valid) && replace_invalid_utf8(valid) == valid);
  REDIAL_ASSERT(is_utf8(text) == (valid == text));
  REDIAL_ASSERT(is_utf8(from_windows_1252(text)));
  const std::string said = shown(text);
  REDIAL_ASSERT(is_utf8(said) && !has_control_characters(said) && said.size() <= 60);
  REDIAL_ASSERT(!has_control_characters(without_control_characters(valid)));
  const std::string_view trimmed = trim(text);
  REDIAL_ASSERT(trim(trimmed) == trimmed);
  constexpr std::array<std::string_view, 3> kKnown = {"attempts", "pause", "on_link_failure"};
  (void)nearest(text, kKnown);
  const std::string visible = to_visible({data, size});
  for (const char c : visible) REDIAL_ASSERT(c >= ' ' && c < 0x7f);
  return 0;
}
