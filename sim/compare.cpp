// SPDX-License-Identifier: Apache-2.0
#include "sim/compare.h"

#include <algorithm>

#include "sim/run.h"

namespace redial::sim {
namespace {

struct Case {
  FaultKind kind;
  std::string_view name;
  std::optional<Duration> lasts;  // instead of what was drawn
};

// clang-format off
constexpr Case kCases[] = {
    {FaultKind::CarrierLost,     "carrier lost",                  {}},
    {FaultKind::LostInWords,     "NO CARRIER in words only", {}},
    {FaultKind::PeerTerminates,  "peer terminates",               {}},
    {FaultKind::PeerKilled,      "peer killed, carrier stays",    {}},
    {FaultKind::HalfOpenTowards, "half-open: nothing arrives",    {}},
    {FaultKind::WedgedReset,     "modem wedged until reset",      {}},
    {FaultKind::WedgedPower,     "wedged until power cycle",     {}},
    {FaultKind::Vanishes,        "device gone and back",          {}},
    {FaultKind::MassOutage,      "mass outage",                   {}},
    {FaultKind::Busy,            "lost, then busy for 30 min",    30min},
    {FaultKind::NoAnswer,        "lost, then no answer",          {}},
    {FaultKind::WrongPassword,   "lost, password refused",        {}},
};
// clang-format on

/// Attempts meet it, a link that is up does not.
bool only_hinders(FaultKind kind) {
  return kind == FaultKind::Busy || kind == FaultKind::NoAnswer || kind == FaultKind::WrongPassword;
}

/// Measures from each strike to the end of the link, and to the next time it is up.
class Stopwatch final : public Witness, public FaultWitness {
 public:
  void on_fault(const Fault& fault, FaultSet) override {
    if (only_hinders(fault.kind)) return;
    struck_.push_back({.at = fault.at});
    up_since_.push_back(up_at_);
  }
  void on_fault_over(const Fault&) override {}

  void on_event(End end, uint32_t, const engine::EventBody& body, Instant now) override {
    if (end == End::Server) return;
    match(
        body, [&](const connection::LinkCalling&) { called_at_ = now; },
        [&](const connection::LinkConnected&) { on_connected(now); },
        [&](const connection::LinkEnded& ended) { on_ended(ended.was_up.has_value(), now); },
        [](const auto&) {});
  }

  std::vector<std::optional<Duration>> noticed() const { return since_strike(&Strike::noticed_at); }
  std::vector<std::optional<Duration>> restored() const {
    return since_strike(&Strike::restored_at);
  }
  /// When the link that the strike hit had come up.
  Instant up_since(size_t strike) const { return up_since_[strike]; }
  Duration successful_call() const { return spread_of(set_up_).median.value_or(0s); }
  Duration failed_call() const { return spread_of(failed_).median.value_or(0s); }

 private:
  struct Strike {
    Instant at;
    std::optional<Instant> noticed_at, restored_at;
  };

  void on_connected(Instant now) {
    up_at_ = now;
    set_up_.emplace_back(now - called_at_);
    if (struck_.empty()) return;
    Strike& last = struck_.back();
    if (last.noticed_at && !last.restored_at) last.restored_at = now;
  }

  void on_ended(bool was_up, Instant now) {
    if (!was_up) {
      failed_.emplace_back(now - called_at_);
    } else if (!struck_.empty() && !struck_.back().noticed_at) {
      struck_.back().noticed_at = now;
    }
  }

  std::vector<std::optional<Duration>> since_strike(std::optional<Instant> Strike::*when) const {
    std::vector<std::optional<Duration>> samples;
    for (const Strike& each : struck_) {
      const auto& at = each.*when;
      samples.push_back(at ? std::optional(*at - each.at) : std::nullopt);
    }
    return samples;
  }

