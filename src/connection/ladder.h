// SPDX-License-Identifier: Apache-2.0
// The recovery ladder of one line: how the next call on it is prepared after its modem or device
// has failed (failures.md F6). It decides how, never whether or when: that is the policy table's.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/cause.h"
#include "core/time.h"

namespace redial::connection {

enum class Rung : uint8_t {
  Redial,        // as always: drain, initialise
  Reinitialise,  // out of any state first: DTR, <cr>, escape, ATH
  Reset,         // and then ATZ and AT&F
  Reopen,        // the same after the port was closed for a while
  PowerCycle,    // the line's command, then as Redial
};
constexpr size_t kRungs = 5;

/// What a rung does and costs; a budget of 0 is none.
struct RungRule {
  Rung rung;
  Duration port_closed;   // before it is opened again
  Duration cool_down;     // until the rung may be climbed again
  uint8_t hourly, daily;  // at most so often
  std::string_view text;
};
/// In the order in which they are climbed.
std::span<const RungRule, kRungs> ladder();
const RungRule& rule_of(Rung rung);
std::string_view name(Rung rung);  // "PowerCycle"

/// What a line's ladder has, and how far a failure makes it climb.
struct LadderTraits {
  bool modem = true;         // AT commands reach it
  bool power_cycle = false;  // the line names a command
  bool operator==(const LadderTraits&) const = default;
};
bool has(LadderTraits traits, Rung rung);

/// The highest rung that this end of a call justifies; nullopt: the device is not to blame. A modem
/// that answers, though wrongly, is not switched off.
std::optional<Rung> climbs_to(CauseCode cause, Phase phase);

struct LineMemory;

/// One per line that ever failed so. An episode begins with the first failure and ends with a good
/// call; it is remembered across the calls between. Each further failure climbs one rung, none is
/// left out; at the top, and where a rung's budget is spent, the highest that may be climbed.
class Ladder {
 public:
  explicit Ladder(LadderTraits traits) : traits_(traits) {}

  /// Every end of a call on this line, judged by climbs_to().
  void on_ended(std::optional<Rung> highest, Instant now);
  void on_good_call() { episode_ = {}; }

  /// How the next call is prepared; takes the rung's budget.
  Rung next(Instant now);
  /// The budget outlives the process; an episode does not.
  void remember(LineMemory& into, Instant now) const;
  void restore(const LineMemory& memory, Instant now);

  struct Episode {
    Instant since{};        // the first failure
    uint16_t failures = 0;  // 0: no episode
    bool to_blame = false;  // the latest call ended by the device's fault
    Rung highest = Rung::PowerCycle;
    Rung climbed = Rung::Redial;
    bool operator==(const Episode&) const = default;
  };
  const Episode& episode() const { return episode_; }

 private:
  static constexpr size_t kDailyMax = 8;
  bool may(const RungRule& rule, Instant now) const;

  LadderTraits traits_;
  Episode episode_;
  std::array<Instant, kDailyMax> power_cycles_{};  // the latest, oldest first; epoch: none
};

}  // namespace redial::connection
