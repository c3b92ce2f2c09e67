// SPDX-License-Identifier: Apache-2.0
// What a supervisor does after an ending: which number, which line, and when. The policy table has
// said what, the schedule how long a pause is; holds, hours and budgets can only make it longer.
#include <algorithm>

#include "connection/supervisor.h"

namespace redial::connection {
namespace {

using phonebook::HoldSettings;

/// How long this cause keeps the number from being dialled.
std::optional<Duration> number_hold(const HoldSettings& hold, CauseCode code) {
  if (code == CauseCode::Busy) return hold.busy;
  if (code == CauseCode::NoAnswer) return hold.no_answer;
  if (code == CauseCode::NoCarrier) return hold.no_carrier;
  if (code == CauseCode::VoiceAnswer) return hold.voice;
  return std::nullopt;
}

/// How long it keeps the link from being dialled.
std::optional<Duration> link_hold(const HoldSettings& hold, CauseCode code) {
  if (code == CauseCode::NoDialTone) return hold.no_dial_tone;
  if (luck_of(code, Phase::Dialing) == Luck::OtherNumber) return std::nullopt;  // its number's
  switch (origin(code)) {
    case Origin::Device: return hold.device;
    case Origin::Network: return hold.network;
    case Origin::Peer: return hold.peer;
    case Origin::User:
    case Origin::Policy:
    case Origin::Local: break;
  }
  return std::nullopt;
}

}  // namespace

uint16_t Supervisor::number_at(uint16_t position) const {
  return ledger_ ? ledger_->number_at(*entry_, position) : plain_number_at(*entry_, position);
}

/// Without TryNextAlternateOnFail only the first is ever dialled.
uint16_t Supervisor::walk_length() const {
  return static_cast<uint16_t>(
      std::min<size_t>(entry_->numbers.size(), entry_->try_next_alternate ? UINT16_MAX : 1));
}

/// The first position from `from` on whose number may be dialled at that time.
std::optional<uint16_t> Supervisor::free_number(uint16_t from, Instant at) const {
  for (uint16_t position = from; position < walk_length(); ++position) {
    if (!ledger_ || ledger_->free_at(*entry_, number_at(position), at) <= at) return position;
  }
  return std::nullopt;
}

// What the ending says of the number that was dialled, and of the day's budget.
void Supervisor::settle(CauseCode code, Action action, std::optional<Duration> was_up,
                        Instant now) {
  if (ledger_) {
    ledger_->stop_billing(now);
    if (was_up && *was_up >= entry_->redial.good_call) ledger_->forget_holds();
  }
  if (!dialled_ || was_up || entry_->numbers.empty()) return;
  if (action == Action::Stop || action == Action::Keep) return;
  if (entry_->redial.attempts_per_hour) ledger().note_failure(*entry_, number_index_, now);
  if (action == Action::HoldNumber) ledger().refuse(*entry_, number_index_, now);
  if (code == CauseCode::BadNumber) ledger().hold(*entry_, number_index_, kNever);
  if (const auto hold = number_hold(entry_->hold, code)) {
    ledger().hold(*entry_, number_index_, now + *hold);
  }
}

Verdict Supervisor::judge(CauseCode code, Action action, std::optional<Duration> was_up,
                          bool spare_lines, Instant now) {
  const Phase at = phase();
  const Luck luck = intent_up_ && !was_up ? luck_of(code, at) : Luck::Nothing;
  // By another line it is the same number that rings: not where that one is used up for now.
  if (luck == Luck::OtherLine && spare_lines &&
      (!ledger_ || entry_->numbers.empty() ||
       ledger_->free_at(*entry_, number_index_, now) <= now)) {
    step_ = Step::NextLine;
    return {now, PauseReason::NextLine, schedule_.attempts() + 1};
  }
  if (luck == Luck::OtherNumber) {
    const Instant next_at = now + Schedule::kNextNumberPause;
    const auto next = free_number(static_cast<uint16_t>(position_ + 1), next_at);
    if (next) {
      position_ = *next;
      step_ = Step::NextNumber;
      return when_allowed({next_at, PauseReason::NextNumber, schedule_.attempts() + 1});
    }
  }
  step_ = Step::NewTry;
  if (action == Action::Renew && !entry_->session_redial) return {};
  // A bad number is only the end of it all when no other is left.
  const bool of_number = luck == Luck::OtherNumber && code == CauseCode::BadNumber;
  Verdict verdict =
      schedule_.on_ended(of_number ? Action::Redial : action, was_up, entry_->redial, now, rng_);
  if (!verdict.at) return verdict;
  // The death of a good link is not held against it.
  const auto hold = action == Action::Redial ? link_hold(entry_->hold, code) : std::nullopt;
  if (hold && now + *hold > *verdict.at) {
    verdict.at = now + *hold;
    verdict.reason = PauseReason::CauseHold;
  }
  verdict = when_a_number_is_free(verdict);
  return verdict.at ? when_allowed(verdict) : verdict;
}

Verdict Supervisor::when_a_number_is_free(Verdict verdict) const {
  if (!ledger_ || entry_->numbers.empty() || free_number(0, *verdict.at)) return verdict;
  uint16_t soonest = 0;
  Instant free = kNever;
  for (uint16_t position = 0; position < walk_length(); ++position) {
    const uint16_t number = number_at(position);
    const Instant at = ledger_->free_at(*entry_, number, *verdict.at);
    if (at < free) {
      free = at;
      soonest = number;
    }
  }
  if (free == kNever) return {};
  const bool limited = ledger_->limited(*entry_, soonest, *verdict.at);
  return {free, limited ? PauseReason::HourLimit : PauseReason::NumberHold, verdict.attempt};
}

/// Not before a window is open and the day's budget has something left.
Verdict Supervisor::when_allowed(Verdict verdict) {
  if (!ledger_) return verdict;
  ledger_->wish_at = *verdict.at;
  ledger_->wish_for = verdict.reason;
  const Calendar& calendar = ledger_->calendar();
  if (ledger_->spent(entry_->budget, *verdict.at)) {
    verdict.at = ledger_->day_end();
    verdict.reason = PauseReason::Budget;
  }
  const Instant open = opens_at(entry_->windows, calendar, *verdict.at);
  if (open > *verdict.at) {
    verdict.at = open;
    verdict.reason = PauseReason::Hours;
  }
  return verdict;
}

}  // namespace redial::connection
