// SPDX-License-Identifier: Apache-2.0
// A directory is replaced by a new one and the old one is kept beside it, or the other way round.
// Which step comes next is decided from what is on disk alone: whoever was killed between any two
// of them has left a state that the next run understands.
#pragma once

#include <cstdint>
#include <string_view>

namespace redial::migrate {

/// What one of the three names stands for now.
enum class Found : uint8_t {
  Nothing,
  Foreign,     // a directory without our mark: as somebody else left it
  Renewed,     // ours, complete, and as it was made
  Changed,     // ours, and somebody has changed it since: never removed
  Unfinished,  // at `staged` only: begun and not completed, or half removed
};

/// DIR, DIR.old, and the name under which the new one is built.
struct Names {
  Found here = Found::Nothing, old = Found::Nothing, staged = Found::Nothing;
  bool operator==(const Names&) const = default;
};

enum class Goal : uint8_t { Replace, Undo };

enum class Step : uint8_t {
  Done,
  Stage,        // build the new directory at `staged`; the mark is its last file
  StagedToOld,  // renamed
  Exchange,     // here and old, in one step of the kernel's
  OldToStaged,
  RemoveStaged,  // the mark first, so that half of it is Unfinished, not Changed
  KeepStaged,    // renamed to a name of its own
  // Where the file system cannot exchange two names: between these, DIR has no name.
  HereToOld,
  StagedToHere,
  HereToStaged,
  OldToHere,
  // Nothing was changed, and nothing can be.
  NoDirectory,  // there is no DIR
  OldExists,    // somebody's DIR.old is in the way
  OldIsGone,    // what would come back is not there
};
std::string_view name(Step step);

struct Replacement {
  Goal goal = Goal::Replace;
  bool fresh = false;        // the staged directory was made by this run, of what is here now
  bool can_exchange = true;  // until the file system has refused
};

/// At most kStepsMax lead from any state to one that ends the run.
constexpr int kStepsMax = 12;
Step next_step(const Replacement& run, const Names& names);

}  // namespace redial::migrate