  Instant called_at_{}, up_at_{};
  std::vector<Strike> struck_;
  std::vector<Instant> up_since_;
  std::vector<std::optional<Duration>> set_up_, failed_;
};

struct Measured {
  Stopwatch watch;
  std::vector<Fault> schedule;
};

/// Ourselves under one kind of fault.
Measured measure(const Case& of, const Profile& profile, Comparison& into) {
  Measured measured;
  measured.schedule = spaced(of.kind, into.strikes, into.seed);
  ShardPlan plan{.seed = into.seed, .links = 1, .lasts = kStrikesApart * (into.strikes + 1)};
  for (Fault& fault : measured.schedule) {
    if (of.lasts) fault.lasts = *of.lasts;
    if (of.kind == FaultKind::Vanishes) fault.dice = 0;  // missing, not merely held by another
    plan.schedule.push_back(fault);
    if (!only_hinders(of.kind)) continue;
    plan.schedule.push_back({.at = fault.at, .kind = FaultKind::CarrierLost});
  }
  const ShardReport report = run_shard(plan, profile, &measured.watch, &measured.watch);
  into.violations += report.violations.size() + report.stuck;
  return measured;
}

Times times_of_rival(RivalKind kind, const Measured& measured, const Costs& costs) {
  std::vector<std::optional<Duration>> noticed, restored;
  for (size_t i = 0; i < measured.schedule.size(); ++i) {
    const auto trouble = trouble_of(measured.schedule[i], measured.watch.up_since(i));
    REDIAL_ASSERT(trouble.has_value());
    const auto rival = make_rival(kind);  // started anew for each: as if somebody had
    const Outcome outcome = meet(*rival, *trouble, costs, kHorizon);
    noticed.push_back(outcome.noticed);
    restored.push_back(outcome.restored);
  }
  return {spread_of(std::move(noticed)), spread_of(std::move(restored))};
}

}  // namespace

Spread spread_of(std::vector<std::optional<Duration>> samples) {
  if (samples.empty()) return {0s, 0s};
  std::ranges::sort(samples, [](const auto& left, const auto& right) {
    return left && (!right || *left < *right);
  });
  return {samples[samples.size() / 2], samples.back()};
}

std::string_view dialler_name(size_t dialler) {
  return dialler == 0 ? "Redial" : name_of(static_cast<RivalKind>(dialler - 1));
}

std::vector<Fault> spaced(FaultKind kind, uint32_t strikes, uint64_t seed) {
  constexpr uint32_t kOne = 1;
  const Weather weather{.kinds = bit(kind), .every = kStrikesApart, .swarm = false, .aimed_ppm = 0};
  // Gaps are drawn up to twice the mean: twice as long is more than enough.
  std::vector<Fault> schedule = make_schedule(
      weather, Profile{}, kOne, Instant{}, Instant(kStrikesApart * (2 * strikes + 20)), Rng(seed));
  REDIAL_ASSERT(schedule.size() >= strikes);
  schedule.resize(strikes);
  for (size_t i = 0; i < schedule.size(); ++i) {
    const Duration odd = schedule[i].at.time_since_epoch() % Duration(10min);
    schedule[i].at = Instant(kStrikesApart * (i + 1) + odd);  // well apart, at any second
  }
  return schedule;
}

Result<Comparison> compare(uint64_t seed, uint32_t strikes) {
  auto profile = profile_named("default");
  if (!profile) return tl::make_unexpected(std::move(profile).error());
  profile->sites.erase(profile->sites.begin() + 1, profile->sites.end());  // with circuits
  Comparison result{.seed = seed, .strikes = strikes};
  std::vector<Measured> all;
  for (const Case& each : kCases) {
    all.push_back(measure(each, *profile, result));
    const Stopwatch& watch = all.back().watch;
    if (each.kind == FaultKind::CarrierLost) result.costs.set_up = watch.successful_call();
    if (each.kind == FaultKind::Busy) result.costs.busy = watch.failed_call();
    if (each.kind == FaultKind::NoAnswer) result.costs.no_answer = watch.failed_call();
  }
  for (size_t i = 0; i < all.size(); ++i) {
    Row row{.name = kCases[i].name, .times = {}};
    row.times[0] = {spread_of(all[i].watch.noticed()), spread_of(all[i].watch.restored())};
    for (size_t rival = 0; rival < kRivals; ++rival) {
      row.times[rival + 1] = times_of_rival(static_cast<RivalKind>(rival), all[i], result.costs);
    }
    result.rows.push_back(row);
  }
  return result;
}

}  // namespace redial::sim
