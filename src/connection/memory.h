// SPDX-License-Identifier: Apache-2.0
// What of a link and of a line outlives the process: pure data, taken from a machine at one moment
// and put into another one later. All times are durations, "so long still" and "so long ago", and
// only time that has certainly passed is taken off them: no clock that is set, and no night with
// the machine off, ends a hold too soon or makes it longer than it was.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connection/schedule.h"
#include "core/time.h"

namespace redial::connection {

/// What the user wants of a link, whatever it is doing now.
enum class Wish : uint8_t {
  Down,      // never dialled, or hung up; also of an entry that only others need
  Up,        // to be held up
  OnDemand,  // dialled by traffic
};

/// How far the call under way had got; whoever restores the link finds it cut off.
enum class CallStage : uint8_t {
  None,     // no call, or its number has not gone out
  Dialled,  // a failed attempt, unless it comes up
  Up,
};

/// One of the entry's numbers, known by its digits: an entry that was edited is not held for a
/// number that it has no more.
struct NumberMemory {
  std::string digits;
  Duration held{};               // so long still; kUntilEdited
  uint8_t refusals = 0;          // by modem or network: how often the hold was doubled
  std::vector<Duration> failed;  // so long ago, the oldest first; those of an hour count
  bool operator==(const NumberMemory&) const = default;
};
constexpr Duration kUntilEdited = Duration::max();

/// The day's account.
struct DayMemory {
  int64_t day = 0;    // the local day it belongs to, since 1970-01-01
  Duration age{};     // since it was opened
  Duration billed{};  // of calls, the one under way included
  uint32_t calls = 0;
  uint64_t octets = 0;
  bool operator==(const DayMemory&) const = default;
};

struct LinkMemory {
  Wish wish = Wish::Down;
  CallStage call = CallStage::None;
  Duration up_for{};    // CallStage::Up: how long the link has been up
  std::string dialled;  // CallStage::Dialled: the digits
  std::string line;  // on which a call was cut off, and whose modem may still have it; empty: none
  // The schedule's counters.
  uint16_t failures = 0;
  uint8_t flap_doublings = 0, auth_holds = 0, unreachable = 0;
  std::array<Duration, Schedule::kFlapDeaths> deaths{};  // so long ago, oldest first; 0: none
  // Not to be dialled for so long still, and why.
  Duration pause{};
  PauseReason reason = PauseReason::None;
  std::string first_number;           // PromoteAlternates: the one that connected last; empty: none
  std::string good_line;              // LineOrder: the line that was up last; empty: none
  std::vector<NumberMemory> numbers;  // of which anything is known
  std::optional<DayMemory> day;
  bool operator==(const LinkMemory&) const = default;
};

/// A line's budget of power cycles.
struct LineMemory {
  std::vector<Duration> power_cycles;  // so long ago, the oldest first
  bool operator==(const LineMemory&) const = default;
};

/// `passed`: what has certainly passed since. `rebooted`: the machine went down meanwhile, so that
/// a link that was up has not died of its own.
void age(LinkMemory& memory, Duration passed, bool rebooted);
void age(LineMemory& memory, Duration passed);
/// Nothing in it differs from a link or line never heard of.
bool blank(const LinkMemory& memory);
bool blank(const LineMemory& memory);

/// An instant that was so long before `now`; never the epoch, which stands for none.
Instant ago(Duration duration, Instant now);
/// How long that is ago; 0: none. How long it is still; 0: over.
Duration since(Instant when, Instant now);
Duration until(Instant when, Instant now);

}  // namespace redial::connection
