// SPDX-License-Identifier: Apache-2.0
// Records in blocks of sixteen, found by index: they never move, nothing is copied when there are
// more, and room for at most fifteen is wasted, whether there are ten records or a million.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace redial::engine {

template <class Record>
class Table {
 public:
  Record& operator[](uint32_t index) { return blocks_[index / kBlock][index % kBlock]; }
  const Record& operator[](uint32_t index) const { return blocks_[index / kBlock][index % kBlock]; }
  uint32_t size() const { return size_; }
  /// The index of the new record.
  uint32_t add(Record record) {
    if (size_ % kBlock == 0) blocks_.emplace_back().reserve(kBlock);
    blocks_.back().push_back(std::move(record));
    return size_++;
  }

 private:
  static constexpr uint32_t kBlock = 16;
  std::vector<std::vector<Record>> blocks_;  // all full but the last, none ever reallocated
  uint32_t size_ = 0;
};

}  // namespace redial::engine
