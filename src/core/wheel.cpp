// SPDX-License-Identifier: Apache-2.0
#include "core/wheel.h"

#include <algorithm>
#include <bit>

namespace redial {

void TimingWheel::insert(uint32_t index, uint64_t when) {
  Node& node = nodes_[index];
  // The finest level at which `when` is less than a turn ahead.
  const auto bits = static_cast<unsigned>(std::bit_width((when - now_) | 1));
  unsigned level = std::min((bits - 1) / 6, kLevels - 1);
  const uint64_t slots = (when >> 6 * level) - (now_ >> 6 * level);
  if (slots >= kSlots && level < kLevels - 1) ++level;
  // Beyond the wheel's reach (12 days): the last slot of the coarsest level, judged again there.
  const uint64_t position = now_ >> 6 * level;
  const uint64_t reach = position + kSlots - 1;
  const bool beyond = when >> 6 * level > reach;
  const uint64_t digit = beyond ? reach : when >> 6 * level;
  const uint16_t slot = static_cast<uint16_t>(level * kSlots + digit % kSlots);
  node.place = uint64_t{slot} << 48 | (when & kTickMask);
  node.prev = kNone;
  node.next = slots_[slot].first;
  const uint64_t due = beyond ? digit << 6 * level : when;
  if (node.next != kNone) {
    nodes_[node.next].prev = index;
    slots_[slot].earliest = std::min(slots_[slot].earliest, due);
  } else {
    occupied_[level] |= uint64_t{1} << digit % kSlots;
    slots_[slot].earliest = due;
  }
  slots_[slot].first = index;
  // As find_next() would choose.
  if (due < next_.due || (due == next_.due && slot > next_.slot)) {
    next_.due = due;
    next_.slot = slot;
  }
}

/// The node to fire of a coarse slot in which something is due: where there are few nodes they need
/// not go down the wheel for that. kNone: they have gone.
uint32_t TimingWheel::take_due(uint16_t slot) {
  constexpr unsigned kFew = 8;
  uint64_t earliest = kNoTick;
  uint32_t due = kNone, index = slots_[slot].first;
  for (unsigned seen = 0; seen < kFew && index != kNone; ++seen, index = nodes_[index].next) {
    const uint64_t when = nodes_[index].when();
    if (due == kNone && when <= now_) {
      due = index;
    } else {
      earliest = std::min(earliest, when);
    }
  }
  // In the last slot of the coarsest level there may be nodes of a later turn.
  if (index != kNone || due == kNone || slot >= (kLevels - 1) * kSlots) {
    cascade(slot);
    return kNone;
  }
  slots_[slot].earliest = earliest;
  known_ = false;
  disarm(due);
  return due;
}

void TimingWheel::cascade(uint16_t slot) {
  while (slots_[slot].first != kNone) {
    const uint32_t index = slots_[slot].first;
    disarm(index);
    insert(index, std::max<uint64_t>(nodes_[index].when(), now_));
  }
}

TimingWheel::Next TimingWheel::find_next() const {
  Next best;
  for (unsigned level = 0; level < kLevels; ++level) {
    if (occupied_[level] == 0) continue;
    // Of a level the first slot: what is in later ones is due later.
    const uint64_t position = now_ >> 6 * level;
    const unsigned ahead = static_cast<unsigned>(
        std::countr_zero(std::rotr(occupied_[level], static_cast<int>(position % kSlots))));
    const uint16_t slot = static_cast<uint16_t>(level * kSlots + (position + ahead) % kSlots);
    const uint64_t due = std::max(slots_[slot].earliest, now_);
    // On a tie the coarser level first: its nodes belong into the finer slot of that tick.
    if (due <= best.due) best = Next{due, slot};
  }
  return best;
}

}  // namespace redial
