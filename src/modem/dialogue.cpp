// SPDX-License-Identifier: Apache-2.0
#include "modem/dialogue.h"

#include <algorithm>
#include <utility>

#include "modem/dialogue_work.h"
#include "modem/number.h"
#include "modem/sim_pin.h"

namespace redial::modem {
namespace {

bool wants_number(const Command& command) {
  return std::ranges::any_of(command.pieces, [](const CommandPiece& piece) {
    return piece.kind == CommandPiece::Kind::PhoneNumber;
  });
}
bool wants_number(const ModemDescription& modem) {
  return std::ranges::any_of(modem.dial, [](const Command& each) { return wants_number(each); });
}

bool too_long(const ModemDescription& modem, std::string_view number) {
  return std::ranges::any_of(modem.dial, [&](const Command& command) {
    return rendered(command, number).size() > kCommandMax;
  });
}

}  // namespace

std::string rendered(const Command& command, std::string_view number) {
  std::string text;
  for (const CommandPiece& piece : command.pieces) {
    switch (piece.kind) {
      case CommandPiece::Kind::Literal: text += piece.text; break;
      case CommandPiece::Kind::PhoneNumber: text += number; break;
      case CommandPiece::Kind::Macro:  // compiled descriptions have none left
      case CommandPiece::Kind::UserName:
      case CommandPiece::Kind::Password:
      case CommandPiece::Kind::X25Address:
      case CommandPiece::Kind::UserData:
      case CommandPiece::Kind::Facilities: break;  // of logon scripts, not of dialling
    }
  }
  return text;
}

std::string shown_command(std::string_view command) {
  while (command.ends_with('\r')) command.remove_suffix(1);
  return to_visible(as_bytes(without_sim_pins(command)), 60);
}

Dialogue::Dialogue(std::shared_ptr<const CompiledDescription> description)
    : description_(std::move(description)), state_(Resting{Condition::Command}) {
  REDIAL_ASSERT(description_ != nullptr);
}
Dialogue Dialogue::in_data(std::shared_ptr<const CompiledDescription> description) {
  Dialogue dialogue(std::move(description));
  dialogue.state_ = InData{};
  return dialogue;
}
Dialogue::~Dialogue() = default;
Dialogue::Dialogue(Dialogue&&) noexcept = default;
Dialogue& Dialogue::operator=(Dialogue&&) noexcept = default;

bool Dialogue::in_data_state() const { return std::holds_alternative<InData>(state_); }

Instant Dialogue::due() const {
  const Instant settle = work_ ? work_->settle_at : kNever;
  return match(
      state_, [](const Resting&) { return kNever; }, [](const Rousing& s) { return s.until; },
      [](const Draining& s) { return std::min(s.quiet_at, s.until); },
      [&](const Commanding& s) {
        return std::min({s.until, settle, work_->guess_at});
      },
      [&](const Awaiting&) { return settle; }, [](const InData&) { return kNever; },
      [&](const HangingUp& s) {
        return std::min({s.until, s.bound, settle});
      });
}

Dialogue::Actions Dialogue::dial(std::string_view number, Instant now, Preparation preparation) {
  if (modem().dial.empty())
    return {Failed{{CauseCode::Unsupported, "the modem's description has no dial command"}}};
  std::string clean;
  if (wants_number(modem())) {
    std::optional<std::string> checked = dialable(number);
    if (!checked) {
      const std::string evidence = "\"" + to_visible(as_bytes(number), 40) + "\"";
      return {Failed{{CauseCode::BadNumber, evidence}}};
    }
    clean = fit(*checked, modem().abilities);
  }
  if (too_long(modem(), clean))
    return {Failed{{CauseCode::BadNumber, "longer than a command may be"}}};
  return start(Goal::Dial, std::move(clean), preparation, now);
}

Dialogue::Actions Dialogue::listen(Instant now) {
  if (modem().listen.empty())
    return {Failed{{CauseCode::Unsupported, "the modem's description has no listen command"}}};
  return start(Goal::Listen, {}, Preparation::Initialise, now);
}

Dialogue::Actions Dialogue::answer(Instant now) {
  Actions out;
  if (!std::holds_alternative<Awaiting>(state_)) return out;  // the ring was too late
  if (modem().answer.empty()) {
    // The modem answers by itself; we only bound how long it may take.
    work_->reader.next_line();
    state_ = Commanding{Goal::Answer, Part::Goal, 0, 1, now + description_->settings.dial_within};
    return out;
  }
  run(Commanding{Goal::Answer, Part::Goal, 0, 0, now}, out, now);
  return out;
}

const Command* Dialogue::command_at(const Commanding& state) const {
  const std::span<const Command> commands = commands_of(state.goal, state.part);
  return state.at < commands.size() ? &commands[state.at] : nullptr;
}

/// True for the command that makes the call: it is sent once, and only a carrier or a refusal
/// answers it.
bool Dialogue::calling(const Commanding& state) const {
  return state.part == Part::Goal && state.goal != Goal::Listen &&
         state.at + 1u >= commands_of(state.goal, state.part).size() && !more_parts(state);
}

/// The number goes on after what this command dials.
bool Dialogue::more_parts(const Commanding& state) const {
  if (state.part != Part::Goal || state.goal != Goal::Dial) return false;
  const Command* command = command_at(state);
  return command != nullptr && wants_number(*command) && work_->part + 1 < work_->parts.size();
}

/// Goes on with the first command from `state` on that has something to send or to wait for.
void Dialogue::run(Commanding state, Actions& out, Instant now) {
  for (;;) {
    const Command* command = command_at(state);
    if (command == nullptr) {
      if (state.part == Part::Goal) {
        // Only listening gets here: other goals end with the answer to their last command.
        if (work_->caller_heard) return connect(Answer{}, out);
        return await(static_cast<uint16_t>(modem().listen.size() - 1), out);
      }
      if (state.part == Part::Reset) {  // what a reset spews forth is not for the first command
        state_ = Draining{state.goal, Part::Init, now + kQuiet, now + kDrainMax};
        return;
      }
      state.part = Part::Goal;
      state.at = 0;
      continue;
    }
    const bool has_part = work_->part < work_->parts.size();
    std::string text = rendered(*command, has_part ? work_->parts[work_->part] : std::string());
    const bool listens = state.goal == Goal::Listen && state.part == Part::Goal;
    if (text.empty() && listens && !command->responses.empty()) return await(state.at, out);
    if (!text.empty() || !(command->no_response || calling(state))) {
      state.sent = 0;
      return send_command(state, std::move(text), out, now);
    }
    if (calling(state)) {  // nothing to send: the far end speaks first
      state.sent = 0;
      return send_command(state, {}, out, now);
    }
    ++state.at;
  }
}

void Dialogue::send_command(Commanding state, std::string text, Actions& out, Instant now) {
  const Command& command = *command_at(state);
  if (text.size() > kCommandMax)
    return fail(CauseCode::ModemError,
                "a command is longer than 256 octets: " + shown_command(text), Condition::Command,
                out);
  ++state.sent;
  state.until = now + (calling(state)        ? description_->settings.dial_within
                       : command.no_response ? kNoResponsePause
                                             : command.within);
  if (state.goal == Goal::Dial && state.part == Part::Goal && work_->parts.size() > 1) {
    // A number in parts has no more time than one that is dialled at once.
    if (work_->part == 0) work_->dial_until = now + description_->settings.dial_within;
    state.until = work_->dial_until;
  }
  work_->reader.next_line();
  work_->settle_at = kNever;
  work_->unknown.clear();
  work_->guess.clear();
  work_->guess_at = kNever;
  work_->carrier_rose = false;
  work_->notes_left = kNotesPerCommand;
  if (!text.empty()) out.push(send_of(text));
  const bool begins = state.goal == Goal::Dial && state.part == Part::Goal && state.at == 0;
  if (begins && work_->part == 0) out.push(Dialing{});
  work_->command = std::move(text);
  state_ = state;
}

void Dialogue::await(uint16_t at, Actions& out) {
  work_->reader.next_line();
  work_->settle_at = kNever;
  work_->command.clear();
  work_->notes_left = kNotesPerCommand;
  state_ = Awaiting{at};
  out.push(Listening{});
}

void Dialogue::connect(const Answer& answer, Actions& out) {
  Connected connected;
  connected.carrier_bps = answer.carrier_bps != 0 ? answer.carrier_bps : work_->carrier_bps;
  connected.port_bps = answer.port_bps != 0 ? answer.port_bps : work_->port_bps;
  connected.error_control = answer.error_control || work_->error_control;
  connected.text = answer.text;
  out.push(std::move(connected));
  state_ = InData{};
  work_.reset();
}

void Dialogue::fail(CauseCode code, std::string evidence, Condition left, Actions& out) {
  out.push(Failed{{code, std::move(evidence)}});
  state_ = Resting{left};
  work_.reset();
}

void Dialogue::note(std::string text, Actions& out) {
  if (!work_ || work_->notes_left == 0 || out.size() >= kNotesPerStep) return;
  --work_->notes_left;
  out.push(Noted{std::move(text)});
}

/// True when the answer has changed the state, so that what was received before is history.
bool Dialogue::on_command_answer(Commanding state, const Answer& answer, Actions& out,
                                 Instant now) {
  const bool places_call = state.part == Part::Goal && state.goal != Goal::Listen;
  switch (answer.code) {
    case ResponseCode::Ok:
      // A late answer to a command before; ATD and ATA are never answered so.
      if (calling(state)) return note("ignored: " + answer.text, out), false;
      more_parts(state) ? void(++work_->part) : void(++state.at);
      return run(state, out, now), true;
    case ResponseCode::Loop:
      if (answer.carrier_bps != 0) work_->carrier_bps = answer.carrier_bps;
      if (answer.port_bps != 0) work_->port_bps = answer.port_bps;
      work_->error_control |= answer.error_control;
      return note(answer.text, out), false;
    case ResponseCode::Ring: return note(answer.text, out), false;
    case ResponseCode::Connect:
    case ResponseCode::ConnectEc:
      if (places_call || state.goal == Goal::Listen) return connect(answer, out), true;
      // It answered a caller while we were preparing to dial: an earlier S0=1 lingers.
      fail(CauseCode::DeviceBusy, answer.text + " before dialling", Condition::Data, out);
      return true;
    case ResponseCode::Error:
    case ResponseCode::ErrorDiagnostics: {
      if (places_call)
        return fail(CauseCode::ModemError, answer.text, Condition::Command, out), true;
      const Command& command = *command_at(state);
      const std::string evidence = answer.text + " to " + shown_command(work_->command);
      // Half a command may have been lying in the modem: the first ERROR need not be about ours.
      const bool first = state.part == Part::Init && state.at == 0 && state.sent < command.attempts;
      if (!first && !command.optional)
        return fail(CauseCode::ModemError, evidence, Condition::Command, out), true;
      note(evidence, out);
      if (first) return send_command(state, work_->command, out, now), true;
      ++state.at;
      return run(state, out, now), true;
    }
    case ResponseCode::ErrorBusy:
    case ResponseCode::ErrorVoice:
    case ResponseCode::ErrorNoAnswer:
    case ResponseCode::ErrorNoCarrier:
    case ResponseCode::ErrorNoDialtone:
    case ResponseCode::ErrorDelayed:
    case ResponseCode::ErrorBlacklisted:
      // While preparing it speaks of a call before ours, unless the command's own responses say so.
      if (!places_call && !answer.own) return note("ignored: " + answer.text, out), false;
      return fail(cause_of(answer.code), answer.text, Condition::Command, out), true;
  }
  return false;
}

bool Dialogue::on_waiting_answer(Awaiting state, const Answer& answer, Actions& out, Instant now) {
  const bool rings = answer.code == ResponseCode::Ring ||
                     (answer.generic && answer.generic->code == wire::ResultCode::Ring);
  if (rings) {
    work_->notes_left = kNotesPerCommand;
    if (!std::exchange(work_->rang, true)) out.push(Rang{});
    return false;
  }
  // On a cable the caller is answered with a word before data flow: the next step of the script.
  const bool connects =
      answer.code == ResponseCode::Connect || answer.code == ResponseCode::ConnectEc;
  const bool goes_on = answer.own && state.at + 1u < modem().listen.size();
  if (connects && !goes_on) return connect(answer, out), true;
  if ((connects || answer.code == ResponseCode::Ok) && answer.own) {
    work_->caller_heard = true;
    run(Commanding{Goal::Listen, Part::Goal, static_cast<uint16_t>(state.at + 1), 0, now}, out,
        now);
    return true;
  }
  // A caller who gave up, progress reports, caller identification: not ours to judge here.
  return note(answer.text, out), false;
}

void Dialogue::on_command_silence(Commanding state, Actions& out, Instant now) {
  if (calling(state)) {
    const bool dialled = state.goal == Goal::Dial;
    std::string evidence =
        "no carrier within " + redial::to_text(description_->settings.dial_within);
    if (!work_->guess.empty())
      evidence += ", and " + work_->guess + " means nothing to its description";
    return fail(dialled ? CauseCode::NoAnswer : CauseCode::NoCarrier, std::move(evidence),
                Condition::Calling, out);
  }
  const Command& command = *command_at(state);
  if (command.no_response || state.part == Part::Reset) {
    ++state.at;
    return run(state, out, now);
  }
  const bool dials = state.part == Part::Goal && state.goal == Goal::Dial;
  if (!dials && state.sent < command.attempts) return send_command(state, work_->command, out, now);
  const std::string sent = shown_command(work_->command);
  if (!work_->unknown.empty())
    return fail(CauseCode::ModemNotUnderstood, work_->unknown + " to " + sent, Condition::Unknown,
                out);
  const std::string attempts = std::to_string(state.sent);
  fail(CauseCode::ModemSilent, "no answer to " + sent + " (sent " + attempts + " times)",
       Condition::Unknown, out);
}

Dialogue::Actions Dialogue::on_deadline(Instant now) {
  Actions out;
  const std::optional<Instant> due = deadline();
  if (!due || now < *due) return out;
  if (work_->settle_at <= now) {
    work_->settle_at = kNever;
    work_->rang = false;
    size_t overshoot = 0;
    if (read(true, overshoot, out, now)) return out;
  }
  match(
      state_, [](const Resting&) {},
      [&](Rousing s) {
        ++s.step;
        rouse(s, out, now);
      },
      [&](const Draining& s) {
        if (work_->drained > 0)
          note("passed over " + std::to_string(work_->drained) + " octets", out);
        run(Commanding{s.goal, s.next, 0, 0, now}, out, now);
      },
      [&](const Commanding& s) {
        if (work_->guess_at <= now) return connect(Answer{.text = work_->guess}, out);
        if (s.until <= now) on_command_silence(s, out, now);
      },
      [](const Awaiting&) {}, [](const InData&) {},
      [&](HangingUp& s) {
        if (std::min(s.until, s.bound) <= now) on_hang_up_deadline(s, out, now);
      });
  return out;
}

}  // namespace redial::modem
