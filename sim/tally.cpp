// SPDX-License-Identifier: Apache-2.0
#include "sim/tally.h"

#include <algorithm>

namespace redial::sim {

void Samples::add(Duration sample) {
  worst_ = std::max(worst_, sample);
  if (count_++ % stride_ != 0) return;
  kept_.push_back(sample);
  if (kept_.size() < kKeptMax) return;
  for (size_t i = 0; 2 * i < kept_.size(); ++i) kept_[i] = kept_[2 * i];
  kept_.resize(kept_.size() / 2);
  stride_ *= 2;
}

void Samples::add(const Samples& other) {
  for (const Duration sample : other.kept_) add(sample);
  count_ += other.count_ - other.kept_.size();
  worst_ = std::max(worst_, other.worst_);
}

Duration Samples::median() const {
  if (kept_.empty()) return 0s;
  std::vector<Duration> sorted = kept_;
  const auto middle = sorted.begin() + static_cast<ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

void Tally::add(const Tally& other) {
  for (size_t i = 0; i < kFaultKinds; ++i) {
    faults[i].struck += other.faults[i].struck;
    faults[i].noticed.add(other.faults[i].noticed);
    faults[i].restored.add(other.faults[i].restored);
  }
  for (size_t phase = 0; phase < kPhases; ++phase) {
    for (size_t cause = 0; cause < kCauses; ++cause) {
      endings[phase][cause] += other.endings[phase][cause];
    }
  }
  calls += other.calls;
  ups += other.ups;
  deaths += other.deaths;
  failures += other.failures;
  events += other.events;
}

}  // namespace redial::sim
