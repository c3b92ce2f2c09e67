// SPDX-License-Identifier: Apache-2.0
#include "sim/coverage.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace redial::sim {
namespace {

using enum CauseCode;

constexpr std::string_view kNotSupervised =
    "no call is going on: only the user ends what is waiting; the rest is judged when it is "
    "dialled";
constexpr std::string_view kJudged = "the call is ending, and its first cause has been judged";
constexpr std::string_view kOpeningOnly = "told when a line is opened, and only then";
constexpr std::string_view kTaken =
    "told when a line is opened, or of a modem that has answered somebody else before it dials";
constexpr std::string_view kModemWords =
    "a modem says so between the number and the carrier, and a pad before PPP; once data flow, "
    "only "
    "NO CARRIER and DCD are looked at";
constexpr std::string_view kNumber =
    "Delayed, Blacklisted: a modem's word about the number it was just given; no description can "
    "make it an answer to anything else";
constexpr std::string_view kCommands = "a modem is spoken to before the carrier only";
constexpr std::string_view kBadNumber = "seen when the number is made into a command";
constexpr std::string_view kNeedsCarrier = "needs a carrier that has been there";
constexpr std::string_view kFirstWord =
    "once the peer has said anything in PPP it is another cause";
constexpr std::string_view kLimits =
    "a limit ends a link that is up; before each call it only postpones it";
constexpr std::string_view kEstablished = "needs a link that is up";
constexpr std::string_view kIdentity = "needs a peer that has been told who we are";
constexpr std::string_view kAddress = "needs IPCP";
constexpr std::string_view kAsked =
    "a call back is agreed on before the network is, and its line is up when that is reached";
constexpr std::string_view kScript = "a script runs between the carrier and PPP";
constexpr std::string_view kUnopened =
    "a Terminate-Request before LCP is open is answered, and negotiation goes on (RFC 1661 4.1: "
    "RTR)";
constexpr std::string_view kNoDemand = "decided while LCP is negotiated, or when it is open";
constexpr std::string_view kRefusedBefore =
    "an entry that demands what is not supported is refused before anything is dialled";

constexpr Cell kPossible{};
constexpr Cell never(std::string_view why) { return {Cell::Kind::Impossible, why}; }

bool between(Phase phase, Phase first, Phase last) { return first <= phase && phase <= last; }
Cell only(bool possible, std::string_view why) { return possible ? kPossible : never(why); }
/// Before a network is agreed on, in a call that is called back.
bool maybe_called_back(Phase phase) {
  return phase == Phase::Establishing || phase == Phase::Authenticating;
}

Cell of_modem(CauseCode cause, Phase phase) {
  // As it is prepared once more, to be called back.
  if (maybe_called_back(phase)) return kPossible;
  // In Dialing: where a description gives the number before the call. A machine that slept through
  // an attempt finds its watchdog due first.
  const Phase first = cause == ModemSilent ? Phase::Opening : Phase::Preparing;
  return only(between(phase, first, Phase::Dialing), kCommands);
}

Cell of_number(CauseCode cause, Phase phase) {
  if (phase == Phase::Dialing) return kPossible;
  if (cause == Delayed || cause == Blacklisted) return never(kNumber);
  if (phase == Phase::Preparing) return kPossible;  // as an answer of a command's own
  if (phase == Phase::Establishing) return kPossible;
  if (cause == NoCarrier && phase == Phase::Authenticating) return kPossible;  // called back
  return never(kModemWords);
}

}  // namespace

