// SPDX-License-Identifier: Apache-2.0
#include "connection/ledger.h"

#include <algorithm>
#include <limits>

#include "connection/schedule.h"

namespace redial::connection {

using phonebook::BudgetSettings;
using phonebook::Entry;

namespace {
constexpr Duration kHour = 1h;
}

uint16_t plain_number_at(const Entry& entry, uint16_t position) {
  const uint16_t first = entry.first_number < entry.numbers.size() ? entry.first_number : 0;
  if (position == 0) return first;
  return position <= first ? static_cast<uint16_t>(position - 1) : position;
}

// ---- numbers -------------------------------------------------------------------------------

Ledger::Record& Ledger::record(const Entry& entry, uint16_t number) {
  if (numbers_.empty()) numbers_.resize(std::max<size_t>(entry.numbers.size(), 1));
  return numbers_[number];
}

void Ledger::note_failure(const Entry& entry, uint16_t number, Instant at) {
  const auto limit = entry.redial.attempts_per_hour;
  if (!limit) return;
  std::vector<Instant>& failed = record(entry, number).failed;
  if (failed.size() >= *limit) failed.erase(failed.begin());
  failed.push_back(at);
}

void Ledger::hold(const Entry& entry, uint16_t number, Instant until) {
  Record& of = record(entry, number);
  of.held_until = std::max(of.held_until, until);
}

void Ledger::refuse(const Entry& entry, uint16_t number, Instant now) {
  Record& of = record(entry, number);
  hold(entry, number,
       now + doubled(entry.hold.number, of.refusals,
                     std::max(entry.hold.number, entry.hold.number_longest)));
  if (of.refusals < std::numeric_limits<uint8_t>::max()) ++of.refusals;
}

bool Ledger::limited(const Entry& entry, uint16_t number, Instant now) const {
  if (numbers_.empty() || !entry.redial.attempts_per_hour) return false;
  const Record& of = numbers_[number];
  if (of.failed.size() < *entry.redial.attempts_per_hour) return false;
  const Instant again = of.failed.front() + kHour;
  return again > now && again > of.held_until;
}

Instant Ledger::free_at(const Entry& entry, uint16_t number, Instant now) const {
  if (numbers_.empty()) return now;
  if (limited(entry, number, now)) return numbers_[number].failed.front() + kHour;
  return std::max(now, numbers_[number].held_until);
}

void Ledger::forget_holds() {
  for (Record& of : numbers_) {
    if (of.held_until != kNever) of.held_until = {};  // a bad number is as bad as before
    of.refusals = 0;
  }
}

void Ledger::promote(const Entry& entry, uint16_t number) {
  if (order_.empty()) {
    for (uint16_t i = 0; i < entry.numbers.size(); ++i) order_.push_back(plain_number_at(entry, i));
  }
  const auto at = std::ranges::find(order_, number);
  if (at != order_.end()) std::rotate(order_.begin(), at, at + 1);
}

uint16_t Ledger::number_at(const Entry& entry, uint16_t position) const {
  return order_.empty() ? plain_number_at(entry, position) : order_[position];
}

// ---- the day -------------------------------------------------------------------------------

/// When the account opened at day_since_ gives way to another.
Instant Ledger::end_of_day(Instant now) const {
  const int64_t days_left = day_ - calendar_.day(now);
  const Instant latest = day_since_ + kDayLongest;
  if (days_left < 0) return std::min(now, latest);
  if (days_left > 1) return latest;
  return std::min(latest, calendar_.midnight_after(now) + 24h * days_left);
}

void Ledger::turn_page(Instant now) {
  if (now < day_end_) return;
  // A call over midnight is the new day's from there on, however many nights it has lasted.
  const Instant midnight = calendar_.midnight_after(now) - 24h;
  if (billed_since_ != kNever) billed_since_ = std::max(billed_since_, midnight);
  day_ = calendar_.day(now);
  day_since_ = now;
  day_end_ = end_of_day(now);
  billed_ = {};
  calls_ = 0;
  octets_ = 0;
}

void Ledger::set_calendar(const Calendar& calendar, Instant now) {
  calendar_ = calendar;
  if (day_end_ != Instant{}) day_end_ = end_of_day(now);
}

void Ledger::bill_octets(const BudgetSettings& budget, uint64_t size) {
  constexpr uint64_t kParts = 16;  // after each of them it is remembered anew
  const uint64_t part = std::max<uint64_t>(1, budget.bytes.value_or(0) / kParts);
  if ((octets_ + size) / part != octets_ / part) remember_at_ = {};
  octets_ += size;
}

void Ledger::remembered(Instant now) {
  remember_at_ = billed_since_ == kNever ? kNever : now + kRememberBillEvery;
}

void Ledger::bill_call(Instant now) {
  if (billed_since_ != kNever) return;
  turn_page(now);
  billed_since_ = now;
  ++calls_;
}

void Ledger::stop_billing(Instant now) {
  if (billed_since_ == kNever) return;
  turn_page(now);
  billed_ += now - billed_since_;
  billed_since_ = kNever;
}

Instant Ledger::bill_due(const BudgetSettings& budget) const {
  if (!budget.any() || billed_since_ == kNever) return kNever;
  if (budget.bytes && octets_ >= *budget.bytes) return billed_since_;
  if (!budget.minutes) return day_end_;
  return std::min(day_end_, billed_since_ + std::chrono::minutes(*budget.minutes) - billed_);
}

bool Ledger::spent(const BudgetSettings& budget, Instant at) const {
  if (at >= day_end_) return false;
  Duration used = billed_;
  if (billed_since_ != kNever) used += at - billed_since_;
  // The last call that may be made may go on; the last minute and octet may not.
  const bool calls = billed_since_ == kNever && budget.calls && calls_ >= *budget.calls;
  return calls || (budget.minutes && used >= std::chrono::minutes(*budget.minutes)) ||
         (budget.bytes && octets_ >= *budget.bytes);
}

}  // namespace redial::connection
