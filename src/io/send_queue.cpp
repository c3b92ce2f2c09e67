// SPDX-License-Identifier: Apache-2.0
#include "io/send_queue.h"

#include <algorithm>

#include "core/check.h"

namespace redial::io {

void SendQueue::push(ByteView unit) {
  if (unit.empty()) return;
  if (!blocks_.empty() && blocks_.back().size() + unit.size() <= kBlockOctets) {
    blocks_.back().insert(blocks_.back().end(), unit.begin(), unit.end());
  } else {
    blocks_.emplace_back(unit.begin(), unit.end());
  }
  pushed_ += unit.size();
  ends_.push_back(pushed_);
}

void SendQueue::push_urgent(ByteView unit) {
  if (urgent_sent_ > 0) {
    urgent_.erase(urgent_.begin(), urgent_.begin() + static_cast<ptrdiff_t>(urgent_sent_));
    urgent_sent_ = 0;
  }
  urgent_.insert(urgent_.end(), unit.begin(), unit.end());
}

void SendQueue::gather(size_t octets_max, std::vector<ByteView>& out) const {
  const size_t begun = std::min(begun_left(), octets_max);
  if (begun > 0) gather_normal(0, begun, out);
  octets_max -= begun;
  const size_t urgent = std::min(urgent_left(), octets_max);
  if (urgent > 0) out.push_back(ByteView(urgent_).subspan(urgent_sent_, urgent));
  gather_normal(begun, octets_max - urgent, out);
}

void SendQueue::gather_normal(size_t skip, size_t octets_max, std::vector<ByteView>& out) const {
  skip += offset_;
  for (const Bytes& block : blocks_) {
    if (octets_max == 0 || out.size() >= kViewsMax) return;
    if (skip >= block.size()) {
      skip -= block.size();
      continue;
    }
    const size_t take = std::min(block.size() - skip, octets_max);
    out.push_back(ByteView(block).subspan(skip, take));
    octets_max -= take;
    skip = 0;
  }
}

void SendQueue::sent(size_t octets) {
  REDIAL_ASSERT(octets <= size());
  const size_t begun = std::min(begun_left(), octets);
  normal_sent(begun);
  octets -= begun;
  const size_t urgent = std::min(urgent_left(), octets);
  urgent_sent_ += urgent;
  if (urgent_left() == 0) {
    urgent_.clear();
    urgent_sent_ = 0;
  }
  normal_sent(octets - urgent);
}

void SendQueue::normal_sent(size_t octets) {
  if (octets == 0) return;
  sent_ += octets;
  offset_ += octets;
  while (!blocks_.empty() && offset_ >= blocks_.front().size()) {
    offset_ -= blocks_.front().size();
    blocks_.pop_front();
  }
  uint64_t border = 0;
  while (!ends_.empty() && ends_.front() <= sent_) {
    border = ends_.front();
    ends_.pop_front();
  }
  begun_ = !ends_.empty() && border != sent_;
}

void SendQueue::clear() {
  forget_normal();
  urgent_.clear();
  urgent_sent_ = 0;
}

void SendQueue::forget_normal() {
  blocks_.clear();
  ends_.clear();
  offset_ = 0;
  sent_ = pushed_;
  begun_ = false;
}

void SendQueue::clear_normal() {
  Bytes rest;
  std::vector<ByteView> views;
  gather_normal(0, begun_left(), views);
  for (const ByteView view : views) rest.insert(rest.end(), view.begin(), view.end());
  forget_normal();
  if (rest.empty()) return;
  push(rest);
  begun_ = true;
}

}  // namespace redial::io
