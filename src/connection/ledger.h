// SPDX-License-Identifier: Apache-2.0
// What is remembered of one link beyond its back-off: failed attempts and holds of each number, the
// order they are dialled in, what the day has cost, when traffic last wanted the link. Most links
// have none; it exists once there is something to remember.
#pragma once

#include <cstdint>
#include <vector>

#include "connection/calendar.h"
#include "connection/schedule.h"
#include "phonebook/entry.h"

namespace redial::connection {

struct LinkMemory;

class Ledger {
 public:
  // ---- numbers, by their index in the entry ----

  /// Dialled at `at`, and nothing came of it. The latest attempts_per_hour of them are kept.
  void note_failure(const phonebook::Entry& entry, uint16_t number, Instant at);
  /// Not to be dialled before `until`; an earlier hold that lasts longer stands.
  void hold(const phonebook::Entry& entry, uint16_t number, Instant until);
  /// The modem or the network refuses it: held for hold.number, doubling each time.
  void refuse(const phonebook::Entry& entry, uint16_t number, Instant now);
  /// When it may be dialled: no hold lasts, and fewer than attempts_per_hour failed in the hour
  /// before. kNever: not until the entry is edited.
  Instant free_at(const phonebook::Entry& entry, uint16_t number, Instant now) const;
  /// Whether the hour's limit keeps it longer than its hold.
  bool limited(const phonebook::Entry& entry, uint16_t number, Instant now) const;
  /// A good call: holds, and how often a number was refused, begin anew; an hour's failures do not.
  void forget_holds();
  /// A command: nothing that failed counts.
  void forget_failures() {
    numbers_.clear();
    held_until = {};
  }

  /// It connected, and from now on is the first to be dialled.
  void promote(const phonebook::Entry& entry, uint16_t number);
  /// The number at a position of the walk.
  uint16_t number_at(const phonebook::Entry& entry, uint16_t position) const;

  // ---- the day ----

  void bill_call(Instant now);  // a carrier: from here on it costs
  void bill_octets(const phonebook::BudgetSettings& budget, uint64_t size);
  void stop_billing(Instant now);  // the call is over
  /// When the day's budget ends the call now billed, or the day ends, if that comes first.
  Instant bill_due(const phonebook::BudgetSettings& budget) const;
  /// Whether nothing is left of it at `at`, today or later.
  bool spent(const phonebook::BudgetSettings& budget, Instant at) const;
  /// At the day's end: a later local day has begun, or so many hours have passed that it must
  /// have. A clock that is set back shows a day again, and its account goes on.
  void turn_page(Instant now);
  Instant day_end() const { return day_end_; }
  /// As the host gives it, again and again: the clock may have been set.
  void set_calendar(const Calendar& calendar, Instant now);
  const Calendar& calendar() const { return calendar_; }

  // ---- what outlives the process (connection/memory.h) ----

  void remember(LinkMemory& into, const phonebook::Entry& entry, Instant now) const;
  void restore(const LinkMemory& memory, const phonebook::Entry& entry, Instant now);
  void remembered(Instant now);
  /// When it should be remembered next, though nothing but the bill of a call has changed.
  Instant remember_at() const { return remember_at_; }

  static constexpr Duration kRememberBillEvery = 10min;
  static constexpr Duration kDayLongest = 25h;  // when summer ends

  Instant held_until{};  // the link itself, whoever asks: what was left of its pause at a restart
  PauseReason held_for{};
  Instant wanted_at{};       // traffic last wanted the link up
  Instant wish_at = kNever;  // the pause under way, before hours and budget made it longer, ...
  PauseReason wish_for{};    // ... and why it was so long

 private:
  struct Record {
    std::vector<Instant> failed;  // oldest first
    Instant held_until{};
    uint8_t refusals = 0;
  };
  Record& record(const phonebook::Entry& entry, uint16_t number);
  Instant end_of_day(Instant now) const;

  std::vector<Record> numbers_;  // empty: nothing is known of any
  std::vector<uint16_t> order_;  // empty: as in the entry
  Calendar calendar_;
  Instant day_end_{};    // epoch: no account was ever opened
  Instant day_since_{};  // when the account was opened, and ...
  int64_t day_ = 0;      // ... the local day of it
  Instant remember_at_ = kNever;
  Instant billed_since_ = kNever;  // kNever: no call is being billed
  Duration billed_{};              // of the day, up to billed_since_
  uint32_t calls_ = 0;
  uint64_t octets_ = 0;
};

/// The number at a position of the walk while nothing was learned: first_number, then the rest.
uint16_t plain_number_at(const phonebook::Entry& entry, uint16_t position);

}  // namespace redial::connection
