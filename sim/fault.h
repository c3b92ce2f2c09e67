// SPDX-License-Identifier: Apache-2.0
// What goes wrong in the world, by name. A fault is a value: printed, read back, taken out of a
// schedule to see whether it mattered.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "connection/detection.h"
#include "core/rng.h"
#include "core/time.h"
#include "sim/fault_kind.h"

namespace redial::sim {

struct Profile;

/// What a fault means for a link that is up.
enum class Harm : uint8_t {
  None,    // it must not be torn down for this
  MayEnd,  // may end, need not
  Ends,    // is dead, and must be noticed within the bound of `failure`
};

struct FaultRule {
  FaultKind kind;
  std::string_view name;
  std::string_view group;  // line, exchange, modem, peer, machine, user
  Harm harm;
  Duration shortest, longest;  // how long it lasts; both 0: an instant
  uint32_t weight;             // of a hundred or so: how often beside the others
  bool whole_shard = false;    // strikes all links at once
  connection::Failure failure = connection::Failure::ModemHangsUp;  // of Harm::Ends
};
std::span<const FaultRule, kFaultKinds> fault_rules();
const FaultRule& rule_of(FaultKind kind);

/// One that strikes.
struct Fault {
  Instant at;
  FaultKind kind{};
  uint32_t link = 0;  // within its shard
  Duration lasts{};
  uint32_t dice = 0;  // how strong, which way; whatever the kind leaves open
  /// Waiting: at `at`. Any other: the carrier is lost at `at`, and the fault strikes as soon as the
  /// next call gets to this phase.
  Phase aim = Phase::Waiting;
  Duration lag{};     // ... and so long after it has got there
  bool anew = false;  // ... where the peer begins over at first: what, its dice say
  bool operator==(const Fault&) const = default;
};
/// What a peer begins over: one of its layers, or who we are is asked again.
enum class Over : uint8_t { Ipcp, Proof, Lcp };
constexpr uint32_t kOvers = 3;
constexpr Over over_of(const Fault& fault) { return Over(fault.dice % kOvers); }
using redial::to_text;
/// "123456 noise link 7 for 1000000 dice 42", in microseconds, then "aim Dialing after 500", or
/// "anew Up after 500", if it has one.
std::string to_text(const Fault& fault);
std::optional<Fault> read_fault(std::string_view line);

/// "all", "none", "drops", names and groups, with commas between; "-noise" takes one out again.
/// Nullopt: one is not known.
std::optional<FaultSet> read_fault_set(std::string_view text);
std::string known_faults();

/// How often faults strike.
struct Weather {
  FaultSet kinds = 0;
  Duration every = 1h;           // a link is struck so often, on average
  bool swarm = true;             // each shard switches a random half of the kinds off
  uint32_t aimed_ppm = 100'000;  // so many of a million are aimed at a phase of a call
};
/// A shard's schedule between two instants, in order of time.
std::vector<Fault> make_schedule(const Weather& weather, const Profile& profile, uint32_t links,
                                 Instant from, Instant until, Rng rng);

}  // namespace redial::sim
