// SPDX-License-Identifier: Apache-2.0
// How a call is ended: DTR, then the escape where the modem may be in data state, then ATH, each
// bounded and all together within kHangUpBound.
//
//   DTR low 500 ms ---- the modem said so, or never was in data state ------------------> ATH
//         |  still dialling: <cr> ends that (V.250 §5.6.1), 500 ms ---------------------> ATH
//         `- data state: guard 1.1 s, "+++", guard 1.1 s and up to 2 s for OK ----------> ATH
//   ATH unanswered: once through the escape if that was left out, then ATH again, then given up.
//
// Words among the data may be the peer's. One that babbles result codes must not keep the line: the
// escape works by time, whatever is heard meanwhile, and an OK to an ATH without it counts only
// when silence follows.
#include <algorithm>
#include <utility>

#include "modem/dialogue.h"
#include "modem/dialogue_work.h"

namespace redial::modem {
namespace {

constexpr Duration kDtrLow = 500ms;
constexpr Duration kAbort = 500ms;
constexpr Duration kGuard = 1100ms;  // S12 is 1 s by default
constexpr Duration kHangUpWithin = 2s;
constexpr Duration kDoubt = 300ms;
constexpr uint8_t kHangUpAttempts = 2;
constexpr std::string_view kHangUp = "ATH\r";

bool begins_with_at(const std::vector<Command>& commands) {
  return std::ranges::any_of(commands, [](const Command& command) {
    if (command.pieces.empty() || command.pieces[0].text.size() < 2) return false;
    const std::string& text = command.pieces[0].text;
    return (text[0] == 'A' || text[0] == 'a') && (text[1] == 'T' || text[1] == 't');
  });
}

/// What a modem says when DTR has taken it out of a call.
bool tells_command_state(const Answer& answer) {
  if (!answer.generic) return false;
  return answer.generic->code == wire::ResultCode::NoCarrier ||
         answer.generic->code == wire::ResultCode::Ok;
}

/// Whether what was heard on the way to ATH makes it command state; how surely, the condition says.
bool believes(HangingUp& state, const Answer& answer) {
  if (!tells_command_state(answer) || state.condition == Condition::Told) return false;
  if (state.condition != Condition::Data) {
    state.condition = Condition::Command;
    return true;
  }
  // Among data only the end of the carrier; and a line "3" in data is no result code.
  if (answer.generic->code != wire::ResultCode::NoCarrier || wire::is_numeric(answer.text)) {
    return false;
  }
  state.condition = Condition::Told;
  return true;
}

bool is_connect(const Answer& answer) {
  return answer.code == ResponseCode::Connect || answer.code == ResponseCode::ConnectEc;
}

}  // namespace

/// A null modem has no command state: there is nothing to escape from and nobody to tell ATH.
bool Dialogue::speaks_at() const {
  return begins_with_at(modem().init) || begins_with_at(modem().dial) ||
         begins_with_at(modem().listen) || begins_with_at(modem().hang_up);
}

Dialogue::Actions Dialogue::hang_up(Instant now) {
  if (std::holds_alternative<HangingUp>(state_)) return {};
  const Condition condition = match(
      state_, [](const Resting& s) { return s.condition; },
      [](const Rousing&) { return Condition::Unknown; },
      [](const Draining&) { return Condition::Unknown; },
      [&](const Commanding& s) {
        return s.part == Part::Goal && s.goal != Goal::Listen ? Condition::Calling
                                                              : Condition::Command;
      },
      [](const Awaiting&) { return Condition::Command; },
      [](const InData&) { return Condition::Data; },
      [](const HangingUp& s) { return s.condition; });
  work_ = std::make_unique<Work>();
  state_ = HangingUp{.stage = Stage::DtrLow,
                     .condition = condition,
                     .escaped = false,
                     .sent = 0,
                     .at = 0,
                     .until = now + kDtrLow,
                     .bound = now + kHangUpBound,
                     .escapes_at = {}};
  return {SetDtr{false}};
}

Dialogue::Actions Dialogue::on_carrier(bool present, Instant now) {
  Actions out;
  if (const Commanding* commanding = std::get_if<Commanding>(&state_);
      commanding != nullptr && calling(*commanding)) {
    work_->carrier_rose = present;
    if (!work_->guess.empty()) work_->guess_at = present ? now + kGuessWithCarrier : kNever;
  }
  if (present) return out;
  if (in_data_state()) {
    fail(CauseCode::CarrierLost, "DCD dropped", Condition::Command, out);
  } else if (HangingUp* ending = std::get_if<HangingUp>(&state_)) {
    if (ending->condition != Condition::Data && ending->condition != Condition::Told) return out;
    ending->condition = Condition::Command;  // a circuit does not lie
    if (ending->stage == Stage::Guard) send_hang_up(*ending, out, now);
    if (ending->stage == Stage::Doubt) finish(true, out);
  }
  return out;
}

Dialogue::Actions Dialogue::on_carrier_gone(std::string evidence, Instant) {
  Actions out;
  if (in_data_state()) fail(CauseCode::CarrierLost, std::move(evidence), Condition::Told, out);
  return out;
}

void Dialogue::guard(HangingUp& state, Instant now) {
  state.stage = Stage::Guard;
  state.until = now + kGuard;
  work_->command.clear();
}

void Dialogue::send_hang_up(HangingUp& state, Actions& out, Instant now) {
  const bool described = state.at < modem().hang_up.size();
  std::string text = described ? rendered(modem().hang_up[state.at], {}) : std::string(kHangUp);
  if (text.empty() || text.size() > kCommandMax) text = kHangUp;
  state.stage = Stage::Command;
  state.until = now + kHangUpWithin;
  ++state.sent;
  work_->reader.next_line();
  work_->settle_at = kNever;
  work_->command = std::move(text);
  out.push(send_of(work_->command));
}

void Dialogue::finish(bool verified, Actions& out) {
  out.push(HungUp{verified});
  state_ = Resting{verified ? Condition::Command : Condition::Unknown};
  work_.reset();
}

void Dialogue::on_hang_up_deadline(HangingUp& state, Actions& out, Instant now) {
  if (state.stage == Stage::DtrLow) out.push(SetDtr{true});
  if (state.bound <= now) return finish(false, out);
  switch (state.stage) {
    case Stage::DtrLow:
      if (!speaks_at()) return finish(true, out);
      if (state.condition == Condition::Data) return guard(state, now);
      if (state.condition != Condition::Calling) return send_hang_up(state, out, now);
      state.stage = Stage::Abort;
      state.until = now + kAbort;
      work_->reader.next_line();
      out.push(send_of("\r"));
      return;
    case Stage::Abort: return send_hang_up(state, out, now);
    case Stage::Guard:
      state.stage = Stage::Escape;
      state.escaped = true;
      state.escapes_at = now + kGuard;
      state.until = state.escapes_at + kHangUpWithin;
      work_->reader.next_line();
      work_->settle_at = kNever;
      work_->command = "+++";
      out.push(send_of("+++"));
      return;
    case Stage::Escape: return send_hang_up(state, out, now);
    case Stage::Command:
      if (!state.escaped) {
        state.sent = 0;
        return guard(state, now);
      }
      if (state.sent < kHangUpAttempts) return send_hang_up(state, out, now);
      return finish(false, out);
    case Stage::Doubt: return finish(true, out);
  }
}

bool Dialogue::on_hang_up_answer(HangingUp& state, const Answer& answer, Actions& out,
                                 Instant now) {
  // A call that came up while it was being ended: from here on the line is data.
  const bool in_data = state.condition == Condition::Data || state.condition == Condition::Told;
  if (is_connect(answer) && !in_data && !state.escaped) {
    state.condition = Condition::Data;
    if (state.stage != Stage::DtrLow) guard(state, now);
    return false;
  }
  switch (state.stage) {
    case Stage::DtrLow: (void)believes(state, answer); return false;
    case Stage::Abort:
    case Stage::Guard:
      if (!believes(state, answer)) return false;
      return send_hang_up(state, out, now), true;
    case Stage::Escape:
      // Said in the guard time it cannot be the modem's OK; ATH then would be data, and end the
      // guard.
      if (tells_command_state(answer)) state.until = std::max(now, state.escapes_at);
      return false;
    case Stage::Doubt:
      if (answer.code != ResponseCode::Ring) guard(state, now);
      return false;
    case Stage::Command: break;
  }
  if (answer.code == ResponseCode::Loop || answer.code == ResponseCode::Ring || is_connect(answer))
    return false;
  // Whatever else it says to ATH, it says it in command state.
  state.sent = 0;
  if (++state.at < modem().hang_up.size()) return send_hang_up(state, out, now), true;
  if (state.condition != Condition::Told || state.escaped) return finish(true, out), true;
  state.stage = Stage::Doubt;
  state.until = now + kDoubt;
  return true;
}

}  // namespace redial::modem
