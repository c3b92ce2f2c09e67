// SPDX-License-Identifier: Apache-2.0
#include "core/cause.h"

#include <array>

namespace redial {
namespace {

struct Row {
  CauseCode code;
  Origin origin;
  RasError ras;
  std::string_view name;
  std::string_view text;
};

using enum CauseCode;
using R = RasError;

// clang-format off
constexpr std::array<Row, kCauses> kRows = {{
  {UserHangUp,          Origin::User,    R::UserDisconnection,           "UserHangUp",          "hung up by the user"},
  {ServiceStopping,     Origin::User,    R::ServiceStopped,              "ServiceStopping",     "the service is stopping"},
  {IdleTimeout,         Origin::Policy,  R::IdleTimeout,                 "IdleTimeout",         "idle time-out"},
  {SessionLimit,        Origin::Policy,  R::PppSessionTimeout,           "SessionLimit",        "session time limit reached"},
  {BudgetSpent,         Origin::Policy,  R::DialoutHoursRestriction,     "BudgetSpent",         "the budget is used up"},
  {OutsideWindow,       Origin::Policy,  R::DialoutHoursRestriction,     "OutsideWindow",       "outside the hours it may be up"},
  {PrerequisiteDown,    Origin::Policy,  R::InterfaceUnreachable,        "PrerequisiteDown",    "the entry that must be up first is not"},
  {DeviceMissing,       Origin::Device,  R::DeviceDoesNotExist,          "DeviceMissing",       "the device does not exist"},
  {DeviceNotALine,      Origin::Device,  R::WrongDeviceAttached,         "DeviceNotALine",      "the device is not a serial line"},
  {DeviceForbidden,     Origin::Device,  R::PortNotConfigured,           "DeviceForbidden",     "no permission to open the device"},
  {DeviceBusy,          Origin::Device,  R::PortNotAvailable,            "DeviceBusy",          "the line is in use"},
  {DeviceParameters,    Origin::Device,  R::UnsupportedBps,              "DeviceParameters",    "the device refuses its speed or format"},
  {DeviceVanished,      Origin::Device,  R::HardwareFailure,             "DeviceVanished",      "the device is gone"},
  {ModemSilent,         Origin::Device,  R::DeviceNotReady,              "ModemSilent",         "the modem does not answer"},
  {ModemError,          Origin::Device,  R::FromDevice,                  "ModemError",          "the modem reported an error"},
  {ModemNotUnderstood,  Origin::Device,  R::UnrecognizedResponse,        "ModemNotUnderstood",  "the modem's answer is not understood"},
  {NoDialTone,          Origin::Network, R::NoDialtone,                  "NoDialTone",          "no dial tone"},
  {Busy,                Origin::Network, R::LineBusy,                    "Busy",                "busy"},
  {NoAnswer,            Origin::Network, R::NoAnswer,                    "NoAnswer",            "no answer"},
  {NoCarrier,           Origin::Network, R::NoCarrier,                   "NoCarrier",           "no carrier"},
  {VoiceAnswer,         Origin::Network, R::VoiceAnswer,                 "VoiceAnswer",         "a person answered"},
  {Delayed,             Origin::Network, R::TempFailure,                 "Delayed",             "the modem delays calls to this number"},
  {Blacklisted,         Origin::Network, R::Blocked,                     "Blacklisted",         "the modem refuses this number"},
  {BadNumber,           Origin::Local,   R::BadPhoneNumber,              "BadNumber",           "the number cannot be dialled"},
  {CarrierLost,         Origin::Network, R::LinkFailure,                 "CarrierLost",         "carrier lost"},
  {HostUnknown,         Origin::Network, R::ServerNameNotResolvable,     "HostUnknown",         "the host name does not resolve"},
  {ConnectionRefused,   Origin::Peer,    R::ConnectionReject,            "ConnectionRefused",   "connection refused"},
  {HostUnreachable,     Origin::Network, R::BadAddressSpecified,         "HostUnreachable",     "the host cannot be reached"},
  {TransportClosed,     Origin::Network, R::Disconnection,               "TransportClosed",     "the connection under the line was closed"},
  {PathDead,            Origin::Network, R::LinkFailure,                 "PathDead",            "nothing answers beyond the peer"},
  {ScriptFailed,        Origin::Peer,    R::ServerNotResponding,         "ScriptFailed",        "the login script led nowhere"},
  {PppNoResponse,       Origin::Peer,    R::PppNoResponse,               "PppNoResponse",       "answered, but nobody speaks PPP"},
  {PppTimeout,          Origin::Peer,    R::PppTimeout,                  "PppTimeout",          "the peer fell silent in negotiation"},
  {PppNotConverging,    Origin::Peer,    R::PppNotConverging,            "PppNotConverging",    "the negotiation does not converge"},
  {LoopbackDetected,    Origin::Peer,    R::PppLoopbackDetected,         "LoopbackDetected",    "the line is looped back"},
  {ProtocolRejected,    Origin::Peer,    R::PppCpRejected,               "ProtocolRejected",    "the peer refuses a protocol we need"},
  {PeerTerminated,      Origin::Peer,    R::PppRemoteTerminated,         "PeerTerminated",      "the peer ended the link"},
  {PeerSilent,          Origin::Peer,    R::LinkFailure,                 "PeerSilent",          "the peer no longer answers"},
  {AuthRejected,        Origin::Peer,    R::AuthenticationFailure,       "AuthRejected",        "user name or password refused"},
  {AuthExpired,         Origin::Peer,    R::PasswdExpired,               "AuthExpired",         "the password has expired"},
  {AuthDisabled,        Origin::Peer,    R::AcctDisabled,                "AuthDisabled",        "the account is disabled"},
  {AuthHours,           Origin::Peer,    R::RestrictedLogonHours,        "AuthHours",           "no logon at this hour"},
  {AuthNoPermission,    Origin::Peer,    R::NoDialinPermission,          "AuthNoPermission",    "the account may not dial in"},
  {AuthPasswordChange,  Origin::Peer,    R::ChangingPassword,            "AuthPasswordChange",  "the password must be changed first"},
  {AuthProtocol,        Origin::Peer,    R::AuthProtocolRejected,        "AuthProtocol",        "no authentication method in common"},
  {AuthTimeout,         Origin::Peer,    R::AuthServerTimeout,           "AuthTimeout",         "the authenticator fell silent"},
  {ServerNotProven,     Origin::Peer,    R::UnableToAuthenticateServer,  "ServerNotProven",     "the server could not prove itself"},
  {NoAddress,           Origin::Peer,    R::PppNoAddressAssigned,        "NoAddress",           "no address was given"},
  {AddressRefused,      Origin::Peer,    R::PppRequiredAddressRejected,  "AddressRefused",      "the wanted address was refused"},
  {RegistrationTimeout, Origin::Peer,    R::PppTimeout,                  "RegistrationTimeout", "registering on the network timed out"},
  {CallbackMissed,      Origin::Peer,    R::NoAnswer,                    "CallbackMissed",      "the server did not call back"},
  {Unsupported,         Origin::Local,   R::NoLocalEncryption,           "Unsupported",         "the entry demands what is not supported"},
}};
// clang-format on

constexpr bool rows_in_order() {
  for (size_t i = 0; i < kCauses; ++i) {
    if (static_cast<size_t>(kRows[i].code) != i) return false;
  }
  return true;
}
static_assert(rows_in_order(), "one row per cause, in the order of the enumeration");

const Row& row(CauseCode code) { return kRows[static_cast<size_t>(code)]; }

struct PhaseRow {
  std::string_view name, text;
};
constexpr std::array<PhaseRow, kPhases> kPhaseRows = {{
    {"Waiting", "waiting"},
    {"Opening", "opening the line"},
    {"Preparing", "preparing the modem"},
    {"Dialing", "connecting"},
    {"Establishing", "negotiating the link"},
    {"Authenticating", "verifying user name and password"},
    {"Registering", "registering on the network"},
    {"Up", "connected"},
    {"Closing", "hanging up"},
}};
constexpr std::array<std::string_view, 6> kOrigins = {"user",    "policy", "peer",
                                                      "network", "device", "local"};

}  // namespace

Origin origin(CauseCode code) { return row(code).origin; }
RasError ras_error(CauseCode code) { return row(code).ras; }
std::string_view name(CauseCode code) { return row(code).name; }
std::string_view text(CauseCode code) { return row(code).text; }
std::string_view name(Phase phase) { return kPhaseRows[static_cast<size_t>(phase)].name; }
std::string_view text(Phase phase) { return kPhaseRows[static_cast<size_t>(phase)].text; }
std::string_view name(Origin origin) { return kOrigins[static_cast<size_t>(origin)]; }

std::optional<CauseCode> cause_named(std::string_view wanted) {
  for (const Row& each : kRows) {
    if (each.name == wanted) return each.code;
  }
  return std::nullopt;
}

}  // namespace redial
