// SPDX-License-Identifier: Apache-2.0
// What an engine keeps of each link; a million of them, so every octet counts.
#pragma once

#include <memory>
#include <optional>
#include <variant>

#include "answer/port.h"
#include "connection/supervisor.h"
#include "core/ids.h"
#include "core/wheel.h"
#include "engine/before.h"
#include "engine/config.h"
#include "engine/line.h"
#include "ppp/session.h"
#include "telephony/arbiter.h"

namespace redial::engine {

using Role = std::variant<connection::Supervisor, answer::Port>;

/// One link: its role, and what it has while it has a call.
struct LinkRecord {
  Role role;
  std::optional<ppp::Session> session;
  const DialPlan* dial = nullptr;  // exactly one of the two is set; see plans_
  const AnswerPlan* answer = nullptr;
  std::unique_ptr<Before> before{};
  OptionalId<LineId> line;                 // owned by this link now
  uint32_t frames_in = 0, frames_out = 0;  // good ones, of this call
  bool interface_up = false;
  uint8_t lines_tried = 0;  // of the walk through the plan's lines, in this try
  uint8_t last_good = 0;    // the line that was up last; see phonebook::LineOrder
};

// What a link costs that is up and quiet, its line included; such a link holds no heap block.
static_assert(sizeof(LinkRecord) + sizeof(Line) + TimingWheel::kNodeOctets +
                      telephony::LineArbiter::kLineOctets <=
                  512,
              "performance.md: memory per quiet link");

}  // namespace redial::engine
