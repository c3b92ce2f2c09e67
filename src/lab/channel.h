// SPDX-License-Identifier: Apache-2.0
// One direction of a carrier: octets go in at once and come out at the line's rate, late, and not
// always as they were.
#pragma once

#include <cstdint>
#include <optional>

#include "core/bytes.h"
#include "core/rng.h"
#include "core/time.h"

namespace redial::lab {

/// The path between two connected modems, one way.
struct Channel {
  uint32_t rate_bps = 28800;  // carrier rate; 10 bits an octet on the wire; 0: no shaping
  Duration latency = 20ms;
  uint32_t octet_error_ppm = 0;  // noise: octets changed
  uint32_t octet_loss_ppm = 0;
  bool operator==(const Channel&) const = default;
};

/// Octets on their way. One entry a burst, not an octet: a burst sent while the line is still busy
/// joins the one before it, so an endless stream is one entry.
class Path {
 public:
  /// Queued octets beyond this are dropped and counted: the sender's buffer is full.
  static constexpr size_t kOctetsMax = 64 * 1024;
  /// A deadline covers so many octets: the size of a V.42 frame, not a wake-up per octet.
  static constexpr uint32_t kGrain = 128;

  void set_channel(const Channel& channel) { channel_ = channel; }
  const Channel& channel() const { return channel_; }

  void push(ByteView octets, Instant now, Rng& rng);
  /// Appends what has arrived by `now`; returns how many octets.
  size_t take(Bytes& into, Instant now);
  /// When the next grain (or what is left of a burst) will have arrived completely.
  std::optional<Instant> next_due() const;
  /// Nothing that is under way arrives.
  void clear();

  size_t queued() const { return octets_.size() - octets_at_; }
  uint64_t dropped() const { return dropped_; }

 private:
  struct Burst {
    Instant start;  // its first octet begins to arrive
    uint32_t rate_bps;
    uint32_t octets;  // all of it
    uint32_t taken;   // of these; less than `octets`
  };
  static Instant arrival(const Burst& burst, uint32_t octets);
  static uint32_t arrived(const Burst& burst, Instant now);
  uint32_t admit(ByteView octets, Rng& rng);
  void compact();

  Channel channel_;
  Instant free_at_{};  // When the last octet queued so far has arrived.
  Bytes octets_;       // From octets_at_ on: those under way, in the order of bursts_.
  size_t octets_at_ = 0;
  std::vector<Burst> bursts_;  // From bursts_at_ on, ascending in time.
  size_t bursts_at_ = 0;
  uint64_t dropped_ = 0;  // Octets that found the buffer full.
};

}  // namespace redial::lab
