// SPDX-License-Identifier: Apache-2.0
// The detection bound as an output: for each way a link can fail, what notices it and how long that
// may take on this entry and line; and how long until the link is up again. `redial explain` prints
// it, the demo and the tests measure against it (failures.md F2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "connection/schedule.h"
#include "core/cause.h"
#include "phonebook/entry.h"
#include "ppp/config.h"

namespace redial::connection {

/// The ways a link or an attempt fails, by what it takes to notice them.
enum class Failure : uint8_t {
  ModemHangsUp,    // the call is dropped, the carrier goes
  DeviceVanishes,  // unplugged; the far end of a pty or TCP connection closes
  PeerTerminates,
  PeerDies,          // half-open: the carrier stays
  PathDies,          // the peer answers, nothing beyond it does
  PeerRenegotiates,  // an established link goes back to LCP and does not return
  ModemSilent,       // does not answer commands
  NoCarrier,         // dialled, and nothing comes of it: busy, no answer, a voice
  NoPpp,             // carrier, and nobody speaks PPP
  PeerStalls,        // falls silent while PPP is negotiated
  NotConverging,     // talks for ever, agrees never
  AuthSilent,
  HangUpStuck,   // the modem does not hang up
  AttemptStuck,  // whatever else keeps an attempt from getting on
};
constexpr size_t kFailures = static_cast<size_t>(Failure::AttemptStuck) + 1;

/// How long after the agreed delay, of 255 s at most, a server's call back is waited for: to ring,
/// and once more for the carrier.
constexpr Duration kCallbackMargin = 60s, kCallbackWithin = 255s + 2 * kCallbackMargin;

std::string_view name(Failure failure);  // "PeerDies"
std::string_view text(Failure failure);  // "the peer dies, the carrier stays"

/// What a line can tell, and how long its own steps may take. Filled in by engine/plan.h, which
/// knows modems.
struct LineTraits {
  bool has_modem = true;       // AT commands before data
  bool network = false;        // behind TCP
  bool carrier_detect = true;  // DCD can be trusted
  Duration open_within = 1s;
  Duration command_within = 0s;     // the longest a modem may leave a command unanswered
  Duration initialise_within = 0s;  // from the first octet to the number
  Duration notice_within = 0s;      // "NO CARRIER" in the data
  Duration hang_up_within = 0s;
  uint8_t lines = 1;              // one try may find all but the last of them unusable
  Duration greeting_within = 0s;  // of a null modem
};

/// One row: this failure is noticed by that, so soon.
struct WatchedBy {
  Failure failure;
  std::string by;  // as people read it: "DCD", "20 unanswered echoes, 714 ms apart"
  Duration bound;
  bool operator==(const WatchedBy&) const = default;
};

/// Between an event in the world and the machine that is told: the circuits are looked at every
/// 50 ms, the wheel ticks, the process is woken.
constexpr Duration kWakeSlack = 100ms;
/// The same for a chain of probes, each of which may wake a little late.
constexpr Duration kProbeSlack = 300ms;

/// How an entry's `watch` becomes probes: at least a round trip apart, even before one was
/// measured, and all of them, late wakes included, within the bound that was promised.
ppp::KeepaliveConfig keepalive_of(const phonebook::WatchSettings& watch);

/// Every failure that can befall this entry on this line, in the order of Failure.
std::vector<WatchedBy> detection(const phonebook::Entry& entry, const ppp::SessionConfig& session,
                                 const LineTraits& line);
/// Nullopt: this line cannot fail so.
std::optional<Duration> noticed_within(const std::vector<WatchedBy>& rows, Failure failure);
/// Which kind of failure a cause is, when it strikes in this phase; nullopt: none, it was wanted.
std::optional<Failure> failure_of(CauseCode cause, Phase phase);

/// From the carrier to the PPP that is not interrupted any more: scripts and text logins.
Duration before_ppp_bound(const phonebook::Entry& entry, const LineTraits& line);
/// Opening, initialising, dialling and negotiating, each as long as it may: the attempt's watchdog.
Duration attempt_bound(const phonebook::Entry& entry, const ppp::SessionConfig& session,
                       const LineTraits& line);
/// Terminate and hang up.
Duration tear_down_bound(const ppp::SessionConfig& session, const LineTraits& line);
/// The longest pause that the schedule draws for this reason the first time.
Duration first_pause(PauseReason reason, const phonebook::RedialSettings& settings);
/// From the notice to Up again, if network and peer work from then on: the pause, or the hang-up
/// where that takes longer, and one attempt.
Duration restore_bound(const phonebook::Entry& entry, const ppp::SessionConfig& session,
                       const LineTraits& line, PauseReason reason);

}  // namespace redial::connection
