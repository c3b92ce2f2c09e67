// SPDX-License-Identifier: Apache-2.0
// A record of the field, run again: the product's engine, made as it was, is given what it was
// given, and must answer what it answered.
#pragma once

#include <optional>
#include <string>

#include "engine/transcript.h"

namespace redial::sim {

/// The first place at which the two part.
struct Difference {
  Instant at{};
  size_t line = 0;       // of the record: the input that was given
  std::string recorded;  // empty: nothing more was recorded there
  std::string now;       // empty: nothing more is answered
};

struct Replay {
  size_t inputs = 0;
  size_t answers = 0;  // that were the same
  Instant begun{}, ended{};
  std::optional<Difference> difference;
  std::string story;  // a line for each thing worth one, as redial-sim --explain has them
};

/// Errors: BadFile, the engine cannot be made again.
Result<Replay> replay(const engine::Transcript& transcript);

}  // namespace redial::sim
