// SPDX-License-Identifier: Apache-2.0
#include "core/wheel.h"

#include <algorithm>
#include <bit>

namespace redial {

void TimingWheel::insert(uint32_t index, uint64_t when) {
  Node& node = nodes_[index];
  // The finest level at which `when` is less than a turn ahead.
  unsigned level = 0;
  while (level < kLevels - 1 && (when >> 6 * level) - (now_ >> 6 * level) >= kSlots) ++level;
  // Beyond the wheel's reach (12 days): the last slot of the coarsest level, judged again there.
  const uint64_t position = now_ >> 6 * level;
  const uint64_t digit = std::min(when >> 6 * level, position + kSlots - 1);
  node.when = when & kTickMask;
  const uint16_t slot = static_cast<uint16_t>(level * kSlots + digit % kSlots);
  node.slot = slot;
  node.prev = kNone;
  node.next = heads_[slot];
  if (node.next != kNone) nodes_[node.next].prev = index;
  heads_[slot] = index;
  const uint64_t bit = uint64_t{1} << digit % kSlots;
  if (!(occupied_[level] & bit)) known_ = false;
  occupied_[level] |= bit;
}

void TimingWheel::cascade(uint16_t slot) {
  while (heads_[slot] != kNone) {
    const uint32_t index = heads_[slot];
    disarm(index);
    insert(index, std::max<uint64_t>(nodes_[index].when, now_));
  }
}

std::optional<TimingWheel::Slot> TimingWheel::find_next_slot() const {
  std::optional<Slot> best;
  for (unsigned level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    const uint64_t position = now_ >> 6 * level;
    const unsigned ahead = static_cast<unsigned>(
        std::countr_zero(std::rotr(occupied_[level], static_cast<int>(position % kSlots))));
    const uint64_t starts = std::max((position + ahead) << 6 * level, now_);
    const uint16_t index = static_cast<uint16_t>(level * kSlots + (position + ahead) % kSlots);
    // On a tie the coarser level first: its nodes belong into the finer slot that starts then.
    if (!best || starts <= best->starts) best = Slot{level, index, starts};
  }
  return best;
}

}  // namespace redial
