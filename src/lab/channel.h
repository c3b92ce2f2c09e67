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
  // Losses come in bursts (Gilbert 1960): how many octets in a million begin one, and how many are
  // lost in it on average; 1 or less: the first alone.
  uint32_t burst_ppm = 0, burst_octets = 0;
  // Of a million chunks, as the sender hands them over: the last octets come twice; two runs within
  // change places. A run has at most Path::kRunMax octets.
  uint32_t duplicate_ppm = 0, reorder_ppm = 0;
  Duration jitter = 0s;  // each chunk is up to so much later; none overtakes another
  /// Octets arrive as they were sent, each after the same time.
  bool faultless() const {
    return (octet_error_ppm | octet_loss_ppm | burst_ppm | duplicate_ppm | reorder_ppm) == 0 &&
           jitter == 0s;
  }
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

  static constexpr size_t kRunMax = 32;

  /// For what is pushed from now on; what is under way keeps its pace.
  void set_channel(const Channel& channel) {
    channel_ = channel;
    faulty_ = !channel.faultless();
    in_burst_ = false;
  }
  const Channel& channel() const { return channel_; }

  void push(ByteView octets, Instant now, Rng& rng);
  /// Appends what has arrived by `now`; returns how many octets.
  size_t take(Bytes& into, Instant now);
  /// When the next grain (or what is left of a burst) will have arrived completely.
  Instant due() const { return due_; }
  std::optional<Instant> next_due() const { return unless_never(due()); }
  /// Nothing that is under way arrives.
  void clear();
  /// A pause: what has not been taken by now, and what is pushed meanwhile, is so much later.
  void stall(Duration pause, Instant now);

  size_t queued() const { return octets_.size() - octets_at_; }
  uint64_t dropped() const { return dropped_; }

 private:
  struct Burst {
    Instant start;  // its first octet begins to arrive
    uint32_t rate_bps;
    uint32_t octets;  // all of it
    uint32_t taken;   // of these; less than `octets`
    Instant end;      // they have arrived
  };
  static uint32_t arrived(const Burst& burst, Instant now);
  uint32_t admit(ByteView octets, Rng& rng);
  bool survives(Rng& rng);
  void shuffle(size_t from, Rng& rng);
  void compact();
  void reckon();

  Channel channel_;
  uint64_t dropped_ = 0;   // Octets that found the buffer full.
  bool faulty_ = false;    // The channel is not faultless().
  bool in_burst_ = false;  // Octets are being lost.
  Instant free_at_{};      // When the last octet queued so far has arrived.
  Instant due_ = kNever;   // See due(); asked far more often than it changes.
  Bytes octets_;           // From octets_at_ on: those under way, in the order of bursts_.
  size_t octets_at_ = 0;
  std::vector<Burst> bursts_;  // From bursts_at_ on, ascending in time.
  size_t bursts_at_ = 0;
};

}  // namespace redial::lab
