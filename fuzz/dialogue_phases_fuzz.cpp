// SPDX-License-Identifier: Apache-2.0
// An AT dialogue that a well-behaved modem has brought into a phase (initialise, dial, listen,
// ring, answer, data, escape, hang-up, rouse), and then a modem that says anything. The first octet
// says which description, the second which phase, the rest what the modem does there.
#include <array>
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "dialogue_world.h"
#include "input.h"
#include "modem/dialogue.h"
#include "modem/inf.h"

using namespace redial;
using namespace redial::modem;
using redial::fuzz::Input;
using World = redial::modem::fuzz::World;

namespace {

/// A description with all kinds of holes in its answers.
constexpr std::string_view kHoles = R"([Holes]
CALLBACKTIME=10
DEFAULTOFF=compression
MAXCARRIERBPS=28800
MAXCONNECTBPS=57600
<speaker_on>=M1
<speaker_off>=M0
<compression_on>=&K4
<compression_off>=&K0
COMMAND_INIT=AT&F<cr>
OK=<cr><lf>OK<cr><lf>
LOOP=<cr><lf>WAIT<ignore>
COMMAND_INIT=AT<speaker><compression><cr>
OK=<match>"OK"
COMMAND_DIAL=ATDT<phonenumber><cr>
CONNECT=<cr><lf>CONNECT <carrierbps><cr><lf>
CONNECT_EC=<cr><lf>CONNECT <connectbps>/<?>EC<ignore>
ERROR_BUSY=<cr><lf>BUSY<cr><lf>
ERROR_DIAGNOSTICS=<cr><lf>NO CARRIER <diagnostics>
ERROR_NO_CARRIER=<ignore>NO CARRIER<cr><lf>
COMMAND_LISTEN=ATS0=1<cr>
OK=<cr><lf>OK<cr><lf>
RING=<cr><lf>RING<cr><lf>
CONNECT=<cr><lf>CONNECT <carrierbps><append>
COMMAND_HANGUP=ATH<cr>
OK=<cr><lf>OK<cr><lf>
)";

std::shared_ptr<const CompiledDescription> compiled(const ModemDescription& modem) {
  return std::make_shared<const CompiledDescription>(compile(modem, ModemSettings{}).value());
}

std::shared_ptr<const CompiledDescription> description(uint8_t which) {
  static const auto builtin = compiled(hayes());
  static const auto holes = compiled(read_modem_inf(kHoles, "holes.inf").modems.at(0));
  return (which & 1) != 0 ? holes : builtin;
}

enum class Stage : uint8_t {
  Rest,
  Initialise,
  Dial,
  Listen,
  Ring,
  Answer,
  Data,
  HangUp,
  Escape,
  HangUpCommand,
  Rouse,
  Reset
};
constexpr uint8_t kStages = 12;

void obey_until(World& world, bool (*there)(const World&)) {
  for (int step = 0; step < 200 && !there(world); ++step) world.obey();
}

void begin(World& world, Stage stage) {
  if (stage == Stage::Rest) return;
  if (stage >= Stage::Listen && stage <= Stage::Answer) {
    world.look(world.dialogue.listen(world.now));
    return;
  }
  const Preparation preparation = stage == Stage::Rouse   ? Preparation::Rouse
                                  : stage == Stage::Reset ? Preparation::Reset
                                                          : Preparation::Initialise;
  world.look(world.dialogue.dial("5551234", world.now, preparation));
}

void reach(World& world, Stage stage) {
  begin(world, stage);
  switch (stage) {
    case Stage::Rest:
    case Stage::Rouse:
    case Stage::Reset: return;
    case Stage::Initialise:
      return obey_until(world, [](const World& w) { return !w.said.empty(); });
    case Stage::Dial:
      return obey_until(world, [](const World& w) { return w.said.starts_with("ATD"); });
    case Stage::Listen:
    case Stage::Ring:
    case Stage::Answer: obey_until(world, [](const World& w) { return w.listening; }); break;
    case Stage::Data:
    case Stage::HangUp:
    case Stage::Escape:
    case Stage::HangUpCommand: obey_until(world, [](const World& w) { return w.data; }); break;
  }
  if (stage == Stage::Ring || stage == Stage::Answer) world.hear("\r\nRING\r\n");
  if (stage == Stage::Answer) world.look(world.dialogue.answer(world.now));
  if (stage < Stage::HangUp) return;
  world.hang_up();
  if (stage == Stage::HangUp) return;
  obey_until(world, [](const World& w) { return w.said.starts_with('+') || !w.hanging_up; });
  if (stage == Stage::HangUpCommand) world.obey();
}

