// SPDX-License-Identifier: Apache-2.0
// One line of an engine: whether it is open, its call, and whose it is.
#pragma once

#include <string>

#include "core/ids.h"
#include "telephony/call.h"
#include "wire/hdlc.h"

namespace redial::engine {

/// Recovering: owned, and kept shut by a rung of the ladder.
enum class LineState : uint8_t { Closed, Recovering, Opening, Open };

struct Line {
  std::string name;
  telephony::Call its_call;  // means something while the line is open
  wire::HdlcDecoder decoder{};
  OptionalId<LinkId> user{};  // one owner at a time
  LineState state = LineState::Closed;
  bool greeting = false;  // see LineConfig

  telephony::Call* call() { return state == LineState::Open ? &its_call : nullptr; }
  const telephony::Call* call() const { return state == LineState::Open ? &its_call : nullptr; }
  void close() {
    state = LineState::Closed;
    its_call.reset();
    decoder.reset();
  }
};

}  // namespace redial::engine
