// SPDX-License-Identifier: Apache-2.0
// Instants and durations of the core: a chrono clock that nobody can read. The shell maps
// CLOCK_BOOTTIME to it, the simulator its own time; machines are told `now`.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace redial {

struct CoreClock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<CoreClock>;
  static constexpr bool is_steady = true;
};

using Duration = CoreClock::duration;
using Instant = CoreClock::time_point;

using namespace std::chrono_literals;

/// No deadline, inside a machine: half the room of an optional, and cheap to compare.
constexpr Instant kNever = Instant::max();
constexpr std::optional<Instant> unless_never(Instant at) {
  return at == kNever ? std::nullopt : std::optional(at);
}

/// Calendar time, for logs and tariff hours only; cannot be mixed with Instant. Microseconds since
/// 1970-01-01 UTC.
struct WallTime {
  int64_t us_since_1970 = 0;
  auto operator<=>(const WallTime&) const = default;
};

/// "350 ms", "4.2 s", "15 min", "2 h 30 min": how durations are shown to people.
std::string to_text(Duration duration);

/// Seconds with three digits, "12.345": how instants are shown in transcripts.
std::string to_seconds(Duration duration);

}  // namespace redial
