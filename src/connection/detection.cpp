// SPDX-License-Identifier: Apache-2.0
#include "connection/detection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "connection/path_watch.h"
#include "connection/supervisor.h"
#include "ppp/session.h"

namespace redial::connection {

using phonebook::Entry;

namespace {

struct Words {
  std::string_view name, text;
};
constexpr std::array<Words, kFailures> kWords = {{
    {"ModemHangsUp", "the call is dropped"},
    {"DeviceVanishes", "the device goes away"},
    {"PeerTerminates", "the peer ends the link"},
    {"PeerDies", "the peer is dead, the carrier stays"},
    {"PathDies", "nothing answers beyond the peer"},
    {"PeerRenegotiates", "the peer negotiates anew and does not come back"},
    {"ModemSilent", "the modem does not answer commands"},
    {"NoCarrier", "the call leads to no carrier"},
    {"NoPpp", "answered by something that speaks no PPP"},
    {"PeerStalls", "the peer falls silent while negotiating"},
    {"NotConverging", "the negotiation never ends"},
    {"AuthSilent", "no answer to user name and password"},
    {"HangUpStuck", "the modem does not hang up"},
    {"AttemptStuck", "an attempt gets nowhere, for whatever reason"},
}};

/// Of one Configure-Request and its repetitions (RFC 1661 §4.6).
Duration requests_bound(const ppp::RestartPolicy& restart) {
  return restart.period * restart.configure_max;
}

std::string requests_text(std::string_view what, const ppp::RestartPolicy& restart) {
  return fmt::format("{} {}, {} apart, unanswered", restart.configure_max, what,
                     to_text(restart.period));
}

bool has_script(const Entry& entry) { return !entry.script_steps.empty() || entry.script_compiled; }

std::string before_ppp_text(const Entry& entry, const ppp::RestartPolicy& restart) {
  return fmt::format("{}login_within for text, then {}", has_script(entry) ? "script_within, " : "",
                     requests_text("Configure-Requests", restart));
}

std::string carrier_text(const LineTraits& line) {
  if (line.network && !line.has_modem) return "the end of the TCP connection";
  if (line.carrier_detect) {
    if (!line.has_modem) return "DCD";
    return fmt::format("DCD (one strapped high is told; then NO CARRIER in the data, {})",
                       to_text(line.notice_within + kWakeSlack));
  }
  return "NO CARRIER in the data, and silence after it";
}

std::string path_text(const phonebook::WatchSettings& watch) {
  const std::string rounds = fmt::format(
      "{} rounds of {} probes in {}, unanswered (where frames arrive damaged up to {} "
      "later)",
      watch.path_rounds, PathWatch::kProbes, to_text(PathWatch::kRound),
      to_text(PathWatch::later_if_damaged(watch)));
  if (!watch.path.empty()) {
    return fmt::format("{} of silence, then {}: {}", to_text(watch.path_every), rounds,
                       fmt::join(watch.path, ", "));
  }
  return fmt::format(
      "data out and nothing back for {}, then {}, if the peer is known to answer them",
      to_text(watch.stall), rounds);
}

void add_established(const Entry& entry, const ppp::SessionConfig& session, const LineTraits& line,
                     std::vector<WatchedBy>& rows) {
  // A cable without circuits has no carrier to lose: the peer's death is all that can be seen.
  if (line.has_modem || line.carrier_detect) {
    const Duration bound = line.carrier_detect ? kWakeSlack : line.notice_within + kWakeSlack;
    rows.push_back({Failure::ModemHangsUp, carrier_text(line), bound});
  }
  if (line.network) {
    // TCP_USER_TIMEOUT, and keep-alive probes that need not be acknowledged for longer.
    const Duration dead = entry.watch.dead_peer_bound;
    rows.push_back({Failure::DeviceVanishes,
                    fmt::format("the end of the TCP connection, or {} without an acknowledgement",
                                to_text(dead)),
                    dead + kProbeSlack});
  } else {
    rows.push_back({Failure::DeviceVanishes,
                    line.carrier_detect ? "the kernel, or DSR that drops" : "the kernel",
                    kWakeSlack});
  }
  rows.push_back({Failure::PeerTerminates, "its Terminate-Request", kWakeSlack});
  const ppp::KeepaliveConfig& keepalive = session.keepalive;
  const Duration round_trip = entry.watch.round_trip_max;
  rows.push_back(
      {Failure::PeerDies,
       fmt::format("{} unanswered echoes, {} apart, after {} of silence", keepalive.probes,
                   to_text(keepalive.spacing(round_trip)), to_text(keepalive.echo_after_silence)),
       keepalive.bound(round_trip) + kProbeSlack});
  const bool requested = !entry.watch.path.empty();
  if (requested || entry.watch.stall > 0s) {
    rows.push_back({Failure::PathDies, path_text(entry.watch),
                    PathWatch::bound(entry.watch, requested) + kProbeSlack});
  }
  rows.push_back({Failure::PeerRenegotiates, "the bound of a negotiation",
                  ppp::Session::negotiation_bound(session.restart) + kWakeSlack});
}

}  // namespace

std::string_view name(Failure failure) { return kWords[static_cast<size_t>(failure)].name; }
std::string_view text(Failure failure) { return kWords[static_cast<size_t>(failure)].text; }

ppp::KeepaliveConfig keepalive_of(const phonebook::WatchSettings& watch) {
  const Duration at_round_trips = watch.round_trip_max * (watch.probes + 1);
  return {.echo_after_silence = watch.echo_after_silence,
          .dead_peer_bound = std::max(watch.dead_peer_bound - kProbeSlack,
                                      watch.echo_after_silence + at_round_trips),
          .probes = watch.probes,
          .round_trip_max = watch.round_trip_max};
}

std::vector<WatchedBy> detection(const Entry& entry, const ppp::SessionConfig& session,
                                 const LineTraits& line) {
  std::vector<WatchedBy> rows;
  add_established(entry, session, line, rows);
  if (line.has_modem) {
    rows.push_back(
        {Failure::ModemSilent, "the deadline of each command", line.command_within + kWakeSlack});
    rows.push_back(
        {Failure::NoCarrier, "the modem's result, or dial_within", entry.dial_within + kWakeSlack});
  }
  const Duration requests = requests_bound(session.restart) + kWakeSlack;
  rows.push_back({Failure::NoPpp, before_ppp_text(entry, session.restart),
                  before_ppp_bound(entry, line) + requests});
  rows.push_back(
      {Failure::PeerStalls, requests_text("Configure-Requests", session.restart), requests});
  rows.push_back({Failure::NotConverging, "the bound of a negotiation",
                  ppp::Session::negotiation_bound(session.restart) + kWakeSlack});
  rows.push_back({Failure::AuthSilent, "the deadline of authentication", requests});
  rows.push_back({Failure::HangUpStuck, "the bound of a hang-up; then the line is closed",
                  Supervisor::kReleaseBound + kWakeSlack});
  rows.push_back({Failure::AttemptStuck, "the watchdog of the attempt",
                  attempt_bound(entry, session, line) + kWakeSlack});
  return rows;
}

std::optional<Duration> noticed_within(const std::vector<WatchedBy>& rows, Failure failure) {
  const auto row = std::ranges::find(rows, failure, &WatchedBy::failure);
  return row == rows.end() ? std::nullopt : std::optional(row->bound);
}

std::optional<Failure> failure_of(CauseCode cause, Phase phase) {
  switch (cause) {
    case CauseCode::UserHangUp:
    case CauseCode::ServiceStopping:
    case CauseCode::IdleTimeout:
    case CauseCode::SessionLimit:
    case CauseCode::BudgetSpent:
    case CauseCode::OutsideWindow:
    case CauseCode::PrerequisiteDown:
    case CauseCode::Unsupported: return std::nullopt;
    case CauseCode::CarrierLost: return Failure::ModemHangsUp;
    case CauseCode::DeviceVanished:
    case CauseCode::TransportClosed: return Failure::DeviceVanishes;
    case CauseCode::PeerTerminated: return Failure::PeerTerminates;
    case CauseCode::PathDead: return Failure::PathDies;
    case CauseCode::PeerSilent: return Failure::PeerDies;
    case CauseCode::ModemSilent:
    case CauseCode::ModemError:
    case CauseCode::ModemNotUnderstood: return Failure::ModemSilent;
    case CauseCode::NoDialTone:
    case CauseCode::Busy:
    case CauseCode::NoAnswer:
    case CauseCode::NoCarrier:
    case CauseCode::VoiceAnswer:
    case CauseCode::Delayed:
    case CauseCode::Blacklisted:
    case CauseCode::BadNumber: return Failure::NoCarrier;
    case CauseCode::ScriptFailed:
    case CauseCode::PppNoResponse: return Failure::NoPpp;
    case CauseCode::PppTimeout:
    case CauseCode::RegistrationTimeout:
      return phase == Phase::Up ? Failure::PeerRenegotiates : Failure::PeerStalls;
    case CauseCode::PppNotConverging:
    case CauseCode::LoopbackDetected:
    case CauseCode::ProtocolRejected:
    case CauseCode::NoAddress:
    case CauseCode::AddressRefused:
      return phase == Phase::Up ? Failure::PeerRenegotiates : Failure::NotConverging;
    case CauseCode::AuthRejected:
    case CauseCode::AuthExpired:
    case CauseCode::AuthDisabled:
    case CauseCode::AuthHours:
    case CauseCode::AuthNoPermission:
    case CauseCode::AuthPasswordChange:
    case CauseCode::AuthProtocol:
    case CauseCode::AuthTimeout:
    case CauseCode::ServerNotProven: return Failure::AuthSilent;
    case CauseCode::CallbackMissed:
    case CauseCode::DeviceParameters:
    case CauseCode::DeviceMissing:
    case CauseCode::DeviceNotALine:
    case CauseCode::DeviceForbidden:
    case CauseCode::DeviceBusy:
    case CauseCode::HostUnknown:
    case CauseCode::ConnectionRefused:
    case CauseCode::HostUnreachable: return Failure::AttemptStuck;
  }
  return std::nullopt;
}

Duration before_ppp_bound(const Entry& entry, const LineTraits& line) {
  const Duration script = (has_script(entry) ? entry.script_within : 0s) +
                          (entry.script_before.empty() ? 0s : entry.script_within);
  constexpr Duration kTerminal = 10min;  // modem::BeforePpp::kTerminalWithin
  const Duration user =
      (entry.terminal_before ? kTerminal : 0s) + (entry.terminal ? kTerminal : 0s);
  return user + line.greeting_within + script + entry.login_within;
}

Duration attempt_bound(const Entry& entry, const ppp::SessionConfig& session,
                       const LineTraits& line) {
  const Duration call = line.has_modem ? line.initialise_within + entry.dial_within : 0s;
  const Duration negotiation = ppp::Session::negotiation_bound(session.restart);
  // A second beyond, so that a lower deadline, which knows what it waited for, comes first.
  const Duration once = line.open_within + call + before_ppp_bound(entry, line) + negotiation + 1s;
  if (!session.callback) return once;
  // The first call is hung up, the line prepared again to listen, and PPP negotiates twice.
  return once + tear_down_bound(session, line) + line.initialise_within + kCallbackWithin +
         negotiation;
}

Duration tear_down_bound(const ppp::SessionConfig& session, const LineTraits& line) {
  return session.restart.terminate_period * session.restart.terminate_max + line.hang_up_within;
}

Duration first_pause(PauseReason reason, const phonebook::RedialSettings& settings) {
  switch (reason) {
    case PauseReason::None: return 0s;
    case PauseReason::LinkFailure: return Schedule::kRestorePause;
    case PauseReason::BackOff: return std::min(settings.first_pause, settings.longest_pause);
    case PauseReason::PhonebookPause: return settings.pause.value_or(0s);
    case PauseReason::Flapping: return std::min(settings.first_pause, settings.longest_pause);
    case PauseReason::AttemptsUsedUp:
      return std::min(settings.unreachable_step, settings.unreachable_longest);
    case PauseReason::AuthHold: return std::min(settings.auth_hold, settings.auth_hold_longest);
    case PauseReason::NextNumber: return Schedule::kNextNumberPause;
    case PauseReason::NextLine: return 0s;
    case PauseReason::SessionRenewed: return Schedule::kRestorePause;
    // These depend on the cause, the entry's hold of it, or the clock.
    case PauseReason::NumberHold:
    case PauseReason::CauseHold: return 168h;
    case PauseReason::HourLimit: return 1h;
    case PauseReason::Hours: return 168h;
    case PauseReason::Budget: return 25h;
  }
  return 0s;
}

Duration restore_bound(const Entry& entry, const ppp::SessionConfig& session,
                       const LineTraits& line, PauseReason reason) {
  // The pause runs while the line is being hung up.
  const Duration before =
      std::max(first_pause(reason, entry.redial), tear_down_bound(session, line));
  const Duration other_lines = line.open_within * (line.lines - 1);
  return before + other_lines + attempt_bound(entry, session, line) + kWakeSlack;
}

}  // namespace redial::connection
