// SPDX-License-Identifier: Apache-2.0
#include "lab/channel.h"

namespace redial::lab {

namespace {

constexpr int64_t kBitsPerOctet = 10;  // start, eight, stop
constexpr int64_t kOctetMicros = kBitsPerOctet * 1'000'000;
constexpr uint32_t kBurstMax = 1u << 24;  // keeps the sums of an endless stream small
constexpr size_t kKeptWhenEmpty = 4096;   // more than this is given back

/// How long `octets` occupy the line, rounded up; always from the start of a burst, so that
/// rounding does not add up.
Duration time_for(uint32_t octets, uint32_t rate_bps) {
  if (rate_bps == 0) return 0us;
  return Duration((octets * kOctetMicros + rate_bps - 1) / rate_bps);
}

}  // namespace

uint32_t Path::arrived(const Burst& burst, Instant now) {
  if (now >= burst.end) return burst.octets;
  if (now <= burst.start) return 0;
  return static_cast<uint32_t>((now - burst.start).count() * burst.rate_bps / kOctetMicros);
}

/// Whether an octet comes through: Gilbert's two states, and single losses beside them.
bool Path::survives(Rng& rng) {
  constexpr uint32_t kMillion = 1'000'000;
  if (in_burst_) {
    in_burst_ =
        channel_.burst_octets > 1 && !rng.chance(std::max(1u, kMillion / channel_.burst_octets));
    if (in_burst_) return false;
  }
  if (channel_.burst_ppm > 0 && rng.chance(channel_.burst_ppm)) {
    in_burst_ = true;
    return false;
  }
  return channel_.octet_loss_ppm == 0 || !rng.chance(channel_.octet_loss_ppm);
}

/// What a carrier of packets does to a chunk, from octets_[from] on: runs change places, come
/// twice.
void Path::shuffle(size_t from, Rng& rng) {
  const size_t size = octets_.size() - from;
  if (channel_.reorder_ppm > 0 && size >= 2 && rng.chance(channel_.reorder_ppm)) {
    const size_t border = 1 + rng.below(size - 1);
    const auto middle = octets_.begin() + static_cast<ptrdiff_t>(from + border);
    std::rotate(middle - static_cast<ptrdiff_t>(std::min(border, kRunMax)), middle,
                middle + static_cast<ptrdiff_t>(std::min(size - border, kRunMax)));
  }
  if (channel_.duplicate_ppm > 0 && size >= 1 && rng.chance(channel_.duplicate_ppm)) {
    const size_t run = 1 + rng.below(std::min(size, kRunMax));
    const Bytes again(octets_.end() - static_cast<ptrdiff_t>(run), octets_.end());
    octets_.insert(octets_.end(), again.begin(), again.end());
  }
}

/// Puts what survives the noise into the buffer. Lost octets still occupy the line.
uint32_t Path::admit(ByteView octets, Rng& rng) {
  const size_t before = octets_.size();
  if (!faulty_) {
    octets_.insert(octets_.end(), octets.begin(), octets.end());
    return static_cast<uint32_t>(octets.size());
  }
  for (const uint8_t octet : octets) {
    if (!survives(rng)) continue;
    const bool hit = channel_.octet_error_ppm > 0 && rng.chance(channel_.octet_error_ppm);
    // Never the same octet again: 1..255 flips at least one bit.
    octets_.push_back(hit ? static_cast<uint8_t>(octet ^ (1 + rng.below(255))) : octet);
  }
  shuffle(before, rng);
  return static_cast<uint32_t>(octets_.size() - before);
}

void Path::push(ByteView octets, Instant now, Rng& rng) {
  const size_t room = kOctetsMax - std::min(kOctetsMax, queued());
  if (octets.size() > room) {
    dropped_ += octets.size() - room;
    octets = octets.first(room);
  }
  if (octets.empty()) return;

  Instant start = now + channel_.latency;
  if (faulty_ && channel_.jitter > 0s) start += rng.up_to(channel_.jitter);
  start = std::max(start, free_at_);
  const uint32_t admitted = admit(octets, rng);
  const uint32_t rate = channel_.rate_bps;
  const bool lossless = admitted == octets.size();
  if (bursts_at_ < bursts_.size() && lossless) {
    Burst& last = bursts_.back();
    const bool joins = start == free_at_ && last.rate_bps == rate && last.end == free_at_ &&
                       last.octets < kBurstMax;
    if (joins) {
      last.octets += admitted;
      free_at_ = last.end = last.start + time_for(last.octets, rate);
      return reckon();
    }
  }
  // Lost octets occupy the line as well.
  free_at_ = start + time_for(std::max(static_cast<uint32_t>(octets.size()), admitted), rate);
  if (admitted > 0) {
    Burst& burst = bursts_.emplace_back();
    burst.start = start;
    burst.rate_bps = rate;
    burst.octets = admitted;
    burst.taken = 0;
    burst.end = lossless ? free_at_ : start + time_for(admitted, rate);
  }
  reckon();
}

size_t Path::take(Bytes& into, Instant now) {
  size_t taken = 0;
  while (bursts_at_ < bursts_.size()) {
    Burst& burst = bursts_[bursts_at_];
    const uint32_t here = arrived(burst, now);
    if (here > burst.taken) taken += here - burst.taken;
    burst.taken = std::max(burst.taken, here);
    if (burst.taken < burst.octets) break;
    ++bursts_at_;
  }
  reckon();
  if (taken == 0) return 0;
  const ByteView out = ByteView(octets_).subspan(octets_at_, taken);
  into.insert(into.end(), out.begin(), out.end());
  octets_at_ += taken;
  compact();
  return taken;
}

void Path::reckon() {
  if (bursts_at_ == bursts_.size()) {
    due_ = kNever;
    return;
  }
  const Burst& burst = bursts_[bursts_at_];
  const bool last = burst.octets - burst.taken <= kGrain;
  due_ = last ? burst.end : burst.start + time_for(burst.taken + kGrain, burst.rate_bps);
}

void Path::clear() {
  octets_at_ = octets_.size();
  bursts_at_ = bursts_.size();
  free_at_ = Instant{};
  compact();
  reckon();
}

void Path::stall(Duration pause, Instant now) {
  for (size_t at = bursts_at_; at < bursts_.size(); ++at) {
    bursts_[at].start += pause;
    bursts_[at].end += pause;
  }
  free_at_ = std::max(free_at_, now) + pause;
  reckon();
}

/// Gives room back: cheap when empty (the usual case), else when half of the buffer is behind us.
void Path::compact() {
  if (octets_at_ == octets_.size()) {
    octets_.clear();
    bursts_.clear();
    octets_at_ = bursts_at_ = 0;
    if (octets_.capacity() > kKeptWhenEmpty) octets_.shrink_to_fit();
    return;
  }
  if (octets_at_ * 2 > octets_.size()) {
    octets_.erase(octets_.begin(), octets_.begin() + static_cast<ptrdiff_t>(octets_at_));
    octets_at_ = 0;
  }
  if (bursts_at_ * 2 > bursts_.size()) {
    bursts_.erase(bursts_.begin(), bursts_.begin() + static_cast<ptrdiff_t>(bursts_at_));
    bursts_at_ = 0;
  }
}

}  // namespace redial::lab
