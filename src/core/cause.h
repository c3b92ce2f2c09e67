// SPDX-License-Identifier: Apache-2.0
// The shared vocabulary of endings: every end of a call or link, of whatever layer, becomes exactly
// one Cause; the supervisor looks it up together with the Phase in which it struck.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ras.h"

namespace redial {

/// How far a call has got. Order matters: later is further (RASCONNSTATE, telephony.md 3.1).
enum class Phase : uint8_t {
  Waiting,         // no call: the next one is scheduled, or the link is held or wanted down
  Opening,         // the line device is being opened (RASCS_OpenPort)
  Preparing,       // drain, reset, initialise the modem (RASCS_PortOpened)
  Dialing,         // number sent, no carrier yet (RASCS_ConnectDevice)
  Establishing,    // carrier; LCP negotiates (RASCS_DeviceConnected)
  Authenticating,  // user name and password (RASCS_Authenticate)
  Registering,     // IPCP: registering on the network (RASCS_AuthProject)
  Up,              // RASCS_Connected
  Closing,         // hang-up in progress, bounded (RASCS_Disconnected is its end)
};
constexpr size_t kPhases = 9;

enum class Origin : uint8_t { User, Policy, Peer, Network, Device, Local };

/// Why a call or link ended, or could not begin.
enum class CauseCode : uint8_t {
  // The user or the machine's owner; never a failure.
  UserHangUp,
  ServiceStopping,
  // Our own policy.
  IdleTimeout,
  SessionLimit,
  BudgetSpent,       // minutes, calls or octets of the day are used up
  OutsideWindow,     // the entry may not be up at this hour
  PrerequisiteDown,  // the entry that must be up first is not
  // The line device.
  DeviceMissing,       // no such device node, or it has gone for now
  DeviceNotALine,      // exists, but is no terminal / cannot be configured
  DeviceForbidden,     // permission denied
  DeviceBusy,          // another program, or a call of ours, has it
  DeviceParameters,    // refuses the speed or format it is to run at
  DeviceVanished,      // was open and is gone (unplugged, hung up by the kernel)
  ModemSilent,         // does not answer commands
  ModemError,          // answers ERROR to a command it must accept
  ModemNotUnderstood,  // answers something no description covers
  // The telephone network and the carrier.
  NoDialTone,
  Busy,
  NoAnswer,
  NoCarrier,
  VoiceAnswer,
  Delayed,      // the modem refuses to dial this number for a while
  Blacklisted,  // the modem or network refuses this number
  BadNumber,
  CarrierLost,  // established carrier gone: DCD or NO CARRIER
  // Network lines.
  HostUnknown,  // the name does not resolve now
  ConnectionRefused,
  HostUnreachable,
  TransportClosed,  // the TCP connection or pty under the line was closed
  PathDead,         // established, the peer answers, and nothing beyond it does
  // Between carrier and PPP.
  ScriptFailed,  // the login script or prompt led nowhere
  // PPP.
  PppNoResponse,  // carrier, but nobody speaks PPP
  PppTimeout,     // spoke PPP, then fell silent in negotiation
  PppNotConverging,
  LoopbackDetected,
  ProtocolRejected,  // the peer will not do a protocol we need
  PeerTerminated,
  PeerSilent,  // established, and every probe went unanswered
  AuthRejected,
  AuthExpired,         // password expired
  AuthDisabled,        // account disabled
  AuthHours,           // not at this hour
  AuthNoPermission,    // no dial-in permission
  AuthPasswordChange,  // the password must be changed, and changing it failed
  AuthProtocol,        // no authentication method both sides accept
  AuthTimeout,         // the authenticator fell silent
  ServerNotProven,     // MS-CHAPv2: the server does not know the password either
  NoAddress,
  AddressRefused,
  RegistrationTimeout,  // IPCP does not answer
  CallbackMissed,       // agreed to call back, and did not
  // The entry itself.
  Unsupported,  // demands something we cannot do; refused with the remedy
};
constexpr size_t kCauses = static_cast<size_t>(CauseCode::Unsupported) + 1;

/// One ending: what, who, the number RAS would print, and what was seen.
struct Cause {
  CauseCode code = CauseCode::UserHangUp;
  std::string evidence;  // What was seen, as people read it: "NO CARRIER", "20 probes unanswered".
  bool operator==(const Cause&) const = default;
};

Origin origin(CauseCode code);
RasError ras_error(CauseCode code);
std::string_view name(CauseCode code);  // "PeerSilent"
std::string_view text(CauseCode code);  // "the peer no longer answers"
std::string_view name(Phase phase);     // "Up"
std::string_view text(Phase phase);     // "connected"
std::string_view name(Origin origin);   // "peer"
std::optional<CauseCode> cause_named(std::string_view name);

}  // namespace redial
