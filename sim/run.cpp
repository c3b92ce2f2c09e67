// SPDX-License-Identifier: Apache-2.0
#include "sim/run.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace redial::sim {
namespace {

constexpr Duration kStart = 60s;  // the links dial, one after the other
constexpr Duration kHangUp = 5min;
constexpr Duration kSettled = 8 * 24h;  // beyond whatever was waited for before
constexpr Duration kCalmMax = 30h;      // beyond every hold there is, and a day of power cycles

/// Passes everything on to two who look on.
class Both final : public Witness, public FaultWitness {
 public:
  Both(Checker& checker, Witness* also, FaultWitness* also_faults)
      : checker_(checker), also_(also), also_faults_(also_faults) {}
  void aim_with(Injector* injector) { injector_ = injector; }

  void on_event(End end, uint32_t link, const engine::EventBody& body, Instant now) override {
    if (also_) also_->on_event(end, link, body, now);
    checker_.on_event(end, link, body, now);
    if (injector_ && end == End::Caller) tell_phase(link, body, now);
  }
  void on_transmit(End end, uint32_t link, LineId line, ByteView octets, bool online,
                   Instant now) override {
    if (also_) also_->on_transmit(end, link, line, octets, online, now);
    checker_.on_transmit(end, link, line, octets, online, now);
  }
  void on_line(End end, uint32_t link, LineId line, bool open, Instant now) override {
    if (also_) also_->on_line(end, link, line, open, now);
    checker_.on_line(end, link, line, open, now);
  }
  void on_interface(End end, uint32_t link, bool up, Instant now) override {
    if (also_) also_->on_interface(end, link, up, now);
    checker_.on_interface(end, link, up, now);
  }
  void on_demand(uint32_t link, Instant now) override { checker_.on_demand(link, now); }
  void on_fault(const Fault& fault, FaultSet active) override {
    if (also_faults_) also_faults_->on_fault(fault, active);
    checker_.on_fault(fault, active);
  }
  void on_fault_over(const Fault& fault) override {
    if (also_faults_) also_faults_->on_fault_over(fault);
    checker_.on_fault_over(fault);
  }

 private:
  void tell_phase(uint32_t link, const engine::EventBody& body, Instant now) {
    if (std::holds_alternative<connection::LinkCalling>(body)) {
      injector_->on_phase(link, Phase::Opening, now);
    }
    if (const auto* progress = std::get_if<connection::LinkProgress>(&body)) {
      injector_->on_phase(link, progress->phase, now);
    }
  }

  Injector* injector_ = nullptr;
  Checker& checker_;
  Witness* also_;
  FaultWitness* also_faults_;
};

void run_weather(World& world, Injector& injector, Instant until) {
  while (true) {
    const auto next = injector.next();
    if (!next || *next >= until) {
      world.run_until(until);
      if (world.now() >= until) break;
    } else {
      world.run_until(*next);
    }
    injector.strike();
  }
}

/// After the faults: until every wanted link is up, or no promise is left that it might be.
void run_calm(World& world, Checker& checker) {
  checker.on_calm(world.now());
  const Instant at_most = world.now() + kCalmMax;
  world.run_until(world.now() + kHangUp);
  while (!checker.all_up() && world.now() < at_most) world.run_until(world.now() + 30s);
  checker.on_end(world.now());
}

}  // namespace

uint32_t shards_of(const Options& options) {
  return (options.links + options.shard_links - 1) / options.shard_links;
}

ShardPlan plan_shard(const Options& options, const Profile& profile, uint32_t shard) {
  Rng rng(options.seed * 0x9e3779b97f4a7c15 + shard);
  ShardPlan plan{
      .seed = rng.next(),
      .links = std::min(options.shard_links, options.links - shard * options.shard_links),
      .lasts = options.lasts,
      .schedule = {}};
  const Instant from = Instant(1s) + kStart + 1min;
  plan.schedule = make_schedule(options.weather, profile, plan.links, from, Instant(options.lasts),
                                rng.child());
  return plan;
}

ShardReport run_shard(const ShardPlan& plan, const Profile& profile, Witness* also,
                      FaultWitness* also_faults) {
  ShardReport report;
  World world(plan.seed, plan.links, profile);
  Checker checker(world, profile, report.tally);
  Both both(checker, also, also_faults);
  Injector injector(world, plan.schedule, both);
  both.aim_with(&injector);
  world.watch(&both);
  world.start(kStart);
  run_weather(world, injector, Instant(plan.lasts));
  injector.end_all();
  while (world.asleep()) world.run_until(world.now() + 1min);  // nothing can be asked of it yet
  run_calm(world, checker);
  report.simulated = (world.now() - Instant{}) * plan.links;
  checker.on_hang_up_all();
  for (uint32_t link = 0; link < plan.links; ++link) world.hang_up(link);
  world.stop_answering();
  world.run_until(world.now() + kHangUp);
  checker.on_baseline(world.now());
  world.run_until(world.now() + kSettled);
  checker.on_settled(world.now());
  report.violations = checker.violations();
  report.stuck = checker.stuck();
  report.faults = injector.struck();
  report.trace = world.trace().hash();
  return report;
}

Report run(const Options& options, const Profile& profile) {
  const uint32_t shards = shards_of(options);
  std::vector<std::optional<ShardReport>> done(shards);
  std::atomic<uint32_t> next = 0;
  const auto work = [&] {
    for (uint32_t shard = next++; shard < shards; shard = next++) {
      done[shard] = run_shard(plan_shard(options, profile, shard), profile);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < options.threads; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  Report report;
  Trace trace;
  Duration simulated{};
  for (uint32_t shard = 0; shard < shards; ++shard) {
    const ShardReport& part = *done[shard];
    report.tally.add(part.tally);
    report.violations += part.violations.size();
    report.stuck += part.stuck;
    report.faults += part.faults;
    simulated += part.simulated;
    trace.mix(part.trace);
    if (!part.violations.empty()) report.broken.push_back({shard, part.violations.front()});
  }
  report.trace = trace.hash();
  report.link_hours = simulated / 1h;
  return report;
}

ShardPlan shrink(const ShardPlan& plan, const Profile& profile, const Violation& violation,
                 unsigned runs_max) {
  unsigned runs = 0;
  const auto broken = [&](const ShardPlan& tried) {
    ++runs;
    const ShardReport report = run_shard(tried, profile);
    return std::ranges::any_of(report.violations, [&](const Violation& each) {
      return each.rule == violation.rule && each.link == violation.link;
    });
  };
  ShardPlan best = plan;
  // What comes later cannot have mattered; what strikes others mostly does not.
  std::erase_if(best.schedule, [&](const Fault& fault) { return fault.at > violation.at; });
  ShardPlan alone = best;
  std::erase_if(alone.schedule, [&](const Fault& fault) {
    return fault.link != violation.link && !rule_of(fault.kind).whole_shard;
  });
  if (broken(alone)) best = alone;
  for (size_t part = best.schedule.size() / 2; part > 0 && runs < runs_max; part /= 2) {
    for (size_t at = 0; at < best.schedule.size() && runs < runs_max;) {
      ShardPlan without = best;
      const auto begin = without.schedule.begin() + static_cast<ptrdiff_t>(at);
      const size_t size = std::min(part, without.schedule.size() - at);
      without.schedule.erase(begin, begin + static_cast<ptrdiff_t>(size));
      if (broken(without)) {
        best = std::move(without);
      } else {
        at += part;
      }
    }
  }
  return best;
}

}  // namespace redial::sim
