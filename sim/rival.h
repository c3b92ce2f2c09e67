// SPDX-License-Identifier: Apache-2.0
// How other diallers redial, as their manuals document it: small models for the table beside what
// we measure of ourselves. Every rule and its source stand in docs/proof.md. Nothing here is run in
// the product.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "core/time.h"
#include "sim/fault.h"

namespace redial::sim {

/// Why a link has ended, or an attempt has failed, as a dialler gets to know it.
enum class Why : uint8_t {
  HungUp,          // DCD fell
  PeerTerminated,  // LCP Terminate-Request
  EchoLost,        // LCP echoes went unanswered
  DeviceGone,
  Busy,
  NoAnswer,
  SilentPeer,  // a carrier, and no PPP behind it
  Refused,     // the password
  ModemSilent,
  DeviceMissing,
};

/// One fault as a dialler meets it, whoever it is.
struct Trouble {
  Instant up_since;  // the link
  Instant at;        // the link is dead from here on
  /// When modem or peer show it unasked; nullopt: never.
  std::optional<Instant> shows_at;
  Why shows_as = Why::HungUp;
  /// What attempts meet, and up to when.
  std::optional<Why> obstacle;
  Instant until = kNever;
  bool cured_by_reset = false;  // the obstacle ends when DTR falls or ATZ is said
};
/// Nullopt: not one that the table has. Busy, NoAnswer and WrongPassword strike a link that has
/// lost its carrier at the same moment; by themselves they end none.
std::optional<Trouble> trouble_of(const Fault& fault, Instant up_since);

/// What a call costs on the same modems and the same exchange: as measured of our own.
struct Costs {
  Duration set_up;     // from the decision to dial until IP is up
  Duration busy;       // until BUSY is known
  Duration no_answer;  // until the modem gives up
};

/// LCP echoes: one every so often, and the link is dead after so many unanswered; 0: off.
struct Echo {
  Duration every{};
  uint32_t failures = 0;
};

class Rival {
 public:
  virtual ~Rival() = default;
  virtual Echo echo() const { return {}; }
  /// The pause until its next attempt; nullopt: it gives up for good. `was_up`: 0s of an attempt.
  virtual std::optional<Duration> next_try(Why why, Duration was_up) = 0;
  virtual void on_up() {}
  /// How long an attempt takes that fails so.
  virtual Duration attempt(Why why, const Costs& costs) const;
  /// It is told of a device that is back, and dials so long after; nullopt: it only tries.
  virtual std::optional<Duration> after_return() const { return std::nullopt; }
};

enum class RivalKind : uint8_t { Pppd, PppdEcho, Wvdial, NetworkManager };
constexpr size_t kRivals = static_cast<size_t>(RivalKind::NetworkManager) + 1;
std::string_view name_of(RivalKind kind);
std::unique_ptr<Rival> make_rival(RivalKind kind);

/// What became of the link; nullopt: not within the horizon, or never.
struct Outcome {
  std::optional<Duration> noticed, restored;  // since the strike
  uint32_t attempts = 0;
};
/// Fate of one link, in virtual time.
Outcome meet(Rival& rival, const Trouble& trouble, const Costs& costs, Duration horizon);

}  // namespace redial::sim
