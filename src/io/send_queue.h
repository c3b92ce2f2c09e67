// SPDX-License-Identifier: Apache-2.0
// What waits to be sent: units that are never torn apart (a frame, a telnet command), and urgent
// ones that overtake those which have not begun yet.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/bytes.h"

namespace redial::io {

class SendQueue {
 public:
  /// Small units share a block of up to so many octets.
  static constexpr size_t kBlockOctets = 16 * 1024;
  /// Views that one gather() gives at most, as one writev(2) takes them.
  static constexpr size_t kViewsMax = 64;

  void push(ByteView unit);
  /// Goes before every unit that has not begun, after urgent ones that wait already.
  void push_urgent(ByteView unit);

  /// What is to be sent next, in order, at most `octets_max`; valid until the queue is changed.
  void gather(size_t octets_max, std::vector<ByteView>& out) const;
  /// So many octets of what gather() gave have been sent.
  void sent(size_t octets);

  void clear();
  /// Forgets normal units, but not the rest of one that has begun: the line stays in step.
  void clear_normal();

  size_t size() const { return normal_left() + urgent_left(); }
  bool empty() const { return size() == 0; }

 private:
  size_t normal_left() const { return static_cast<size_t>(pushed_ - sent_); }
  size_t urgent_left() const { return urgent_.size() - urgent_sent_; }
  /// Octets of the unit that has begun and must be finished before anything overtakes it.
  size_t begun_left() const { return begun_ ? static_cast<size_t>(ends_.front() - sent_) : 0; }
  void gather_normal(size_t skip, size_t octets_max, std::vector<ByteView>& out) const;
  void normal_sent(size_t octets);
  void forget_normal();

  std::deque<Bytes> blocks_;   // normal units, oldest first; no block is empty
  std::deque<uint64_t> ends_;  // where each normal unit ends, counted as pushed_ is
  Bytes urgent_;               // urgent units, the first urgent_sent_ octets of them gone
  size_t urgent_sent_ = 0;     // less than urgent_.size(), or both are 0
  size_t offset_ = 0;          // octets of blocks_.front() that are gone
  uint64_t pushed_ = 0;        // normal octets, ever
  uint64_t sent_ = 0;          // normal octets, ever
  bool begun_ = false;         // a part of the first normal unit is gone, another is not
};

}  // namespace redial::io
