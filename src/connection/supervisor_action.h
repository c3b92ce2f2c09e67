// SPDX-License-Identifier: Apache-2.0
// What a supervisor wants done, and what it tells the world: values, comparable and printable.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "connection/policy.h"
#include "connection/schedule.h"
#include "core/cause.h"

namespace redial::connection {

// What the supervisor wants done.
struct PlaceCall {
  uint32_t attempt;
  uint16_t number_index;
  bool next_line = false;  // the same try goes on with the line after the one that failed
  bool operator==(const PlaceCall&) const = default;
};
struct TearDown {
  bool operator==(const TearDown&) const = default;
};  // hang up, politely
struct ForceRelease {
  bool operator==(const ForceRelease&) const = default;
};  // close the line now
struct NeedPrerequisite {
  bool operator==(const NeedPrerequisite&) const = default;
};  // have the other entry dialled; its coming up is told by on_prerequisite
// What the world is told.
struct LinkCalling {
  uint32_t attempt;
  bool operator==(const LinkCalling&) const = default;
};
struct LinkProgress {
  Phase phase;
  bool operator==(const LinkProgress&) const = default;
};
struct LinkConnected {
  bool operator==(const LinkConnected&) const = default;
};
struct LinkEnded {
  Cause cause;
  Phase phase;
  std::optional<Duration> was_up;
  Action action;
  bool operator==(const LinkEnded&) const = default;
};
struct NextTry {
  Instant at;
  PauseReason reason;
  uint32_t attempt;
  bool operator==(const NextTry&) const = default;
};
struct Resting {
  Action because;
  bool operator==(const Resting&) const = default;
};
/// Resting until traffic wants it: an on-demand link.
struct Armed {
  bool operator==(const Armed&) const = default;
};
/// For a host to keep: this number connected and is the first from now on (PromoteAlternates).
struct Learned {
  uint16_t number_index;
  bool operator==(const Learned&) const = default;
};

using SupervisorAction =
    std::variant<PlaceCall, TearDown, ForceRelease, NeedPrerequisite, LinkCalling, LinkProgress,
                 LinkConnected, LinkEnded, NextTry, Resting, Armed, Learned>;

}  // namespace redial::connection
