// SPDX-License-Identifier: Apache-2.0
// A modem that says anything at any moment: no state without an end, no answer that overflows, data
// only after Connected. The first octet of each chunk tells how long it is, or what we want.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/check.h"
#include "dialogue_world.h"
#include "modem/dialogue.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::modem;
using World = redial::modem::fuzz::World;

namespace {

std::shared_ptr<const CompiledDescription> description() {
  static const auto compiled =
      std::make_shared<const CompiledDescription>(compile(hayes(), ModemSettings{}).value());
  return compiled;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  World world(description());
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
      world.hear(ByteView(data + at, length));
      at += length;
    }
  }
  world.hang_up();
  world.wait(Dialogue::kHangUpBound);
  REDIAL_ASSERT(!world.hanging_up && !world.dialogue.deadline());
  return 0;
}
