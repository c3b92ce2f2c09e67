// SPDX-License-Identifier: Apache-2.0
// A run: links shared out among shards, each a world of its own with its own weather, judged by its
// own checker. Shards know nothing of each other, so any number of threads gives the same result.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/checker.h"
#include "sim/fault.h"
#include "sim/profile.h"
#include "sim/tally.h"

namespace redial::sim {

struct Options {
  uint64_t seed = 7;
  uint32_t links = 1000;
  Duration lasts = 100h;
  uint32_t shard_links = 25;
  unsigned threads = 1;
  Weather weather;
};

/// One shard's part of it: all that is needed to run it again.
struct ShardPlan {
  uint64_t seed = 0;
  uint32_t links = 0;
  Duration lasts{};
  std::vector<Fault> schedule;
};

struct ShardReport {
  Tally tally;
  std::vector<Violation> violations;
  uint32_t stuck = 0;
  uint64_t faults = 0;
  uint64_t trace = 0;
  Duration simulated{};  // of its links together
};

struct Report {
  Tally tally;
  uint64_t violations = 0, stuck = 0, faults = 0;
  uint64_t trace = 0;
  int64_t link_hours = 0;
  struct Broken {
    uint32_t shard;
    Violation violation;
  };
  std::vector<Broken> broken;  // the first of each shard
};

uint32_t shards_of(const Options& options);
ShardPlan plan_shard(const Options& options, const Profile& profile, uint32_t shard);
/// `also`: another who looks on; may be null.
ShardReport run_shard(const ShardPlan& plan, const Profile& profile, Witness* also = nullptr,
                      FaultWitness* also_faults = nullptr);
Report run(const Options& options, const Profile& profile);

/// A schedule in which as few faults as possible still break the same rule: halves, quarters, ...
/// are left out as long as it stays broken; at most so many runs.
ShardPlan shrink(const ShardPlan& plan, const Profile& profile, const Violation& violation,
                 unsigned runs_max);

}  // namespace redial::sim
