// SPDX-License-Identifier: Apache-2.0
// When is a peer dead? Probes only into silence, spaced by the measured round trip, and a verdict
// only after at least twenty of them went unanswered: a fifth of all frames lost kills no link
// (0.36^20 is one in a billion), yet silence is noticed within the bound. failures.md F2, F3.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/outbox.h"
#include "ppp/config.h"

namespace redial::ppp {

/// Echo-Request is an option that some peers ignore for ever (rt-n56u#18); an unknown code must be
/// rejected by every implementation (RFC 1661 §5.6), so it is what a peer is asked then.
enum class ProbeKind : uint8_t { Echo, UnknownCode };
struct Probe {
  ProbeKind kind;
  bool operator==(const Probe&) const = default;
};
struct PeerDead {
  uint8_t probes;
  Duration silence;
  bool operator==(const PeerDead&) const = default;
};
using KeepaliveAction = std::variant<Probe, PeerDead>;

/// The longest round trip believed in: one answer out of a long stall must not blind us for
/// minutes.
constexpr Duration kRoundTripLongest = 10s;

/// Judges at expiry instead of re-arming: `on_life` is one store, whatever the traffic.
class Keepalive {
 public:
  explicit Keepalive(const KeepaliveConfig& config) : config_(&config) {}

  /// The link is up, and its owner sends one echo at once: it measures the round trip, and tells
  /// whether this peer answers echoes before another one may have taken its place.
  void start(Instant now);
  void stop() { running_ = false; }
  void on_life(Instant now) {
    last_life_ = now;
    probes_ = 0;
  }
  /// A Code-Reject of a probe: as good as a reply. True for the first one from a peer that has
  /// never answered an echo: from here on it is asked with unknown codes alone, and somebody is
  /// told.
  bool on_reject(uint8_t probes_since, Instant now);
  /// An Echo-Reply to the probe sent `probes_since` probes before the latest one: a measurement of
  /// the round trip, which may well be longer than the spacing.
  void on_reply(uint8_t probes_since, Instant now) {
    echoes_ = true;
    measure(probes_since, now);
  }
  Outbox<KeepaliveAction, 1> on_deadline(Instant now);
  Instant due() const {
    if (!running_) return kNever;
    if (probes_ == 0) return last_life_ + config_->echo_after_silence;
    return last_probe_ + config_->spacing(round_trip());
  }
  std::optional<Instant> deadline() const { return unless_never(due()); }
  Duration round_trip() const { return Duration(round_trip_us_); }

  /// So many echoes go unanswered before a peer that never answered one is asked otherwise.
  static constexpr uint8_t kEchoesFirst = 4;

 private:
  void measure(uint8_t probes_since, Instant now);
  ProbeKind next_kind() const;

  const KeepaliveConfig* config_;
  Instant last_life_{};  // any valid frame that is not our own
  Instant last_probe_{};
  uint32_t round_trip_us_ = 0;  // smoothed: up by eighths, down by halves; zero: not known
  uint8_t probes_ = 0;          // unanswered, in this silence
  bool running_ = false;
  bool begins_ = false;   // the latest probe is the one that came with the link
  bool echoes_ = false;   // the peer has answered an echo in this session
  bool rejects_ = false;  // or, having never done so, rejected an unknown code
};

}  // namespace redial::ppp