constexpr std::array<std::string_view, 32> kWords = {"\r\nOK\r\n",
                                                     "\r\nERROR\r\n",
                                                     "\r\nCONNECT\r\n",
                                                     "\r\nCONNECT 9600\r\n",
                                                     "\r\nRING\r\n",
                                                     "\r\nNO CARRIER\r\n",
                                                     "\r\nBUSY\r\n",
                                                     "\r\nNO ANSWER\r\n",
                                                     "\r\nNO DIALTONE\r\n",
                                                     "\r\nVOICE\r\n",
                                                     "\r\nDELAYED\r\n",
                                                     "\r\nBLACKLISTED\r\n",
                                                     "\r\nRINGING\r\n",
                                                     "0\r",
                                                     "1\r",
                                                     "2\r",
                                                     "3\r",
                                                     "4\r",
                                                     "7\r",
                                                     "8\r",
                                                     "\r",
                                                     "\n",
                                                     "AT\r",
                                                     "+++",
                                                     "NO CARR",
                                                     "IER\r\n",
                                                     "CARRIER 28800\r\n",
                                                     "PROTOCOL: LAPM\r\n",
                                                     "\r\nCONNECT 57600/AEC V42\r\n",
                                                     "\x7e\xff\x7d\x23",
                                                     "\r\nWAIT",
                                                     "\r\nNO CARRIER remote\r\n"};

/// From above, as its owner may ask.
void wish(World& world, uint8_t what, Input& input) {
  const bool free = !world.data && !world.hanging_up && !world.dialogue.deadline() &&
                    !world.dialogue.in_data_state();
  const auto number = as_text(input.take(what >= 4 ? input.u8() % 40 : 0));
  switch (what & 3) {
    case 0: return world.hang_up();
    case 1:
      if (world.rang && free) world.look(world.dialogue.answer(world.now));
      return;
    case 2:
      if (free) world.look(world.dialogue.listen(world.now));
      return;
    default:
      if (free) {
        world.look(world.dialogue.dial(number.empty() ? "5551234" : number, world.now,
                                       static_cast<Preparation>(what / 4 % 3)));
      }
  }
}

// One octet a step: the low half says what, the high half which.
void step(World& world, Input& input) {
  const uint8_t octet = input.u8(), what = octet & 15, which = octet >> 4;
  switch (what) {
    case 0:
    case 1: return world.hear(kWords[which + (what & 1) * 16u]);
    case 2: return world.obey();
    case 3: return world.wait(std::chrono::milliseconds(1 << which));
    case 4: return world.wait(std::chrono::milliseconds(50 * which));
    case 5: return world.look(world.dialogue.on_carrier((which & 1) != 0, world.now));
    case 6: return wish(world, which, input);
    case 7: return world.hear(as_bytes(world.said).first(world.said.size() / (1 + which % 3)));
    case 8: {  // a word, cut anywhere
      const std::string_view word = kWords[input.u8() % kWords.size()];
      const size_t cut = which % word.size();
      world.hear(word.substr(0, cut));
      world.wait(std::chrono::milliseconds(10));
      return world.hear(word.substr(cut));
    }
    case 9:
      if (world.data) world.look(world.dialogue.on_carrier_gone("NO CARRIER", world.now));
      return;
    default: return world.hear(input.take(which * 4u + 1));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Input input(data, size);
  World world(description(input.u8()));
  reach(world, static_cast<Stage>(input.u8() % kStages));
  while (!input.empty()) step(world, input);
  world.wait(World::kSettlesWithin);
  REDIAL_ASSERT(!world.dialogue.deadline());
  world.hang_up();
  world.wait(Dialogue::kHangUpBound);
  REDIAL_ASSERT(!world.hanging_up && !world.dialogue.deadline());
  return 0;
}
