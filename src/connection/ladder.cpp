// SPDX-License-Identifier: Apache-2.0
#include "connection/ladder.h"

#include <algorithm>

namespace redial::connection {
namespace {

// clang-format off
constexpr std::array<RungRule, kRungs> kLadder = {{
//  rung                closed  cool-down  an hour, a day
  {Rung::Redial,        0s,     0s,        0, 0, "redial"},
  {Rung::Reinitialise,  0s,     0s,        0, 0, "take it out of any state (DTR, +++, ATH), initialise"},
  {Rung::Reset,         0s,     0s,        0, 0, "reset it (DTR, ATZ, AT&F), initialise"},
  {Rung::Reopen,        5s,     0s,        0, 0, "keep the port closed for 5 s, then reset it"},
  // A power cycle costs a minute and wears relays; one that did not help once will hardly help soon.
  {Rung::PowerCycle,    0s,     10min,     3, 8, "power-cycle it (at most every 10 min, 3 an hour, 8 a day)"},
}};
// clang-format on

constexpr bool in_order() {
  for (size_t i = 0; i < kRungs; ++i) {
    if (static_cast<size_t>(kLadder[i].rung) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one rule per rung, in the order of Rung");

Rung at(size_t index) { return static_cast<Rung>(index); }
size_t index_of(Rung rung) { return static_cast<size_t>(rung); }

}  // namespace

std::span<const RungRule, kRungs> ladder() { return kLadder; }
const RungRule& rule_of(Rung rung) { return kLadder[index_of(rung)]; }

std::string_view name(Rung rung) {
  constexpr std::array<std::string_view, kRungs> kNames = {"Redial", "Reinitialise", "Reset",
                                                           "Reopen", "PowerCycle"};
  return kNames[index_of(rung)];
}

bool has(LadderTraits traits, Rung rung) {
  switch (rung) {
    case Rung::Redial:
    case Rung::Reopen: return true;
    case Rung::Reinitialise:
    case Rung::Reset: return traits.modem;
    case Rung::PowerCycle: return traits.power_cycle;
  }
  return false;
}

std::optional<Rung> climbs_to(CauseCode cause, Phase phase) {
  // An established link that dies is redialled first; only what fails then is the device's fault.
  if (phase == Phase::Up || phase == Phase::Waiting || phase == Phase::Closing) return std::nullopt;
  if (cause == CauseCode::ModemError || cause == CauseCode::ModemNotUnderstood) return Rung::Reopen;
  const bool gone = cause == CauseCode::DeviceMissing || cause == CauseCode::DeviceVanished ||
                    cause == CauseCode::DeviceNotALine;
  if (gone || cause == CauseCode::ModemSilent) return Rung::PowerCycle;
  return std::nullopt;
}

void Ladder::on_ended(std::optional<Rung> highest, Instant now) {
  episode_.to_blame = highest.has_value();
  if (!highest) return;
  if (episode_.failures == 0) episode_.since = now;
  if (episode_.failures < UINT16_MAX) ++episode_.failures;
  episode_.highest = *highest;
}

bool Ladder::may(const RungRule& rule, Instant now) const {
  if (rule.daily == 0) return true;
  const auto within = [&](Duration window) {
    return std::ranges::count_if(
        power_cycles_, [&](Instant when) { return when != Instant{} && now - when < window; });
  };
  return within(rule.cool_down) == 0 && within(1h) < rule.hourly && within(24h) < rule.daily;
}

Rung Ladder::next(Instant now) {
  if (!episode_.to_blame) return Rung::Redial;
  // One rung above the last one, or the highest there is; from there down to one that may be.
  size_t wanted = episode_.failures == 1 ? 0 : index_of(episode_.climbed) + 1;
  while (wanted < kRungs && !has(traits_, at(wanted))) ++wanted;
  wanted = std::min({wanted, index_of(episode_.highest), kRungs - 1});
  while (wanted > 0 && !(has(traits_, at(wanted)) && may(rule_of(at(wanted)), now))) --wanted;
  const Rung rung = at(wanted);
  // A spent power cycle leaves the ladder at its top: there it goes on as soon as it may.
  episode_.climbed = std::max(episode_.climbed, rung);
  episode_.to_blame = false;  // it takes another failure to climb further
  if (rung == Rung::PowerCycle) {
    std::rotate(power_cycles_.begin(), power_cycles_.begin() + 1, power_cycles_.end());
    power_cycles_.back() = now;
  }
  return rung;
}

}  // namespace redial::connection
