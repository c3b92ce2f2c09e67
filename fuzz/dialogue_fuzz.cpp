// SPDX-License-Identifier: Apache-2.0
// A modem that says anything at any moment: no state without an end, no answer that overflows, data
// only after Connected. The first octet of each chunk tells how long it is, or what we want.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/check.h"
#include "modem/dialogue.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::modem;

namespace {

std::shared_ptr<const CompiledDescription> description() {
  static const auto compiled =
      std::make_shared<const CompiledDescription>(compile(hayes(), ModemSettings{}).value());
  return compiled;
}

/// A dialogue that keeps its promises, or the fuzzer hears of it.
struct World {
  Dialogue dialogue{description()};
  Instant now{std::chrono::seconds(1)};
  bool hanging_up = false;
  Instant hang_up_began{};
  bool data = false;  // a call is up, and nobody has asked to end it

  void look(const Dialogue::Actions& actions) {
    for (const DialogueAction& action : actions) {
      if (std::holds_alternative<HungUp>(action)) hanging_up = false;
      REDIAL_ASSERT(!data || !std::holds_alternative<Send>(action));
      if (std::holds_alternative<Connected>(action)) data = true;
      if (std::holds_alternative<Failed>(action)) data = false;
    }
    REDIAL_ASSERT(!data || dialogue.in_data_state());
    REDIAL_ASSERT(!dialogue.in_data_state() || !dialogue.deadline());
    REDIAL_ASSERT(!hanging_up || dialogue.deadline());
    REDIAL_ASSERT(!hanging_up || now - hang_up_began <= Dialogue::kHangUpBound);
  }
  void wait(Duration duration) {
    const Instant until = now + duration;
    while (dialogue.deadline() && *dialogue.deadline() <= until) {
      now = std::max(now, *dialogue.deadline());
      const auto actions = dialogue.on_deadline(now);
      look(actions);
    }
    now = until;
  }
  void hear(ByteView octets) {
    const Dialogue::Step step = dialogue.on_octets(octets, now);
    REDIAL_ASSERT(step.consumed <= octets.size());
    REDIAL_ASSERT(step.consumed == octets.size() || dialogue.in_data_state());
    look(step.actions);
  }
  void hang_up() {
    if (!hanging_up) hang_up_began = now;
    hanging_up = true;
    data = false;
    look(dialogue.hang_up(now));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  World world;
  bool busy = false;  // dialling or listening, and not hung up since
  for (size_t at = 0; at < size;) {
    const uint8_t what = data[at++];
    if (what >= 0xf8) {
      world.wait(std::chrono::milliseconds(50 << (what & 7)));
    } else if (what >= 0xf0) {
      if (what & 1) {
        world.hang_up();
        world.wait(Dialogue::kHangUpBound);
        REDIAL_ASSERT(!world.hanging_up);
        busy = false;
      } else if (what & 4) {
        world.look(world.dialogue.answer(world.now));
      } else if (!busy) {
        world.look(what & 2 ? world.dialogue.listen(world.now)
                            : world.dialogue.dial("5551234", world.now));
        busy = true;
      }
    } else if (what >= 0xe8) {
      world.look(world.dialogue.on_carrier(what & 1, world.now));
    } else {
      const size_t length = std::min<size_t>(what, size - at);
      world.hear({data + at, length});
      at += length;
    }
  }
  world.hang_up();
  world.wait(Dialogue::kHangUpBound);
  REDIAL_ASSERT(!world.hanging_up && !world.dialogue.deadline());
  return 0;
}
