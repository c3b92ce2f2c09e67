// SPDX-License-Identifier: Apache-2.0
// The dialogue's ears: octets to answers, echo and noise to nothing.
#include <algorithm>
#include <utility>

#include "modem/dialogue.h"
#include "modem/dialogue_work.h"

namespace redial::modem {
namespace {

std::string_view without_cr(std::string_view command) {
  while (command.ends_with('\r')) command.remove_suffix(1);
  return command;
}

/// Our own command coming back, or a piece of an earlier one: no modem's answer begins with AT.
bool is_echo(std::string_view line, std::string_view command) {
  const std::string_view sent = without_cr(command);
  if (!sent.empty() && line == sent) return true;
  return line.size() >= 2 && (line[0] == 'A' || line[0] == 'a') &&
         (line[1] == 'T' || line[1] == 't');
}

}  // namespace

Dialogue::Step Dialogue::on_octets(ByteView octets, Instant now) {
  Step step{{}, octets.size()};
  if (in_data_state()) {
    step.consumed = 0;
    return step;
  }
  if (std::holds_alternative<Resting>(state_) || std::holds_alternative<Rousing>(state_)) {
    return step;
  }
  if (Draining* draining = std::get_if<Draining>(&state_)) {
    if (!octets.empty()) draining->quiet_at = now + kQuiet;
    work_->drained += static_cast<uint32_t>(octets.size());
    return step;
  }
  work_->rang = false;
  size_t at = 0, overshoot = 0;
  bool changed = false;
  while (at < octets.size() && !changed) {
    at += pass_over(octets.subspan(at));
    if (at == octets.size()) break;
    if (is_data(octets[at])) {
      connect(Answer{.text = work_->guess}, step.actions);
      break;
    }
    bool taken = true;
    changed = take_octet(octets[at], taken, overshoot, step.actions, now);
    if (taken) ++at;
  }
  if (in_data_state()) {
    step.consumed = at - std::min(at, overshoot);
  } else if (changed) {
    // Received before our next command was sent, so no answer to it.
    const auto is_line_end = [](uint8_t octet) { return octet == '\r' || octet == '\n'; };
    if (!std::ranges::all_of(octets.subspan(at), is_line_end))
      note("ignored: " + to_visible(octets.subspan(at), 60), step.actions);
  } else if (work_->reader.at_bare_cr()) {
    work_->settle_at = now + kSettle;
  } else {
    work_->settle_at = kNever;
  }
  return step;
}

/// Octets of a line that can mean something only when it is over, and is not yet: our own command
/// coming back, mostly. Returns how many were taken.
size_t Dialogue::pass_over(ByteView octets) {
  wire::AtReader& reader = work_->reader;
  if (reader.empty() || reader.has_kept() || reader.at_bare_cr()) return 0;
  // A command without <cr> comes back on the line of its answer; see read().
  if (!work_->command.ends_with('\r') || wire::may_become_result(reader.text())) return 0;
  const char first = reader.raw_line().front();
  const auto may_answer = [first](const Candidates::Candidate& each) {
    return !each.vague && (each.any || each.first == first);
  };
  const auto* own = own_responses();
  if (own != nullptr && std::ranges::any_of(work_->candidates.own(*own), may_answer)) return 0;
  if (std::ranges::any_of(work_->candidates.of(modem().responses, first), may_answer)) return 0;
  size_t taken = 0;
  for (; taken < octets.size() && octets[taken] != '\r' && octets[taken] != '\n'; ++taken) {
    (void)reader.take(octets[taken]);
  }
  return taken;
}

bool Dialogue::take_octet(uint8_t octet, bool& taken, size_t& overshoot, Actions& out,
                          Instant now) {
  const wire::AtReader::Took took = work_->reader.take(octet);
  taken = took != wire::AtReader::Took::Nothing;
  return read(took != wire::AtReader::Took::Octet, overshoot, out, now);
}

const std::vector<Response>* Dialogue::own_responses() const {
  if (const Commanding* commanding = std::get_if<Commanding>(&state_)) {
    const Command* command = command_at(*commanding);
    return command != nullptr ? &command->responses : nullptr;
  }
  if (const Awaiting* awaiting = std::get_if<Awaiting>(&state_))
    return &modem().listen[awaiting->at].responses;
  if (const HangingUp* ending = std::get_if<HangingUp>(&state_)) {
    if (ending->stage == Stage::Command && ending->at < modem().hang_up.size())
      return &modem().hang_up[ending->at].responses;
  }
  return nullptr;
}

/// Looks at the line so far; `over`: it has ended. True when the state has changed.
bool Dialogue::read(bool over, size_t& overshoot, Actions& out, Instant now) {
  wire::AtReader& reader = work_->reader;
  if (over && is_echo(reader.text(), work_->command)) {
    reader.next_line();
    return false;
  }
  // Most octets: of a result code that is not over, which they need not be asked about one by one.
  const bool waits = !over && !reader.has_kept() && waits_for_end(reader);
  if (waits && reader.text() != work_->command) return false;  // or it may be an echo
  const Reading reading =
      read_answer(own_responses(), modem().responses, reader, over, work_->candidates);
  switch (reading.kind) {
    case Reading::Kind::Wait:
      // A command without <cr> comes back on the line that its answer will be on.
      if (!reading.pending && !work_->command.empty() && !work_->command.ends_with('\r') &&
          reader.text() == work_->command)
        reader.skip(work_->command.size());
      return false;
    case Reading::Kind::Keep: reader.keep_line(); return false;
    case Reading::Kind::Unknown:
      if (reader.text().empty() || std::holds_alternative<HangingUp>(state_)) {
        reader.next_line();
        return false;
      }
      work_->unknown = to_visible(as_bytes(reader.text()), 80);
      if (guess(now, out)) return true;
      reader.next_line();
      note("ignored: " + work_->unknown, out);
      return false;
    case Reading::Kind::Answer: break;
  }
  overshoot = reading.overshoot;
  reader.next_line();
  return on_answer(*reading.answer, out, now);
}

/// A line that means nothing to anybody, while a call is made. A number waits for the carrier to
/// tell; behind a number a line of text is the far end's. True: connected.
bool Dialogue::guess(Instant now, Actions& out) {
  const Commanding* commanding = std::get_if<Commanding>(&state_);
  if (commanding == nullptr || !calling(*commanding)) return false;
  if (!wire::is_numeric(work_->reader.text())) {
    if (work_->guess.empty()) return false;
    note("of the far end: " + work_->unknown, out);
    return connect(Answer{.text = work_->guess}, out), true;
  }
  work_->guess = work_->unknown;
  work_->guess_at = work_->carrier_rose      ? now + kGuessWithCarrier
                    : description_->circuits ? kNever
                                             : now + kGuessWithoutCircuits;
  return false;
}

/// Behind a number that may be CONNECT: an octet that begins no result of a modem.
bool Dialogue::is_data(uint8_t octet) const {
  if (!work_ || work_->guess.empty() || !work_->reader.empty()) return false;
  const char c = static_cast<char>(octet);
  constexpr std::string_view kBetweenLines("\r\n\0\x11\x13", 5);
  if (kBetweenLines.find(c) != std::string_view::npos) return false;
  return !wire::may_become_result({&c, 1});
}

bool Dialogue::on_answer(const Answer& answer, Actions& out, Instant now) {
  if (const Commanding* commanding = std::get_if<Commanding>(&state_))
    return on_command_answer(*commanding, answer, out, now);
  if (const Awaiting* awaiting = std::get_if<Awaiting>(&state_))
    return on_waiting_answer(*awaiting, answer, out, now);
  if (HangingUp* ending = std::get_if<HangingUp>(&state_))
    return on_hang_up_answer(*ending, answer, out, now);
  return false;
}

}  // namespace redial::modem
