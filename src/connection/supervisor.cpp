// SPDX-License-Identifier: Apache-2.0
#include "connection/supervisor.h"

#include <algorithm>
#include <utility>

namespace redial::connection {
namespace {

// Causes that a device's return cures: its coming back need not wait for the pause's end.
bool waits_for_device(CauseCode code) {
  return code == CauseCode::DeviceMissing || code == CauseCode::DeviceVanished ||
         code == CauseCode::DeviceForbidden || code == CauseCode::DeviceBusy;
}

bool keeps_calendar(const phonebook::Entry& entry) {
  return !entry.windows.empty() || entry.budget.any();
}

}  // namespace

Supervisor::Supervisor(const phonebook::Entry& entry, Duration attempt_bound, Rng rng)
    : entry_(&entry), attempt_bound_(attempt_bound), rng_(rng) {
  if (keeps_calendar(entry)) ledger();
  limited_ = entry.idle_disconnect || entry.session_limit || keeps_calendar(entry);
}

Ledger& Supervisor::ledger() {
  if (!ledger_) ledger_ = std::make_unique<Ledger>();
  return *ledger_;
}

// ---- intent --------------------------------------------------------------------------------

Supervisor::Actions Supervisor::want_up(Instant now) {
  intent_up_ = true;
  wish_ = on_demand_ ? Wish::OnDemand : Wish::Up;
  remember_ = true;
  auto* const ending = std::get_if<Ending>(&state_);
  const bool idle =
      std::holds_alternative<AtRest>(state_) || std::holds_alternative<Pausing>(state_);
  if (!ending && !idle) return {};
  // A new wish overrides pauses and holds: the user may have changed the password.
  schedule_.reset();
  if (ledger_) ledger_->forget_failures();
  if (idle) return start({now, PauseReason::None, 1}, now);
  step_ = Step::NewTry;
  for_device_ = false;
  postpone(*ending, {now, PauseReason::None, 1});
  return {};
}

Supervisor::Actions Supervisor::arm(Instant now) {
  on_demand_ = true;
  wish_ = Wish::OnDemand;
  remember_ = true;
  ledger().wanted_at = now;
  if (std::holds_alternative<AtRest>(state_)) return {Armed{}};
  return {};
}

Supervisor::Actions Supervisor::on_demand_traffic(Instant now) {
  if (!on_demand_) return {};
  ledger().wanted_at = now;
  return ask_up(now);
}

Supervisor::Actions Supervisor::ask_up(Instant now) {
  Verdict soonest{now, PauseReason::None, schedule_.attempts() + 1};
  if (ledger_ && ledger_->held_until > now) {
    soonest.at = ledger_->held_until;
    soonest.reason = ledger_->held_for;
  }
  soonest = when_a_number_is_free(soonest);
  if (auto* ending = std::get_if<Ending>(&state_)) {
    if (ending->dial_at != kNever || !soonest.at) return {};
    intent_up_ = true;
    step_ = Step::NewTry;
    postpone(*ending, soonest);
    return {};
  }
  if (!std::holds_alternative<AtRest>(state_)) return {};
  if (!soonest.at) return {Resting{Action::AwaitEdit}};
  intent_up_ = true;
  return start(soonest, now);
}

/// Traffic that waits for the link has come within `wait_within`.
bool Supervisor::demand_lasts(Instant now) const {
  return !on_demand_ || now - ledger_->wanted_at < entry_->wait_within;
}

void Supervisor::postpone(Ending& ending, Verdict verdict) {
  verdict = when_allowed(verdict);
  ending.dial_at = *verdict.at;
  pause_reason_ = verdict.reason;
}

// Every wish is subject to the hours and budgets that the user has set.
Supervisor::Actions Supervisor::start(Verdict verdict, Instant now) {
  step_ = Step::NewTry;
  for_device_ = false;
  verdict = when_allowed(verdict);
  if (*verdict.at <= now) return place_call(now);
  state_ = Pausing{*verdict.at};
  pause_reason_ = verdict.reason;
  return {NextTry{*verdict.at, verdict.reason, verdict.attempt}};
}

/// What was wished of a service that stops is wished of the next one, and its pause is kept.
void Supervisor::keep_for_later(Instant now) {
  const auto next = next_try();
  if (!next || *next <= now) return;
  ledger().held_until = *next;
  ledger_->held_for = pause_reason_;
}

Supervisor::Actions Supervisor::want_down(CauseCode why, Instant now) {
  remember_ = true;
  if (why == CauseCode::ServiceStopping) {
    keep_for_later(now);
  } else if (!on_demand_ || why != CauseCode::IdleTimeout) {
    wish_ = Wish::Down;
  }
  if (why != CauseCode::IdleTimeout) on_demand_ = false;
  intent_up_ = false;
  Actions out;
  if (auto* ending = std::get_if<Ending>(&state_)) {
    // What was announced, a next try, is taken back.
    if (std::exchange(ending->dial_at, kNever) != kNever) {
      out.push(Resting{action_for(why, Phase::Closing)});
    }
    return out;
  }
  if (std::holds_alternative<AtRest>(state_)) return out;
  end_call({why, ""}, false, now, out);
  return out;
}

// ---- a call --------------------------------------------------------------------------------

Supervisor::Actions Supervisor::place_call(Instant now) {
  if (prerequisite_ == Prerequisite::Down) {
    state_ = AwaitingPrerequisite{now + entry_->prerequisite_within};
    return {NeedPrerequisite{}};
  }
  if (step_ == Step::NewTry) position_ = free_number(0, now).value_or(0);
  number_index_ = entry_->numbers.empty() ? uint16_t{0} : number_at(position_);
  dialled_ = false;
  state_ = Calling{now + attempt_bound_, Phase::Opening};
  const bool next_line = step_ == Step::NextLine;
  step_ = Step::NewTry;
  const uint32_t attempt = schedule_.attempts() + 1;
  return {LinkCalling{attempt}, PlaceCall{attempt, number_index_, next_line}};
}

Supervisor::Actions Supervisor::on_phase(Phase phase, Instant now) {
  Actions out;
  if (auto* calling = std::get_if<Calling>(&state_)) {
    if (phase >= Phase::Establishing && phase <= Phase::Up && entry_->budget.any()) {
      ledger().bill_call(now);
      remember_ = true;
    }
    if (phase == Phase::Dialing) {
      // Before it is known what becomes of it: a service that is killed now dialled all the same.
      dialled_ = true;
      remember_ = true;
    }
    if (phase == Phase::Up) {
      state_ = Established{now, now};
      remember_ = true;
      out.push(LinkProgress{phase});
      out.push(LinkConnected{});
      if (entry_->promote_alternates && number_index_ != number_at(0)) {
        ledger().promote(*entry_, number_index_);
        out.push(Learned{number_index_});
      }
    } else if (phase > calling->phase && phase < Phase::Up) {
      calling->phase = phase;
      out.push(LinkProgress{phase});
    }
  } else if (std::holds_alternative<Established>(state_) && phase < Phase::Up) {
    // The peer renegotiates. Still one call: if it fails now, an established link has died.
    out.push(LinkProgress{phase});
  }
  return out;
}

Supervisor::Actions Supervisor::on_cause(Cause cause, Instant now, bool spare_lines) {
  Actions out;
  // Resting, pausing or ending: the table says Keep for all but the user, who comes by want_down.
  if (std::holds_alternative<Calling>(state_) || std::holds_alternative<Established>(state_)) {
    end_call(std::move(cause), spare_lines, now, out);
  }
  return out;
}

void Supervisor::end_call(Cause cause, bool spare_lines, Instant now, Actions& out) {
  const Phase at = phase();
  std::optional<Duration> was_up;
  if (const auto* established = std::get_if<Established>(&state_))
    was_up = now - established->since;
  const Action action = action_for(cause.code, at);
  const bool in_call = !std::holds_alternative<Pausing>(state_) &&
                       !std::holds_alternative<AwaitingPrerequisite>(state_);
  last_cause_ = cause.code;
  for_device_ = waits_for_device(cause.code);
  settle(cause.code, action, was_up, now);
  Verdict verdict = judge(cause.code, action, was_up, spare_lines, now);
  if (!intent_up_) verdict.at.reset();
  pause_reason_ = verdict.reason;
  remember_ = true;
  out.push(LinkEnded{std::move(cause), at, was_up, action});
  if (verdict.at) {
    out.push(NextTry{*verdict.at, verdict.reason, verdict.attempt});
  } else {
    // Only an entry that must be edited is of no use to traffic either.
    if (action == Action::AwaitEdit) on_demand_ = false;
    if (on_demand_) {
      intent_up_ = false;
      out.push(Armed{});
    } else {
      out.push(Resting{action});
    }
  }
  const Instant dial_at = verdict.at.value_or(kNever);
  if (!in_call) return go_on(dial_at, now, out);
  state_ = Ending{now + kReleaseBound, dial_at};
  out.push(TearDown{});
}

// The line is free: dial at once, pause, or rest.
void Supervisor::go_on(Instant dial_at, Instant now, Actions& out) {
  if (dial_at == kNever) {
    state_ = AtRest{};
  } else if (dial_at <= now) {
    out.append(place_call(now));
  } else {
    state_ = Pausing{dial_at};
  }
}

Supervisor::Actions Supervisor::on_released(Instant now) {
  Actions out;
  if (const auto* ending = std::get_if<Ending>(&state_)) go_on(ending->dial_at, now, out);
  return out;
}

void Supervisor::on_traffic(uint64_t octets, Instant now) {
  auto* established = std::get_if<Established>(&state_);
  if (!established) return;
  established->last_traffic = now;
  if (entry_->budget.bytes) ledger().bill_octets(entry_->budget, octets);
  if (on_demand_) ledger_->wanted_at = now;
}

Supervisor::Actions Supervisor::on_line_wake(Instant now) {
  if (!std::holds_alternative<Pausing>(state_) || !for_device_) return {};
  const Verdict verdict =
      when_allowed(when_a_number_is_free({now, PauseReason::None, schedule_.attempts()}));
  return verdict.at && *verdict.at <= now ? place_call(now) : Actions{};
}

Supervisor::Actions Supervisor::on_prerequisite(bool up, Instant now) {
  if (prerequisite_ == Prerequisite::None) return {};
  prerequisite_ = up ? Prerequisite::Up : Prerequisite::Down;
  const bool awaiting = std::holds_alternative<AwaitingPrerequisite>(state_);
  if (up) return awaiting ? place_call(now) : Actions{};
  Actions out;
  if (awaiting || std::holds_alternative<Calling>(state_) ||
      std::holds_alternative<Established>(state_)) {
    end_call({CauseCode::PrerequisiteDown, entry_->prerequisite}, false, now, out);
  }
  return out;
}

void Supervisor::extend(Duration by) {
  if (auto* calling = std::get_if<Calling>(&state_)) calling->give_up_at += by;
}

void Supervisor::set_calendar(const Calendar& calendar) {
  if (keeps_calendar(*entry_)) ledger().set_calendar(calendar, calendar.at);
}

Supervisor::Actions Supervisor::on_calendar(const Calendar& calendar, Instant now) {
  if (!keeps_calendar(*entry_)) return {};
  ledger().set_calendar(calendar, now);
  Instant* dial_at = nullptr;
  if (auto* pausing = std::get_if<Pausing>(&state_)) dial_at = &pausing->dial_at;
  if (auto* ending = std::get_if<Ending>(&state_)) dial_at = &ending->dial_at;
  if (!dial_at || *dial_at == kNever || ledger_->wish_at == kNever) return {};
  const Verdict verdict =
      when_allowed({std::max(now, ledger_->wish_at), ledger_->wish_for, schedule_.attempts() + 1});
  if (*verdict.at == *dial_at) return {};
  *dial_at = *verdict.at;
  pause_reason_ = verdict.reason;
  return {NextTry{*verdict.at, verdict.reason, verdict.attempt}};
}

// ---- time ----------------------------------------------------------------------------------

Supervisor::Actions Supervisor::on_deadline(Instant now) {
  Actions out;
  if (now < due()) return out;
  match(
      state_, [](AtRest&) {}, [&](Established&) { end_established(now, out); },
      [&](Pausing&) {
        if (demand_lasts(now)) {
          out = place_call(now);
        } else {  // nobody waits for it any more, and the pause has been kept
          intent_up_ = false;
          state_ = AtRest{};
          out.push(Armed{});
        }
      },
      [&](AwaitingPrerequisite&) {
        end_call({CauseCode::PrerequisiteDown, entry_->prerequisite + " is not up after " +
                                                   to_text(entry_->prerequisite_within)},
                 false, now, out);
      },
      [&](Calling& calling) {
        end_call({calling.phase < Phase::Establishing ? CauseCode::ModemSilent
                                                      : CauseCode::PppNotConverging,
                  "the attempt took longer than " + to_text(attempt_bound_)},
                 false, now, out);
      },
      [&](Ending& ending) {
        const Instant dial_at = ending.dial_at;
        out.push(ForceRelease{});
        go_on(dial_at, now, out);
      });
  return out;
}

/// Hours and limits of the entry, whichever ends the link first. Its liveness deadline is its
/// session's (ppp::Keepalive).
Instant Supervisor::established_due() const {
  const auto& up = std::get<Established>(state_);
  Instant due = kNever;
  if (idle_counts()) due = up.last_traffic + *entry_->idle_disconnect;
  if (entry_->session_limit) due = std::min(due, up.since + *entry_->session_limit);
  if (!ledger_ || !keeps_calendar(*entry_)) return due;
  if (entry_->window_hangs_up) {
    // Up outside of them (a clock was set, a call took long): at once.
    const Calendar& calendar = ledger_->calendar();
    due = std::min(due, inside(entry_->windows, calendar, up.since)
                            ? closes_at(entry_->windows, calendar, up.since)
                            : up.since);
  }
  return std::min({due, ledger_->bill_due(entry_->budget), ledger_->remember_at()});
}

// Deliberate ends, never failures (phonebook.md 4.2).
void Supervisor::end_established(Instant now, Actions& out) {
  const auto& up = std::get<Established>(state_);
  if (ledger_) ledger_->turn_page(now);
  if (ledger_ && ledger_->remember_at() <= now) {
    remember_ = true;
    ledger_->remembered(now);
  }
  if (ledger_ && ledger_->spent(entry_->budget, now)) {
    return end_call({CauseCode::BudgetSpent, ""}, false, now, out);
  }
  if (ledger_ && entry_->window_hangs_up && !inside(entry_->windows, ledger_->calendar(), now)) {
    return end_call({CauseCode::OutsideWindow, ""}, false, now, out);
  }
  if (entry_->session_limit && now - up.since >= *entry_->session_limit) {
    return end_call({CauseCode::SessionLimit, to_text(*entry_->session_limit)}, false, now, out);
  }
  if (idle_counts() && now - up.last_traffic >= *entry_->idle_disconnect) {
    out = want_down(CauseCode::IdleTimeout, now);
  }
}

Instant Supervisor::state_due() const {
  return match(
      state_, [](const AtRest&) { return kNever; },
      [this](const Established&) { return established_due(); },
      [](const Pausing& pausing) { return pausing.dial_at; },
      [](const AwaitingPrerequisite& awaiting) { return awaiting.give_up_at; },
      [](const Calling& calling) { return calling.give_up_at; },
      [](const Ending& ending) { return ending.force_at; });
}

Phase Supervisor::phase() const {
  return match(
      state_, [](const AtRest&) { return Phase::Waiting; },
      [](const Established&) { return Phase::Up; }, [](const Pausing&) { return Phase::Waiting; },
      [](const AwaitingPrerequisite&) { return Phase::Opening; },
      [](const Calling& calling) { return calling.phase; },
      [](const Ending&) { return Phase::Closing; });
}

std::optional<Instant> Supervisor::next_try() const {
  if (const auto* pausing = std::get_if<Pausing>(&state_)) return pausing->dial_at;
  const auto* ending = std::get_if<Ending>(&state_);
  if (ending && ending->dial_at != kNever) return ending->dial_at;
  return std::nullopt;
}

}  // namespace redial::connection
