// SPDX-License-Identifier: Apache-2.0
// One hierarchical timing wheel a shard: five levels of 64 slots, ticks of a millisecond, nodes
// addressed by index and kept by the owner of the wheel. Arming and firing are O(1), and the next
// occupied slot is found by counting zeros (Varghese and Lauck 1987).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "core/check.h"
#include "core/time.h"

namespace redial {

/// Wakes come late by less than a tick and never early beyond re-checking: the owner asks the fired
/// machine for its deadline and arms again when there is more to wait.
class TimingWheel {
 public:
  static constexpr Duration kTick = 1ms;
  static constexpr size_t kNodeOctets = 16;  // what an index costs
  /// Room for node indices below `count`; never shrinks.
  void grow(size_t count) {
    if (count > nodes_.capacity()) nodes_.reserve(count + count / 8);
    if (count > nodes_.size()) nodes_.resize(count);
  }

  /// Wakes `index` at `at`, replacing what it was armed for.
  void arm(uint32_t index, Instant at) {
    REDIAL_ASSERT(index < nodes_.size());
    disarm(index);
    // Never into the past: a slot that has been passed would wait a whole turn.
    insert(index, std::max(tick_after(at), now_ + 1));
  }
  /// For owners that judge at expiry: a node that is armed for earlier stays where it is, unless
  /// moving at least doubles its wait. So a deadline that traffic puts off again and again costs
  /// next to nothing, and one that is put off for long wakes nobody in vain.
  void arm_by(uint32_t index, Instant at) {
    const Node& node = nodes_[index];
    if (node.armed()) {
      const uint64_t wanted = tick_after(at), when = node.when();
      if (when <= wanted && wanted - when <= when - now_) return;
    }
    arm(index, at);
  }
  void disarm(uint32_t index) {
    Node& node = nodes_[index];
    if (!node.armed()) return;
    const uint16_t slot = node.slot();
    if (node.next != kNone) nodes_[node.next].prev = node.prev;
    if (node.prev != kNone) {
      nodes_[node.prev].next = node.next;
    } else {
      slots_[slot].first = node.next;
      if (node.next == kNone) {
        occupied_[slot / kSlots] &= ~(uint64_t{1} << slot % kSlots);
        known_ = false;
      }
    }
    node.place |= uint64_t{kNoSlot} << 48;
  }
  bool armed(uint32_t index) const { return nodes_[index].armed(); }
  /// When the node will fire; only while armed.
  Instant armed_for(uint32_t index) const { return instant_of(nodes_[index].when()); }

  /// The moment by which advance() has something to do; nothing fires before it.
  Instant due() const { return next().due == kNoTick ? kNever : instant_of(next().due); }
  std::optional<Instant> deadline() const { return unless_never(due()); }

  /// Calls fire(index) for every node due at `now`; a fired node is disarmed and may be armed
  /// again.
  template <class Fire>
  void advance(Instant now, Fire&& fire) {
    const uint64_t target = tick_of(now);
    while (next().due <= target) {
      now_ = next_.due;
      const uint16_t slot = next_.slot;
      if (slot >= kSlots) {
        if (const uint32_t index = take_due(slot); index != kNone) fire(index);
        continue;
      }
      // The head anew each time: firing may arm and disarm anything.
      while (slots_[slot].first != kNone) {
        const uint32_t index = slots_[slot].first;
        disarm(index);
        fire(index);
      }
    }
    now_ = std::max(now_, target);
  }

 private:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
  static constexpr uint64_t kTickMask = (uint64_t{1} << 48) - 1;
  static constexpr uint64_t kNoTick = std::numeric_limits<uint64_t>::max();
  static constexpr uint16_t kNoSlot = std::numeric_limits<uint16_t>::max();
  static constexpr unsigned kLevels = 5, kSlots = 64;

  /// One word for tick and slot, written as a whole: halves written apart are slow to read back.
  struct Node {
    uint64_t place = uint64_t{kNoSlot} << 48;
    uint32_t next = kNone, prev = kNone;

    uint64_t when() const { return place & kTickMask; }  // for 8,900 years; only while in a slot
    uint16_t slot() const { return static_cast<uint16_t>(place >> 48); }
    bool armed() const { return slot() != kNoSlot; }
  };
  static_assert(sizeof(Node) == kNodeOctets);
  struct Slot {
    uint64_t earliest = 0;   // while occupied: no node of it is due before
    uint32_t first = kNone;  // of its nodes
  };
  /// The slot to look at next, of whichever level, and when.
  struct Next {
    uint64_t due = kNoTick;
    uint16_t slot = kNoSlot;
  };

  static uint64_t tick_of(Instant at) {
    const int64_t ticks = at.time_since_epoch() / kTick;
    return ticks > 0 ? static_cast<uint64_t>(ticks) : 0;
  }
  /// Rounded up: late by less than a tick.
  static uint64_t tick_after(Instant at) { return tick_of(at + kTick - 1us); }
  static Instant instant_of(uint64_t tick) { return Instant(kTick * static_cast<int64_t>(tick)); }

  void insert(uint32_t index, uint64_t when);
  void cascade(uint16_t slot);
  uint32_t take_due(uint16_t slot);
  const Next& next() const {
    if (!known_) {
      next_ = find_next();
      known_ = true;
    }
    return next_;
  }
  Next find_next() const;

  uint64_t now_ = 0;  // no node is due before this tick
  std::array<uint64_t, kLevels> occupied_{};
  std::array<Slot, kLevels * kSlots> slots_;
  std::vector<Node> nodes_;
  mutable Next next_;  // asked most; known until it may have changed
  mutable bool known_ = false;
};

}  // namespace redial
