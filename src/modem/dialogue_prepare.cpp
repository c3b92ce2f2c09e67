// SPDX-License-Identifier: Apache-2.0
// How a modem is made ready for a call: drained, and on the higher rungs of the recovery ladder
// first shaken out of whatever state it is in and reset (failures.md F6).
#include "modem/dialogue.h"
#include "modem/dialogue_work.h"
#include "modem/number.h"

namespace redial::modem {
namespace {

/// Out of any state: DTR off hangs up (&D2) or resets (&D3), an octet ends dialling (V.250 §5.6.1),
/// the escape with its guard times ends data state.
struct RouseStep {
  bool dtr;
  std::string_view text;
  Duration then;
};
constexpr RouseStep kRouse[] = {{false, "", 1s},
                                {true, "\r", 300ms},
                                {true, "", 1100ms},
                                {true, "+++", 1100ms},
                                {true, "ATH\r", 500ms}};

/// What a modem is told to forget all it was told: the stored profile, then the factory's. Neither
/// need be answered; what the description initialises with comes after it.
const std::vector<Command>& reset_commands() {
  const auto command = [](std::string text, Duration within) {
    return Command{.pieces = {{CommandPiece::Kind::Literal, std::move(text)}},
                   .optional = true,
                   .within = within,
                   .attempts = 1};
  };
  static const std::vector<Command> commands = {command("ATZ\r", 5s), command("AT&F\r", 3s)};
  return commands;
}

}  // namespace

Duration Dialogue::takes_longer(Preparation preparation) {
  if (preparation == Preparation::Initialise) return 0s;
  Duration sum = 0s;
  for (const RouseStep& step : kRouse) sum += step.then;
  if (preparation == Preparation::Rouse) return sum;
  for (const Command& command : reset_commands()) sum += command.within;
  return sum + kDrainMax;
}

Dialogue::Actions Dialogue::start(Goal goal, std::string number, Preparation preparation,
                                  Instant now) {
  const Resting* resting = std::get_if<Resting>(&state_);
  REDIAL_ASSERT(resting != nullptr || std::holds_alternative<Awaiting>(state_));
  const bool rouses = preparation != Preparation::Initialise;
  if (resting != nullptr && !rouses &&
      (resting->condition == Condition::Calling || resting->condition == Condition::Data))
    return {Failed{{CauseCode::DeviceBusy, "the last call has not been hung up"}}};
  work_ = std::make_unique<Work>();
  if (!number.empty()) work_->parts = dial_parts(number, modem().dial_suffix);
  Actions out;
  if (rouses) {
    const bool resets = preparation == Preparation::Reset && speaks_at();
    rouse(Rousing{goal, resets ? Part::Reset : Part::Init, 0, now}, out, now);
  } else {
    state_ = Draining{goal, Part::Init, now + kQuiet, now + kDrainMax};
    out.push(SetDtr{true});
  }
  return out;
}

/// The step that `state` names; after the last one the modem is drained.
void Dialogue::rouse(Rousing state, Actions& out, Instant now) {
  // Nothing but DTR for a null modem: there is no command state to bring it to.
  const size_t steps = speaks_at() ? std::size(kRouse) : 1;
  if (state.step >= steps) {
    state_ = Draining{state.goal, state.next, now + kQuiet, now + kDrainMax};
    out.push(SetDtr{true});
    return;
  }
  const RouseStep& step = kRouse[state.step];
  if (state.step == 0 || step.dtr != kRouse[state.step - 1].dtr) out.push(SetDtr{step.dtr});
  if (!step.text.empty()) out.push(send_of(step.text));
  state.until = now + step.then;
  state_ = state;
}

std::span<const Command> Dialogue::commands_of(Goal goal, Part part) const {
  if (part == Part::Reset) return reset_commands();
  if (part == Part::Init) return modem().init;
  switch (goal) {
    case Goal::Dial: return modem().dial;
    case Goal::Listen: return modem().listen;
    case Goal::Answer: break;
  }
  return modem().answer;
}

}  // namespace redial::modem
