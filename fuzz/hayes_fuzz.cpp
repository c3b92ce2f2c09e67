// SPDX-License-Identifier: Apache-2.0
// Command lines for the lab's modem (V.250), line tones and time in any order: what it says stays
// bounded, and it thinks no longer than it has a deadline for.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "input.h"
#include "lab/hayes.h"

using namespace redial;
using namespace redial::lab;
using redial::fuzz::Input;

namespace {

/// A modem and what its line knows of it: whether it is calling or answering, and no carrier yet.
struct World {
  explicit World(const ModemConfig& config) : modem(config) {}

  HayesModem modem;
  Instant now{1s};
  Bytes reply;
  bool calling = false;

  void look(const HayesModem::Actions& actions) {
    for (const LineAction& action : actions) {
      if (std::holds_alternative<DialDigits>(action)) calling = true;
      if (std::holds_alternative<AnswerLine>(action)) calling = true;
      if (std::holds_alternative<ReleaseLine>(action)) calling = false;
    }
  }
  void type(ByteView octets) {
    if (modem.online()) {
      modem.on_data(octets, now);
    } else {
      look(modem.on_octets(octets, now, reply));
    }
  }
  void wait(Duration duration) {
    now += duration;
    for (int wakes = 0; modem.deadline() && *modem.deadline() <= now; ++wakes) {
      REDIAL_ASSERT(wakes < 1000);
      look(modem.on_deadline(now, reply));
    }
  }
};

/// What happens on the telephone line.
void on_line(World& world, uint8_t what, uint8_t which) {
  HayesModem& modem = world.modem;
  switch (what) {
    case 0: return world.look(modem.on_dtr((which & 1) != 0, world.reply));
    case 1: return world.look(modem.on_ring(world.now, world.reply));
    case 2: return modem.on_ring_stopped();
    case 3:
      if (world.calling) {
        world.look(modem.on_tone(static_cast<Tone>(which % 6), world.now, world.reply));
      }
      return;
    case 4:
      if (std::exchange(world.calling, false)) {
        modem.on_carrier(1200u * (which + 1u), world.now, world.reply);
      }
      return;
    default:
      if (modem.has_carrier()) modem.on_carrier_lost(world.reply);
  }
}

void step(World& world, Input& input) {
  const uint8_t octet = input.u8(), what = octet & 15, which = octet >> 4;
  if (what < 6) return on_line(world, what, which);
  if (what < 8) return world.wait(std::chrono::milliseconds(10 << which));
  if (what == 8) {
    if (which == 14) world.modem.confuse();
    if (which == 15) {
      world.modem.power_cycle();
      world.calling = false;
    }
    return;
  }
  world.type(input.take(which * 4u + 1));
  if ((octet & 1) != 0) world.type(as_bytes("\r"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  const uint8_t made = input.u8();
  ModemConfig config{.number = "5550100"};
  config.habits.blacklist_after = static_cast<uint16_t>(made % 4);
  config.habits.numeric_codes = (made & 0x10) != 0;
  config.habits.loses_first_command = (made & 0x20) != 0;
  if ((made & 0x40) != 0) config.habits.echo = Habits::Echo::Garbled;
  World world(config);
  while (!input.empty()) {
    world.reply.clear();
    step(world, input);
    world.wait(Duration{});
    REDIAL_ASSERT(world.reply.size() <= 4096);
    REDIAL_ASSERT(!world.modem.thinking() || world.modem.deadline());
    REDIAL_ASSERT(world.modem.dcd() || !world.modem.has_carrier());
  }
  return 0;
}
