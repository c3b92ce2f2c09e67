// SPDX-License-Identifier: Apache-2.0
// For the fuzzers of the AT dialogue (V.250): one that keeps its promises, or the fuzzer hears of
// it, and a modem that does as it is told, in virtual time.
#pragma once

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/check.h"
#include "modem/dialogue.h"

namespace redial::modem::fuzz {

struct World {
  explicit World(std::shared_ptr<const CompiledDescription> description)
      : dialogue(std::move(description)) {}

  /// No description's sequences and no call take longer than this.
  static constexpr Duration kSettlesWithin = std::chrono::minutes(10);

  Dialogue dialogue;
  Instant now{std::chrono::seconds(1)};
  Instant hang_up_began{}, began{};
  bool hanging_up = false;
  bool data = false;  // a call is up, and nobody has asked to end it
  bool listening = false, rang = false;
  std::string said;  // by us, and not yet answered

  void look(const Dialogue::Actions& actions) {
    for (const DialogueAction& action : actions) {
      if (std::holds_alternative<HungUp>(action)) hanging_up = false;
      if (std::holds_alternative<Listening>(action)) listening = true;
      if (std::holds_alternative<Rang>(action)) rang = true;
      if (const auto* send = std::get_if<Send>(&action)) look(*send);
      if (std::holds_alternative<Connected>(action)) data = true;
      if (std::holds_alternative<Failed>(action)) data = false;
      REDIAL_ASSERT(!describe(action).empty());
    }
    REDIAL_ASSERT(!data || dialogue.in_data_state());
    REDIAL_ASSERT(!dialogue.in_data_state() || !dialogue.deadline());
    REDIAL_ASSERT(!hanging_up || dialogue.deadline());
    REDIAL_ASSERT(!hanging_up || now - hang_up_began <= Dialogue::kHangUpBound);
    if (!dialogue.deadline()) began = now;  // at rest, or data: nothing is under way
    REDIAL_ASSERT(now - began <= kSettlesWithin);
  }
  /// One command each, whatever number was to be dialled, and none into data.
  void look(const Send& send) {
    REDIAL_ASSERT(!data);
    const std::string_view text = as_text(send.octets.view());
    REDIAL_ASSERT(!text.empty());
    REDIAL_ASSERT(text.find('\r') == std::string_view::npos || text.find('\r') + 1 == text.size());
    said = text;
  }
  void wait(Duration duration) {
    const Instant until = now + duration;
    for (int wakes = 0; dialogue.deadline() && *dialogue.deadline() <= until; ++wakes) {
      REDIAL_ASSERT(wakes < 10'000);
      now = std::max(now, *dialogue.deadline());
      look(dialogue.on_deadline(now));
    }
    now = until;
    if (!dialogue.deadline()) began = now;
  }
  void hear(ByteView octets) {
    const Dialogue::Step step = dialogue.on_octets(octets, now);
    REDIAL_ASSERT(step.consumed <= octets.size());
    REDIAL_ASSERT(step.consumed == octets.size() || dialogue.in_data_state());
    look(step.actions);
  }
  void hear(std::string_view words) { hear(as_bytes(words)); }
  void hang_up() {
    if (!hanging_up) hang_up_began = now;
    hanging_up = true;
    data = false;
    look(dialogue.hang_up(now));
  }
  /// The modem does what it was told, or time goes on to the next deadline.
  void obey() {
    const std::string command = std::exchange(said, {});
    if (command.empty()) {
      if (const auto due = dialogue.deadline()) wait(std::max(Duration{}, *due - now));
    } else if (command.starts_with("ATD") || command.starts_with("ATA")) {
      hear("\r\nCONNECT 28800/ARQ\r\n");
    } else {
      hear("\r\nOK\r\n");
    }
  }
};

}  // namespace redial::modem::fuzz
