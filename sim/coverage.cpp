// SPDX-License-Identifier: Apache-2.0
#include "sim/coverage.h"

#include <fmt/format.h>

namespace redial::sim {
namespace {

using enum CauseCode;

constexpr std::string_view kNotSupervised =
    "nothing is going on: only the user, the clock or the entry ends it";
constexpr std::string_view kJudged = "the call is ending, and its first cause has been judged";
constexpr std::string_view kOpeningOnly = "told when a line is opened, and only then";
constexpr std::string_view kOpenLine = "needs a line that is open";
constexpr std::string_view kModemWords = "a modem says so between the number and the carrier";
constexpr std::string_view kCommands = "a modem is spoken to before the carrier only";
constexpr std::string_view kNeedsCarrier = "needs a carrier that has been there";
constexpr std::string_view kNegotiation = "needs PPP that negotiates";
constexpr std::string_view kEstablished = "needs a link that is up";
constexpr std::string_view kIdentity = "needs a peer that has been asked who we are";
constexpr std::string_view kAddress = "needs IPCP";
constexpr std::string_view kOther = "no line, entry or far end of this profile can bring it";

bool between(Phase phase, Phase first, Phase last) { return first <= phase && phase <= last; }

std::string_view outside(bool possible, std::string_view why) { return possible ? "" : why; }

}  // namespace

std::string_view impossible(CauseCode cause, Phase phase) {
  if (phase == Phase::Closing) return kJudged;
  const bool user = cause == UserHangUp || cause == ServiceStopping;
  if (user) return {};
  if (phase == Phase::Waiting) return kNotSupervised;
  switch (cause) {
    case UserHangUp:
    case ServiceStopping: return {};
    case DeviceMissing:
    case DeviceNotALine:
    case DeviceForbidden:
    case DeviceParameters: return outside(phase == Phase::Opening, kOpeningOnly);
    case DeviceBusy:
      return outside(phase == Phase::Opening || phase == Phase::Preparing, kOpeningOnly);
    case HostUnknown:
    case ConnectionRefused:
    case HostUnreachable: return outside(phase == Phase::Opening, kOpeningOnly);
    case TransportClosed: return {};
    case SessionLimit: return outside(phase == Phase::Up, kEstablished);
    case DeviceVanished: return outside(phase != Phase::Opening, kOpenLine);
    case ModemSilent: return outside(between(phase, Phase::Preparing, Phase::Dialing), kCommands);
    case ModemError: return outside(between(phase, Phase::Preparing, Phase::Dialing), kCommands);
    case ModemNotUnderstood: return outside(phase == Phase::Preparing, kCommands);
    case NoDialTone:
    case Busy:
    case NoAnswer:
    case NoCarrier:
    case VoiceAnswer:
    case Delayed:
    case Blacklisted: return outside(phase == Phase::Dialing, kModemWords);
    case CarrierLost: return outside(between(phase, Phase::Establishing, Phase::Up), kNeedsCarrier);
    case PppNoResponse: return outside(phase == Phase::Establishing, kNegotiation);
    case PppTimeout:
    case PppNotConverging:
      return outside(between(phase, Phase::Establishing, Phase::Registering), kNegotiation);
    case LoopbackDetected:
      return outside(phase == Phase::Establishing || phase == Phase::Up, kNegotiation);
    case ProtocolRejected:
      return outside(phase == Phase::Establishing || phase == Phase::Registering, kNegotiation);
    case PeerTerminated:
      return outside(between(phase, Phase::Establishing, Phase::Up), kNegotiation);
    case PeerSilent: return outside(phase == Phase::Up, kEstablished);
    case AuthRejected:
    case AuthExpired:
    case AuthDisabled:
    case AuthHours:
    case AuthNoPermission:
    case AuthPasswordChange:
    case AuthTimeout: return outside(phase == Phase::Authenticating, kIdentity);
    case NoAddress: return outside(phase == Phase::Registering, kAddress);
    case RegistrationTimeout:
      return outside(phase == Phase::Registering || phase == Phase::Up, kAddress);
    case IdleTimeout:
    case BudgetSpent:
    case OutsideWindow:
    case PrerequisiteDown:
    case BadNumber:
    case PathDead:
    case ScriptFailed:
    case AuthProtocol:
    case ServerNotProven:
    case AddressRefused:
    case CallbackMissed:
    case Unsupported: return kOther;
  }
  return kOther;
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
      const bool possible = impossible(cause, Phase(phase)).empty();
      coverage.possible += possible;
      coverage.enough += possible && hits >= kCellWanted;
      coverage.some += possible && hits > 0;
      row += possible || hits > 0 ? fmt::format(" {:>8}", hits) : fmt::format(" {:>8}", "-");
    }
    coverage.table += row + "\n";
  }
  return coverage;
}

std::string to_text(const Coverage& coverage) {
  return coverage.table +
         fmt::format("{} cells are possible; {} were hit {} times or more, {} at all\n",
                     coverage.possible, coverage.enough, kCellWanted, coverage.some);
}

}  // namespace redial::sim