Cell cell_of(CauseCode cause, Phase phase) {
  if (phase == Phase::Closing) return never(kJudged);
  if (cause == UserHangUp || cause == ServiceStopping) return kPossible;
  if (phase == Phase::Waiting) return never(kNotSupervised);
  const bool negotiates = between(phase, Phase::Establishing, Phase::Up);
  switch (cause) {
    case UserHangUp:
    case ServiceStopping:
    case PrerequisiteDown:
    case DeviceVanished:
    case TransportClosed: return kPossible;
    case IdleTimeout:
    case SessionLimit:
    case BudgetSpent:
    case OutsideWindow: return only(phase == Phase::Up, kLimits);
    case DeviceMissing:
    case DeviceNotALine:
    case DeviceForbidden:
    case DeviceParameters:
    case HostUnknown:
    case ConnectionRefused:
    case HostUnreachable: return only(phase == Phase::Opening, kOpeningOnly);
    case DeviceBusy: return only(phase <= Phase::Preparing, kTaken);
    case ModemSilent:
    case ModemError:
    case ModemNotUnderstood: return of_modem(cause, phase);
    case NoDialTone:
    case Busy:
    case NoAnswer:
    case NoCarrier:
    case VoiceAnswer:
    case Delayed:
    case Blacklisted: return of_number(cause, phase);
    case BadNumber: return only(phase == Phase::Preparing, kBadNumber);
    case CarrierLost: return only(negotiates, kNeedsCarrier);
    case PathDead:
    case PeerSilent: return only(phase == Phase::Up, kEstablished);
    case ScriptFailed: return only(phase == Phase::Establishing, kScript);
    case PppNoResponse:
      // In Authenticating: the call back has a carrier, and nobody speaks.
      return only(maybe_called_back(phase), negotiates ? kFirstWord : kNeedsCarrier);
    case PppTimeout:
    case PppNotConverging:
    case LoopbackDetected:
    case ProtocolRejected: return only(negotiates, kNeedsCarrier);
    case PeerTerminated:
      if (phase == Phase::Establishing) return never(kUnopened);
      return only(negotiates, kNeedsCarrier);
    case AuthRejected: return only(negotiates, kNeedsCarrier);
    case AuthExpired:
    case AuthDisabled:
    case AuthHours:
    case AuthNoPermission:
    case AuthPasswordChange:
    case AuthTimeout:
    case ServerNotProven: return only(phase >= Phase::Authenticating, kIdentity);
    case AuthProtocol: return only(negotiates, kNoDemand);
    case NoAddress:
    case AddressRefused:
    case RegistrationTimeout: return only(phase >= Phase::Registering, kAddress);
    case CallbackMissed: return only(maybe_called_back(phase), kAsked);
    case Unsupported: return never(kRefusedBefore);
  }
  return kPossible;
}

Coverage coverage_of(const Tally& tally) {
  Coverage coverage;
  coverage.table = fmt::format("{:<20}", "");
  for (size_t phase = 0; phase < kPhases; ++phase) {
    coverage.table += fmt::format(" {:>8.8}", name(Phase(phase)));
  }
  coverage.table += "\n";
  for (size_t code = 0; code < kCauses; ++code) {
    const CauseCode cause{static_cast<uint8_t>(code)};
    std::string row = fmt::format("{:<20}", name(cause));
    for (size_t phase = 0; phase < kPhases; ++phase) {
      const uint64_t hits = tally.endings[phase][code];
      const Cell cell = cell_of(cause, Phase(phase));
      const bool possible = cell.kind == Cell::Kind::Possible;
      coverage.possible += possible;
      coverage.enough += possible && hits >= kCellWanted;
      coverage.some += possible && hits > 0;
      const std::string text = fmt::format("{} in {}: {}", name(cause), name(Phase(phase)), hits);
      if (possible && hits < kCellWanted) coverage.lacking.push_back(text);
      if (cell.kind == Cell::Kind::Impossible && hits > 0) coverage.surprises.push_back(text);
      row += possible || hits > 0
                 ? fmt::format(" {:>8}", hits)
                 : fmt::format(" {:>8}", cell.kind == Cell::Kind::NotRun ? "?" : "-");
    }
    coverage.table += row + "\n";
  }
  return coverage;
}

namespace {

/// "CarrierLost, PppTimeout" for each reason, once.
std::string reasons(Cell::Kind kind) {
  std::map<std::string_view, std::vector<std::string_view>> causes;
  for (size_t code = 0; code < kCauses; ++code) {
    for (size_t phase = 0; phase < kPhases; ++phase) {
      const CauseCode cause{static_cast<uint8_t>(code)};
      const Cell cell = cell_of(cause, Phase(phase));
      if (cell.kind != kind) continue;
      auto& named = causes[cell.why];
      if (named.empty() || named.back() != name(cause)) named.push_back(name(cause));
    }
  }
  std::string text;
  for (const auto& [why, named] : causes) {
    const bool all = named.size() > kCauses / 2;
    text +=
        fmt::format("  {}: {}\n", why,
                    all ? std::string("all others") : fmt::format("{}", fmt::join(named, ", ")));
  }
  return text;
}

std::string lines(std::string_view title, const std::vector<std::string>& cells) {
  if (cells.empty()) return {};
  return fmt::format("{}:\n  {}\n", title, fmt::join(cells, "\n  "));
}

}  // namespace

std::string to_text(const Coverage& coverage) {
  const std::string not_run = reasons(Cell::Kind::NotRun);
  return coverage.table +
         fmt::format("{} cells are possible; {} were hit {} times or more, {} at all\n",
                     coverage.possible, coverage.enough, kCellWanted, coverage.some) +
         lines("hit less often", coverage.lacking) +
         lines("hit, though said to be impossible", coverage.surprises) +
         "- impossible, because\n" + reasons(Cell::Kind::Impossible) +
         (not_run.empty() ? "" : "? possible, and not simulated yet; it needs\n" + not_run);
}

}  // namespace redial::sim
