// SPDX-License-Identifier: Apache-2.0
#include "migrate/replacement.h"

#include <doctest/doctest.h>

#include <deque>
#include <map>
#include <set>
#include <tuple>
#include <utility>

using namespace redial::migrate;

namespace {

/// A disk with the three names, and what the kept copies hold.
struct Disk {
  Names names{.here = Found::Foreign};
  int kept = 0;  // directories that somebody had changed, set aside
  auto order() const { return std::tuple(names.here, names.old, names.staged, kept); }
  bool operator<(const Disk& other) const { return order() < other.order(); }
};

void move(Found& from, Found& to) {
  REQUIRE(to == Found::Nothing);
  to = std::exchange(from, Found::Nothing);
}

/// One step carried out whole, as the kernel does renames; building and removing may also be cut
/// in the middle.
void carry_out(Step step, Disk& disk, bool cut = false) {
  Names& n = disk.names;
  switch (step) {
    case Step::Stage: n.staged = cut ? Found::Unfinished : Found::Renewed; break;
    case Step::RemoveStaged:
      REQUIRE(n.staged != Found::Changed);
      n.staged = cut ? Found::Unfinished : Found::Nothing;
      break;
    case Step::KeepStaged:
      n.staged = Found::Nothing;
      ++disk.kept;
      break;
    case Step::StagedToOld: move(n.staged, n.old); break;
    case Step::Exchange: std::swap(n.here, n.old); break;
    case Step::OldToStaged: move(n.old, n.staged); break;
    case Step::HereToOld: move(n.here, n.old); break;
    case Step::StagedToHere: move(n.staged, n.here); break;
    case Step::HereToStaged: move(n.here, n.staged); break;
    case Step::OldToHere: move(n.old, n.here); break;
    case Step::Done:
    case Step::NoDirectory:
    case Step::OldExists:
    case Step::OldIsGone: break;
  }
}

bool ends(Step step) {
  return step == Step::Done || step == Step::NoDirectory || step == Step::OldExists ||
         step == Step::OldIsGone;
}

/// Runs to the end; returns the last step. `visit` sees the disk as a kill between two steps, or
/// within one, would leave it.
template <class Visit>
Step run(Disk& disk, Replacement how, Visit&& visit) {
  for (int steps = 0; steps < kStepsMax; ++steps) {
    const Step step = next_step(how, disk.names);
    if (ends(step)) return step;
    Disk half = disk;
    carry_out(step, half, true);
    visit(half);
    carry_out(step, disk);
    if (step == Step::Stage) how.fresh = true;
    visit(disk);
  }
  FAIL("no end");
  return Step::Done;
}

int foreigners(const Names& names) {
  return (names.here == Found::Foreign) + (names.old == Found::Foreign);
}

/// Every state that runs, kills, both goals and somebody's edits lead to.
std::set<Disk> reachable(bool can_exchange) {
  std::set<Disk> seen;
  std::deque<Disk> waiting = {Disk()};
  const auto meet = [&](const Disk& disk) {
    if (disk.kept <= 2 && seen.insert(disk).second) waiting.push_back(disk);
  };
  meet(Disk());
  while (!waiting.empty()) {
    const Disk from = waiting.front();
    waiting.pop_front();
    for (const Goal goal : {Goal::Replace, Goal::Undo}) {
      Disk disk = from;
      run(disk, {.goal = goal, .can_exchange = can_exchange}, meet);
    }
    if (from.names.here == Found::Renewed) {
      Disk edited = from;
      edited.names.here = Found::Changed;
      meet(edited);
    }
  }
  return seen;
}

}  // namespace

TEST_CASE("a directory is replaced in three steps, and back in three; nothing lies about after") {
  Disk disk;
  const auto nothing = [](const Disk&) {};
  CHECK(run(disk, {.goal = Goal::Replace}, nothing) == Step::Done);
  CHECK(disk.names == Names{Found::Renewed, Found::Foreign, Found::Nothing});
  CHECK(run(disk, {.goal = Goal::Replace}, nothing) == Step::Done);  // twice is once
  CHECK(run(disk, {.goal = Goal::Undo}, nothing) == Step::Done);
  CHECK(disk.names == Names{Found::Foreign, Found::Nothing, Found::Nothing});
  CHECK(run(disk, {.goal = Goal::Undo}, nothing) == Step::Done);
}

TEST_CASE("killed at any point, it is the old directory or the new one that has the name") {
  for (const Disk& disk : reachable(true)) {
    CAPTURE(static_cast<int>(disk.names.here));
    CHECK(disk.names.here != Found::Nothing);
    CHECK(disk.names.here != Found::Unfinished);
    CHECK(foreigners(disk.names) == 1);  // the old one is never lost
  }
}

TEST_CASE("whatever a kill has left, the next run finishes, and undo brings the old one back") {
  for (const bool can_exchange : {true, false}) {
    const auto states = reachable(can_exchange);
    CHECK(states.size() > 8);
    for (const Disk& from : states) {
      CAPTURE(static_cast<int>(from.names.here));
      CAPTURE(static_cast<int>(from.names.old));
      CAPTURE(static_cast<int>(from.names.staged));
      CHECK(foreigners(from.names) == 1);
      const auto nothing = [](const Disk&) {};
      Disk forward = from;
      CHECK(run(forward, {.goal = Goal::Replace, .can_exchange = can_exchange}, nothing) ==
            Step::Done);
      CHECK(forward.names.here != Found::Foreign);
      CHECK(forward.names.old == Found::Foreign);
      CHECK(forward.names.staged == Found::Nothing);
      Disk back = from;
      CHECK(run(back, {.goal = Goal::Undo, .can_exchange = can_exchange}, nothing) == Step::Done);
      CHECK(back.names == Names{Found::Foreign, Found::Nothing, Found::Nothing});
    }
  }
}

TEST_CASE("what somebody changed in the new directory is kept, not removed") {
  for (const bool can_exchange : {true, false}) {
    Disk disk{.names = {Found::Changed, Found::Foreign, Found::Nothing}};
    CHECK(run(disk, {.goal = Goal::Undo, .can_exchange = can_exchange}, [](const Disk&) {}) ==
          Step::Done);
    CHECK(disk.names == Names{Found::Foreign, Found::Nothing, Found::Nothing});
    CHECK(disk.kept == 1);
  }
}

TEST_CASE("a directory staged by an earlier run is made anew: the old one may have changed since") {
  CHECK(next_step({}, {Found::Foreign, Found::Nothing, Found::Renewed}) == Step::RemoveStaged);
  CHECK(next_step({}, {Found::Foreign, Found::Renewed, Found::Nothing}) == Step::OldToStaged);
  CHECK(next_step({.fresh = true}, {Found::Foreign, Found::Renewed, Found::Nothing}) ==
        Step::Exchange);
}

TEST_CASE("what is in the way or gone is refused before anything is touched") {
  CHECK(next_step({}, {Found::Foreign, Found::Foreign, Found::Nothing}) == Step::OldExists);
  CHECK(next_step({}, {Found::Nothing, Found::Nothing, Found::Nothing}) == Step::NoDirectory);
  CHECK(next_step({}, {Found::Nothing, Found::Foreign, Found::Nothing}) == Step::NoDirectory);
  CHECK(next_step({.goal = Goal::Undo}, {Found::Renewed, Found::Nothing, Found::Nothing}) ==
        Step::OldIsGone);
  CHECK(name(Step::OldIsGone) == "OldIsGone");
}
