// SPDX-License-Identifier: Apache-2.0
// What a run has seen: how soon faults were noticed and links restored, and which cause ended a
// call in which phase.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/cause.h"
#include "sim/fault.h"

namespace redial::sim {

/// Durations, of which the worst and the middle are wanted. All are kept up to a number; from there
/// on every second, every fourth, so that the memory of a long run is bounded.
class Samples {
 public:
  void add(Duration sample);
  void add(const Samples& other);
  uint64_t count() const { return count_; }
  Duration worst() const { return worst_; }
  Duration median() const;

 private:
  static constexpr size_t kKeptMax = 1 << 14;
  std::vector<Duration> kept_;
  uint64_t count_ = 0;
  uint64_t stride_ = 1;
  Duration worst_{};
};

struct Tally {
  struct PerFault {
    uint64_t struck = 0;  // links
    Samples noticed;      // of links that were up and had died
    Samples restored;     // from the strike to Up again
  };
  std::array<PerFault, kFaultKinds> faults;
  std::array<std::array<uint64_t, kCauses>, kPhases> endings{};
  uint64_t calls = 0, ups = 0, deaths = 0, failures = 0, events = 0;

  void add(const Tally& other);
};

}  // namespace redial::sim
