// SPDX-License-Identifier: Apache-2.0
// What an engine answers, as lines of text: a record keeps them, and a replay's must be the same.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/cover.h"
#include "engine/engine.h"

namespace redial::engine {

/// "calls, attempt 2", "ENDED CarrierLost in Up, was up 4 min: NO CARRIER, Redial".
std::string to_text(const EventBody& body);

/// The frame of a Transmit; nullopt: it is none.
struct SentFrame {
  uint16_t protocol;
  Bytes information;
};
std::optional<SentFrame> sent_frame(ByteView octets);

/// One engine's answers, input by input.
class AnswerText {
 public:
  /// `typed`: the octets sent are the user's keys, which are kept as stars.
  std::vector<std::string> lines(const Engine& engine, const Effects& fx, bool taken, bool typed,
                                 const Secrets& secrets);

 private:
  std::optional<Instant> due_;
};

/// Seconds with six digits: "81234.567890", as a record's instants are written.
std::string exact_seconds(Instant at);

}  // namespace redial::engine
