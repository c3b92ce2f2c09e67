// SPDX-License-Identifier: Apache-2.0
// Schedules, ledgers, ladders and supervisors as memories, and back.
#include "connection/memory.h"

#include <algorithm>

#include "connection/ladder.h"
#include "connection/supervisor.h"

namespace redial::connection {

using phonebook::Entry;

namespace {

constexpr Duration kHour = 1h;
// What a link that was up when the machine went down has to show for itself: any good call.
constexpr Duration kUpBeforeReboot = 24h;

/// Adds up, and stays what it is where that would be more than a Duration holds.
Duration later(Duration of, Duration passed) {
  return of > Duration::max() - passed ? Duration::max() : of + passed;
}

Duration less(Duration left, Duration passed) {
  return left == kUntilEdited ? left : std::max(0us, left - passed);
}

std::optional<uint16_t> number_of(const Entry& entry, const std::string& digits) {
  const auto found = std::ranges::find(entry.numbers, digits, &phonebook::Number::digits);
  if (found == entry.numbers.end()) return std::nullopt;
  return static_cast<uint16_t>(found - entry.numbers.begin());
}

}  // namespace

Instant ago(Duration duration, Instant now) {
  const Instant when = now - duration;
  return when == Instant{} ? when - 1us : when;
}

Duration since(Instant when, Instant now) {
  return when == Instant{} ? 0us : std::max(Duration(1us), now - when);
}

Duration until(Instant when, Instant now) {
  if (when == kNever) return kUntilEdited;
  return std::max(0us, when - now);
}

void age(LinkMemory& memory, Duration passed, bool rebooted) {
  memory.pause = less(memory.pause, passed);
  if (memory.call == CallStage::Up) {
    memory.up_for = later(memory.up_for, rebooted ? kUpBeforeReboot : passed);
  }
  for (Duration& death : memory.deaths) {
    if (death > 0us) death = later(death, passed);
  }
  for (NumberMemory& number : memory.numbers) {
    number.held = less(number.held, passed);
    for (Duration& failed : number.failed) failed = later(failed, passed);
    std::erase_if(number.failed, [](Duration failed) { return failed >= kHour; });
  }
  if (memory.day) memory.day->age = later(memory.day->age, passed);
}

void age(LineMemory& memory, Duration passed) {
  for (Duration& cycle : memory.power_cycles) cycle = later(cycle, passed);
  std::erase_if(memory.power_cycles, [](Duration cycle) { return cycle >= 24h; });
}

bool blank(const LinkMemory& memory) { return memory == LinkMemory{}; }
bool blank(const LineMemory& memory) { return memory.power_cycles.empty(); }

// ---- the schedule --------------------------------------------------------------------------

void Schedule::remember(LinkMemory& into, Instant now) const {
  into.failures = failures_;
  into.flap_doublings = flap_doublings_;
  into.auth_holds = auth_holds_;
  into.unreachable = unreachable_;
  for (size_t i = 0; i < deaths_.size(); ++i) {
    const Duration death = since(deaths_[i], now);
    into.deaths[i] = death <= kFlapWindow ? death : 0us;
  }
}

void Schedule::restore(const LinkMemory& memory, Instant now) {
  failures_ = memory.failures;
  flap_doublings_ = memory.flap_doublings;
  auth_holds_ = memory.auth_holds;
  unreachable_ = memory.unreachable;
  for (size_t i = 0; i < deaths_.size(); ++i) {
    deaths_[i] = memory.deaths[i] > 0us ? ago(memory.deaths[i], now) : Instant{};
  }
}

// ---- the ledger ----------------------------------------------------------------------------

void Ledger::remember(LinkMemory& into, const Entry& entry, Instant now) const {
  for (size_t i = 0; i < numbers_.size() && i < entry.numbers.size(); ++i) {
    const Record& of = numbers_[i];
    NumberMemory number{.digits = entry.numbers[i].digits,
                        .held = until(of.held_until, now),
                        .refusals = of.refusals,
                        .failed = {}};
    for (const Instant failed : of.failed) {
      if (now - failed < kHour) number.failed.push_back(std::max(Duration(0us), now - failed));
    }
    if (number.held > 0us || number.refusals > 0 || !number.failed.empty()) {
      into.numbers.push_back(std::move(number));
    }
  }
  if (!order_.empty()) into.first_number = entry.numbers[order_.front()].digits;
  const bool used = calls_ > 0 || octets_ > 0 || billed_ > 0us;
  if (!used || now >= day_end_) return;
  Duration billed = billed_;
  if (billed_since_ != kNever) billed += std::max(Duration(0us), now - billed_since_);
  into.day = DayMemory{
      .day = day_, .age = now - day_since_, .billed = billed, .calls = calls_, .octets = octets_};
}

void Ledger::restore(const LinkMemory& memory, const Entry& entry, Instant now) {
  for (const NumberMemory& number : memory.numbers) {
    const auto which = number_of(entry, number.digits);
    if (!which) continue;
    Record& of = record(entry, *which);
    of.held_until = number.held == kUntilEdited ? kNever : now + number.held;
    of.refusals = number.refusals;
    for (const Duration failed : number.failed) note_failure(entry, *which, now - failed);
  }
  if (const auto first = number_of(entry, memory.first_number)) promote(entry, *first);
  if (!memory.day) return;
  day_ = memory.day->day;
  day_since_ = now - memory.day->age;
  billed_ = memory.day->billed;
  calls_ = memory.day->calls;
  octets_ = memory.day->octets;
  day_end_ = end_of_day(now);
}

// ---- a line's ladder -----------------------------------------------------------------------

void Ladder::remember(LineMemory& into, Instant now) const {
  for (const Instant when : power_cycles_) {
    const Duration passed = since(when, now);
    if (passed > 0us && passed < 24h) into.power_cycles.push_back(passed);
  }
}

void Ladder::restore(const LineMemory& memory, Instant now) {
  power_cycles_ = {};
  const size_t kept = std::min(memory.power_cycles.size(), power_cycles_.size());
  const auto latest = memory.power_cycles.end() - static_cast<std::ptrdiff_t>(kept);
  std::transform(latest, memory.power_cycles.end(), power_cycles_.end() - kept,
                 [now](Duration passed) { return ago(passed, now); });
}

// ---- the supervisor ------------------------------------------------------------------------

LinkMemory Supervisor::memory(Instant now) const {
  LinkMemory out;
  out.wish = wish_;
  schedule_.remember(out, now);
  if (ledger_) {
    ledger_->remember(out, *entry_, now);
    out.pause = until(ledger_->held_until, now);
    if (out.pause > 0us) out.reason = ledger_->held_for;
  }
  if (const auto next = next_try(); next && *next > now) {
    out.pause = *next - now;
    out.reason = pause_reason_;
  }
  if (const auto* up = std::get_if<Established>(&state_)) {
    out.call = CallStage::Up;
    out.up_for = std::max(Duration(0us), now - up->since);
  } else if (std::holds_alternative<Calling>(state_) && dialled_) {
    out.call = CallStage::Dialled;
    if (number_index_ < entry_->numbers.size()) out.dialled = entry_->numbers[number_index_].digits;
  }
  return out;
}

/// The call that was cut off is judged as the table judges a lost carrier: it was a failed attempt,
/// or the death of a link.
Verdict Supervisor::after_cut(const LinkMemory& memory, Instant now) {
  if (memory.call == CallStage::Dialled) {
    const auto number = number_of(*entry_, memory.dialled);
    if (number && entry_->redial.attempts_per_hour) ledger().note_failure(*entry_, *number, now);
    return schedule_.on_ended(Action::Redial, std::nullopt, entry_->redial, now, rng_);
  }
  if (memory.up_for >= entry_->redial.good_call && ledger_) ledger_->forget_holds();
  return schedule_.on_ended(Action::Restore, memory.up_for, entry_->redial, now, rng_);
}

Supervisor::Actions Supervisor::restore(const LinkMemory& memory, Instant now) {
  schedule_.restore(memory, now);
  const bool remembers = !memory.numbers.empty() || !memory.first_number.empty() || memory.day;
  if (remembers) ledger().restore(memory, *entry_, now);
  wish_ = memory.wish;
  on_demand_ = wish_ == Wish::OnDemand;
  remember_ = true;  // as it is now: what is on disk may be of an earlier boot
  if (on_demand_) ledger();
  Verdict verdict{now + memory.pause, memory.reason, schedule_.attempts() + 1};
  if (memory.call != CallStage::None) {
    const Verdict cut = after_cut(memory, now);
    // Where a failure would be the end of it, a restart is a new wish all the same.
    if (cut.at) verdict = cut;
  }
  if (verdict.at > now && (on_demand_ || wish_ == Wish::Down)) {
    ledger().held_until = *verdict.at;
    ledger_->held_for = verdict.reason;
  }
  if (on_demand_) return {Armed{}};
  if (wish_ == Wish::Down) return {};
  intent_up_ = true;
  verdict = when_a_number_is_free(verdict);
  if (!verdict.at) return {Resting{Action::AwaitEdit}};
  return start(verdict, now);
}

bool Supervisor::take_remember(Instant now) {
  if (!remember_) return false;
  remember_ = false;
  if (ledger_) ledger_->remembered(now);
  return true;
}

}  // namespace redial::connection
