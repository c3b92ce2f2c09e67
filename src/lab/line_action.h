// SPDX-License-Identifier: Apache-2.0
// What passes between a modem and its subscriber line: hook and digits one way, tones the other.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "core/time.h"

namespace redial::lab {

/// What the modem does to its telephone line.
struct SeizeLine {
  bool operator==(const SeizeLine&) const = default;
};  // off hook, no digits yet
struct DialDigits {
  std::string digits;
  Duration takes;  // until the last digit is out
  bool operator==(const DialDigits&) const = default;
};
struct AnswerLine {
  bool operator==(const AnswerLine&) const = default;
};
struct ReleaseLine {
  bool operator==(const ReleaseLine&) const = default;
};  // on hook
using LineAction = std::variant<SeizeLine, DialDigits, AnswerLine, ReleaseLine>;

/// What a caller hears.
enum class Tone : uint8_t { NoDialtone, Busy, Reorder, Voice, Ringback, Silence };

}  // namespace redial::lab
