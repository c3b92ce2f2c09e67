// SPDX-License-Identifier: Apache-2.0
// `redial repair RASDIR`: the eleven steps of KB Q153376 in one command, and back by --undo.
#pragma once

#include <string>
#include <vector>

#include "cli/test_call.h"
#include "migrate/repair.h"

namespace redial::cli {

struct RepairOptions {
  std::string directory;
  std::vector<std::string> ports;  // "COM1=/dev/ttyUSB0"
  bool undo = false;
  bool dry_run = false;  // says what it would do
  bool no_call = false;  // no test call
  bool json = false;
};

/// What there is to tell of a repair.
struct Repaired {
  std::string directory;
  bool done = false;    // false: --dry-run
  bool called = false;  // test calls were placed
  migrate::RepairPlan plan;
  std::vector<TestCall> calls;
  std::vector<std::string> kept;  // directories that somebody had changed
};
std::string repair_text(const Repaired& repaired);
std::string repair_json(const Repaired& repaired);
/// 0: every line that was called had a carrier; 1: some had not, or something needs a hand.
int repair_status(const Repaired& repaired);

int repair(const RepairOptions& options);

}  // namespace redial::cli
