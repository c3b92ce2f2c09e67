// SPDX-License-Identifier: Apache-2.0
#include "connection/policy.h"

#include <array>

namespace redial::connection {
namespace {

struct Row {
  CauseCode cause;
  std::array<Action, kPhases> actions;
};

using enum CauseCode;
constexpr Action R = Action::Redial, L = Action::Restore, A = Action::HoldAuth,
                 N = Action::HoldNumber, E = Action::AwaitEdit, S = Action::Stop, K = Action::Keep,
                 F = Action::Renew, W = Action::Await;

// R redial after back-off · L link failure: restore · A hold, authentication · N hold, number
// E rest until edited · S stop · K keep what was decided · F a fresh call, or rest
// W wait for the hour or the day.
//
// In Waiting and Closing only the user changes anything: no call is going on, or the call is ending
// already and its first cause has been judged. Where a cause cannot strike in a phase by its nature
// (BUSY on an established link), the cell still says what is safe: before Up a failed attempt, in
// Up the death of a link. NT's bug was a missing cell.
//
// Classes after telephony.md 5, made safer twice: S ("stop") for a device, a loop or a protocol
// becomes R, because cables and servers are mended while nobody is there to push a button; and only
// a refused password is never hammered.
// clang-format off
constexpr std::array<Row, kCauses> kTable = {{
//                       Waiting Opening Prepar. Dialing Establ. Authen. Regist. Up  Closing
  {UserHangUp,          {{S,     S,      S,      S,      S,      S,      S,      S,  S}}},
  {ServiceStopping,     {{S,     S,      S,      S,      S,      S,      S,      S,  S}}},
  {IdleTimeout,         {{K,     S,      S,      S,      S,      S,      S,      S,  K}}},
  {SessionLimit,        {{K,     S,      S,      S,      S,      S,      S,      F,  K}}},
  {BudgetSpent,         {{K,     W,      W,      W,      W,      W,      W,      W,  K}}},
  {OutsideWindow,       {{K,     W,      W,      W,      W,      W,      W,      W,  K}}},
  {PrerequisiteDown,    {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {DeviceMissing,       {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {DeviceNotALine,      {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {DeviceForbidden,     {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {DeviceBusy,          {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {DeviceParameters,    {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {DeviceVanished,      {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ModemSilent,         {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ModemError,          {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ModemNotUnderstood,  {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {NoDialTone,          {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {Busy,                {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {NoAnswer,            {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {NoCarrier,           {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {VoiceAnswer,         {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {Delayed,             {{K,     N,      N,      N,      N,      N,      N,      L,  K}}},
  {Blacklisted,         {{K,     N,      N,      N,      N,      N,      N,      L,  K}}},
  {BadNumber,           {{K,     E,      E,      E,      E,      E,      E,      L,  K}}},
  {CarrierLost,         {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {HostUnknown,         {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ConnectionRefused,   {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {HostUnreachable,     {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {TransportClosed,     {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {PathDead,            {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {ScriptFailed,        {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {PppNoResponse,       {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {PppTimeout,          {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {PppNotConverging,    {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {LoopbackDetected,    {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ProtocolRejected,    {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {PeerTerminated,      {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {PeerSilent,          {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {AuthRejected,        {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthExpired,         {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthDisabled,        {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthHours,           {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthNoPermission,    {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthPasswordChange,  {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthProtocol,        {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {AuthTimeout,         {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {ServerNotProven,     {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {NoAddress,           {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {AddressRefused,      {{K,     A,      A,      A,      A,      A,      A,      A,  K}}},
  {RegistrationTimeout, {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},
  {CallbackMissed,      {{K,     R,      R,      R,      R,      R,      R,      L,  K}}},

  {Unsupported,         {{E,     E,      E,      E,      E,      E,      E,      E,  E}}},
}};
// clang-format on

constexpr bool in_order() {
  for (size_t i = 0; i < kCauses; ++i) {
    if (static_cast<size_t>(kTable[i].cause) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one row per cause, in the order of CauseCode");

}  // namespace

Action action_for(CauseCode cause, Phase phase) {
  return kTable[static_cast<size_t>(cause)].actions[static_cast<size_t>(phase)];
}

Luck luck_of(CauseCode cause, Phase phase) {
  const bool before_carrier = phase < Phase::Establishing;
  switch (cause) {
    case DeviceMissing:
    case DeviceNotALine:
    case DeviceForbidden:
    case DeviceBusy:
    case DeviceParameters:
    case HostUnknown:
    case ConnectionRefused:
    case HostUnreachable: return phase == Phase::Opening ? Luck::OtherLine : Luck::Nothing;
    case NoDialTone: return before_carrier ? Luck::OtherLine : Luck::Nothing;
    case Busy:
    case NoAnswer:
    case NoCarrier:
    case VoiceAnswer:
    case Delayed:
    case Blacklisted:
    case BadNumber: return before_carrier ? Luck::OtherNumber : Luck::Nothing;
    // Somebody was reached, the modem is the recovery ladder's, or nothing was dialled.
    case UserHangUp:
    case ServiceStopping:
    case IdleTimeout:
    case SessionLimit:
    case BudgetSpent:
    case OutsideWindow:
    case PrerequisiteDown:
    case DeviceVanished:
    case ModemSilent:
    case ModemError:
    case ModemNotUnderstood:
    case CarrierLost:
    case TransportClosed:
    case PathDead:
    case ScriptFailed:
    case PppNoResponse:
    case PppTimeout:
    case PppNotConverging:
    case LoopbackDetected:
    case ProtocolRejected:
    case PeerTerminated:
    case PeerSilent:
    case AuthRejected:
    case AuthExpired:
    case AuthDisabled:
    case AuthHours:
    case AuthNoPermission:
    case AuthPasswordChange:
    case AuthProtocol:
    case AuthTimeout:
    case ServerNotProven:
    case NoAddress:
    case AddressRefused:
    case RegistrationTimeout:
    case CallbackMissed:
    case Unsupported: return Luck::Nothing;
  }
  return Luck::Nothing;
}

std::string_view name(Action action) {
  constexpr std::array<std::string_view, kActions> kNames = {
      "Redial", "Restore", "HoldAuth", "HoldNumber", "AwaitEdit", "Stop", "Renew", "Await", "Keep"};
  return kNames[static_cast<size_t>(action)];
}

std::string_view text(Action action) {
  constexpr std::array<std::string_view, kActions> kTexts = {
      "redial after the back-off",
      "redial at once (back off when the link was short or flaps)",
      "hold, never hammered",
      "hold, the number is refused",
      "rest until the entry is edited",
      "stop, as wanted",
      "a fresh call where session_redial is set, else rest, as wanted",
      "dial again as soon as hours and budget allow",
      "what was decided stands",
  };
  return kTexts[static_cast<size_t>(action)];
}

}  // namespace redial::connection
