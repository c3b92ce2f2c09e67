// SPDX-License-Identifier: Apache-2.0
#include "migrate/replacement.h"

#include <array>

namespace redial::migrate {
namespace {

bool ours(Found found) { return found == Found::Renewed || found == Found::Changed; }

/// What lies at the name for building is not wanted any more.
Step clear(Found staged) {
  return staged == Found::Changed ? Step::KeepStaged : Step::RemoveStaged;
}

/// Two renames in place of an exchange were interrupted: whichever is wanted takes the name.
Step without_name(const Replacement& run, const Names& names) {
  if (names.old != Found::Foreign || !ours(names.staged)) return Step::NoDirectory;
  return run.goal == Goal::Replace ? Step::StagedToHere : Step::OldToHere;
}

Step replace(const Replacement& run, const Names& names) {
  if (ours(names.here)) {
    return names.staged == Found::Nothing ? Step::Done : clear(names.staged);
  }
  if (names.old == Found::Foreign) return Step::OldExists;
  if (names.old != Found::Nothing) {
    // New, but not yet in its place; an earlier run's may be older than what is here now.
    if (names.staged != Found::Nothing) return clear(names.staged);
    const bool ready = run.fresh && names.old == Found::Renewed;
    return ready && run.can_exchange ? Step::Exchange : Step::OldToStaged;
  }
  if (names.staged == Found::Nothing) return Step::Stage;
  if (!run.fresh || names.staged != Found::Renewed) return clear(names.staged);
  return run.can_exchange ? Step::StagedToOld : Step::HereToOld;
}

Step undo(const Replacement& run, const Names& names) {
  const bool replaced = ours(names.here);
  if (replaced && names.old != Found::Foreign) return Step::OldIsGone;
  if (names.staged != Found::Nothing) return clear(names.staged);
  if (replaced) return run.can_exchange ? Step::Exchange : Step::HereToStaged;
  return ours(names.old) ? Step::OldToStaged : Step::Done;
}

}  // namespace

std::string_view name(Step step) {
  constexpr std::array<std::string_view, 14> kNames = {
      "Done",         "Stage",       "StagedToOld", "Exchange",     "OldToStaged",
      "RemoveStaged", "KeepStaged",  "HereToOld",   "StagedToHere", "HereToStaged",
      "OldToHere",    "NoDirectory", "OldExists",   "OldIsGone"};
  return kNames[static_cast<size_t>(step)];
}

Step next_step(const Replacement& run, const Names& names) {
  if (names.here == Found::Nothing) return without_name(run, names);
  return run.goal == Goal::Replace ? replace(run, names) : undo(run, names);
}

}  // namespace redial::migrate
