// SPDX-License-Identifier: Apache-2.0
// Which of many wants to be woken first: a binary heap of (instant, index) that knows where every
// index stands, so that moving a deadline is O(log n) and leaves no stale entry behind.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/time.h"

namespace redial::lab {

class Deadlines {
 public:
  /// Indices are 0..n-1, and grow only.
  void grow_to(size_t n) { place_.resize(n, kNowhere); }

  /// kNever: it wants nothing.
  void set(uint32_t index, Instant at) {
    REDIAL_ASSERT(index < place_.size());
    const uint32_t place = place_[index];
    if (at == kNever) {
      if (place != kNowhere) remove(place);
      return;
    }
    if (place == kNowhere) {
      heap_.push_back({at, index});
      place_[index] = static_cast<uint32_t>(heap_.size() - 1);
      rise(heap_.size() - 1);
      return;
    }
    if (heap_[place].at == at) return;
    heap_[place].at = at;
    settle(place);
  }

  Instant first_at() const { return heap_.empty() ? kNever : heap_.front().at; }
  /// Whose deadline is the first; of equal ones the lowest index, so that runs repeat.
  uint32_t first() const {
    REDIAL_ASSERT(!heap_.empty());
    return static_cast<uint32_t>(heap_.front().index);
  }

 private:
  static constexpr uint32_t kNowhere = UINT32_MAX;
  struct Entry {
    Instant at;
    uint64_t index;  // no padding: entries are moved in words that were written as such
    auto operator<=>(const Entry&) const = default;
  };

  void remove(size_t place) {
    place_[heap_[place].index] = kNowhere;
    const Entry last = heap_.back();
    heap_.pop_back();
    if (place == heap_.size()) return;
    put(place, last);
    settle(place);
  }
  void put(size_t place, const Entry& entry) {
    heap_[place] = entry;
    place_[entry.index] = static_cast<uint32_t>(place);
  }
  void settle(size_t place) { sink(rise(place)); }
  size_t rise(size_t place) {
    const Entry entry = heap_[place];
    while (place > 0 && entry < heap_[(place - 1) / 2]) {
      put(place, heap_[(place - 1) / 2]);
      place = (place - 1) / 2;
    }
    put(place, entry);
    return place;
  }
  void sink(size_t place) {
    const Entry entry = heap_[place];
    for (size_t child = 2 * place + 1; child < heap_.size(); child = 2 * place + 1) {
      if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
      if (!(heap_[child] < entry)) break;
      put(place, heap_[child]);
      place = child;
    }
    put(place, entry);
  }

  std::vector<Entry> heap_;
  std::vector<uint32_t> place_;  // Of every index: where in heap_, or kNowhere.
};

}  // namespace redial::lab
