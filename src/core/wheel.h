// SPDX-License-Identifier: Apache-2.0
// One hierarchical timing wheel a shard: five levels of 64 slots, ticks of a millisecond, nodes
// addressed by index and kept by the owner of the wheel. Arming and firing are O(1), and the next
// occupied slot is found by counting zeros (Varghese and Lauck 1987).
#pragma once

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

  TimingWheel() { heads_.fill(kNone); }

  /// Room for node indices below `count`; never shrinks.
  void grow(size_t count) {
    if (count > nodes_.capacity()) nodes_.reserve(count + count / 8);
    if (count > nodes_.size()) nodes_.resize(count);
  }

  /// Wakes `index` at `at`, replacing what it was armed for.
  void arm(uint32_t index, Instant at) {
    REDIAL_ASSERT(index < nodes_.size());
    disarm(index);
    // Rounded up, and never into the past: a slot that has been passed would wait a whole turn.
    const uint64_t wanted = tick_of(at + kTick - 1us);
    insert(index, wanted <= now_ ? now_ + 1 : wanted);
  }
  void disarm(uint32_t index) {
    Node& node = nodes_[index];
    if (node.slot == kNoSlot) return;
    if (node.next != kNone) nodes_[node.next].prev = node.prev;
    if (node.prev != kNone) {
      nodes_[node.prev].next = node.next;
    } else {
      heads_[node.slot] = node.next;
      if (node.next == kNone) {
        occupied_[node.slot / 64] &= ~(uint64_t{1} << node.slot % 64);
        known_ = false;
      }
    }
    node.slot = kNoSlot;
  }
  bool armed(uint32_t index) const { return nodes_[index].slot != kNoSlot; }
  /// When the node will fire; only while armed.
  Instant armed_for(uint32_t index) const { return instant_of(nodes_[index].when); }

  /// The moment by which advance() has something to do; may be the start of a coarse slot.
  std::optional<Instant> deadline() const {
    const auto slot = next_slot();
    return slot ? std::optional(instant_of(slot->starts)) : std::nullopt;
  }

  /// Calls fire(index) for every node due at `now`; a fired node is disarmed and may be armed
  /// again.
  template <class Fire>
  void advance(Instant now, Fire&& fire) {
    const uint64_t target = tick_of(now);
    while (const auto slot = next_slot()) {
      if (slot->starts > target) break;
      now_ = slot->starts;
      if (slot->level == 0) {
        // The head anew each time: firing may arm and disarm anything.
        while (heads_[slot->index] != kNone) {
          const uint32_t index = heads_[slot->index];
          disarm(index);
          fire(index);
        }
      } else {
        cascade(slot->index);
      }
    }
    now_ = std::max(now_, target);
  }

 private:
  static constexpr uint32_t kNone = std::numeric_limits<uint32_t>::max();
  static constexpr uint64_t kTickMask = (uint64_t{1} << 48) - 1;
  static constexpr uint16_t kNoSlot = std::numeric_limits<uint16_t>::max();
  static constexpr unsigned kLevels = 5, kSlots = 64;

  struct Node {
    uint64_t when : 48 = 0;  // tick, for 8,900 years; only while in a slot
    uint64_t slot : 16 = kNoSlot;
    uint32_t next = kNone, prev = kNone;
  };
  static_assert(sizeof(Node) == kNodeOctets);
  struct Slot {
    unsigned level;
    uint16_t index;
    uint64_t starts;  // tick
  };

  static uint64_t tick_of(Instant at) {
    const int64_t ticks = at.time_since_epoch() / kTick;
    return ticks > 0 ? static_cast<uint64_t>(ticks) : 0;
  }
  static Instant instant_of(uint64_t tick) { return Instant(kTick * static_cast<int64_t>(tick)); }

  void insert(uint32_t index, uint64_t when);
  void cascade(uint16_t slot);
  std::optional<Slot> next_slot() const {
    if (!known_) {
      next_ = find_next_slot();
      known_ = true;
    }
    return next_;
  }
  std::optional<Slot> find_next_slot() const;

  uint64_t now_ = 0;  // all slots before this tick are empty
  std::array<uint64_t, kLevels> occupied_{};
  std::array<uint32_t, kLevels * kSlots> heads_;
  std::vector<Node> nodes_;
  // The answer to the question that is asked most; known until a slot fills or empties.
  mutable std::optional<Slot> next_;
  mutable bool known_ = false;
};

}  // namespace redial
