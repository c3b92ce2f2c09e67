// SPDX-License-Identifier: Apache-2.0
// A fuzzer's input as a row of decisions; at its end every further one is 0.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"

namespace redial::fuzz {

class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(data, size) {}
  bool empty() const { return rest_.empty(); }
  uint8_t u8() {
    if (rest_.empty()) return 0;
    const uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  /// As many octets as there are, `count` at most.
  ByteView take(size_t count) {
    const ByteView taken = rest_.first(std::min(count, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }

 private:
  ByteView rest_;
};

}  // namespace redial::fuzz
