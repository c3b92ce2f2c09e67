// SPDX-License-Identifier: Apache-2.0
// A shard's plan as a file: what a broken run prints, and what `redial-sim --plan` runs again.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "sim/run.h"

namespace redial::sim {

struct PlanFile {
  std::string profile;
  ShardPlan plan;
};

constexpr size_t kPlanOctetsMax = 64 << 20;

/// "plan profile default seed 7 links 25 lasts 3600000000", then one fault a line; '#' begins a
/// comment.
std::string write_plan(const PlanFile& file);
/// BadFile names the line.
Result<PlanFile> read_plan(std::string_view octets);

}  // namespace redial::sim
