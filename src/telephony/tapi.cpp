// SPDX-License-Identifier: Apache-2.0
#include "telephony/tapi.h"

#include <array>

namespace redial::telephony {
namespace {

struct ModeRow {
  DisconnectMode mode;
  uint16_t ras;
  CauseCode cause;
  std::string_view name;
};

using M = DisconnectMode;
using C = CauseCode;

// clang-format off
constexpr std::array<ModeRow, 20> kModes = {{
    {M::Normal,        629, C::CarrierLost,       "Normal"},
    {M::Unknown,       628, C::CarrierLost,       "Unknown"},
    {M::Reject,        770, C::ConnectionRefused, "Reject"},
    {M::Pickup,        628, C::NoCarrier,         "Pickup"},
    {M::Forwarded,     628, C::NoCarrier,         "Forwarded"},
    {M::Busy,          676, C::Busy,              "Busy"},
    {M::NoAnswer,      678, C::NoAnswer,          "NoAnswer"},
    {M::BadAddress,    749, C::BadNumber,         "BadAddress"},
    {M::Unreachable,   679, C::NoCarrier,         "Unreachable"},
    {M::Congestion,    771, C::Busy,              "Congestion"},
    {M::Incompatible,  772, C::VoiceAnswer,       "Incompatible"},
    {M::Unavail,       628, C::CarrierLost,       "Unavail"},
    {M::NoDialtone,    680, C::NoDialTone,        "NoDialtone"},
    {M::NumberChanged, 773, C::BadNumber,         "NumberChanged"},
    {M::OutOfOrder,    777, C::ModemSilent,       "OutOfOrder"},
    {M::TempFailure,   774, C::Delayed,           "TempFailure"},
    {M::QosUnavail,    771, C::Busy,              "QosUnavail"},
    {M::Blocked,       775, C::Blacklisted,       "Blocked"},
    {M::DoNotDisturb,  776, C::NoAnswer,          "DoNotDisturb"},
    {M::Cancelled,     631, C::UserHangUp,        "Cancelled"},
}};
// clang-format on

const ModeRow& row(DisconnectMode mode) {
  for (const ModeRow& each : kModes)
    if (each.mode == mode) return each;
  return kModes[1];  // a value from outside: Unknown
}

}  // namespace

RasError ras_error(DisconnectMode mode) { return static_cast<RasError>(row(mode).ras); }
CauseCode cause_code(DisconnectMode mode) { return row(mode).cause; }
std::string_view name(DisconnectMode mode) { return row(mode).name; }

DisconnectMode disconnect_mode(CauseCode code) {
  switch (code) {
    case C::UserHangUp:
    case C::ServiceStopping:
    case C::IdleTimeout:
    case C::SessionLimit:
    case C::BudgetSpent:
    case C::OutsideWindow:
    case C::PrerequisiteDown: return M::Cancelled;
    case C::DeviceMissing:
    case C::DeviceNotALine:
    case C::DeviceForbidden:
    case C::DeviceBusy:
    case C::DeviceParameters:
    case C::DeviceVanished:
    case C::ModemSilent:
    case C::ModemError:
    case C::ModemNotUnderstood: return M::OutOfOrder;
    case C::NoDialTone: return M::NoDialtone;
    case C::Busy: return M::Busy;
    case C::NoAnswer: return M::NoAnswer;
    case C::NoCarrier:
    case C::HostUnreachable: return M::Unreachable;
    case C::VoiceAnswer: return M::Incompatible;
    case C::Delayed: return M::TempFailure;
    case C::Blacklisted: return M::Blocked;
    case C::BadNumber:
    case C::HostUnknown: return M::BadAddress;
    case C::ConnectionRefused: return M::Reject;
    case C::CarrierLost:
    case C::PeerTerminated: return M::Normal;
    case C::TransportClosed:
    case C::PathDead:
    case C::ScriptFailed:
    case C::PppNoResponse:
    case C::PppTimeout:
    case C::PppNotConverging:
    case C::LoopbackDetected:
    case C::ProtocolRejected:
    case C::PeerSilent:
    case C::AuthRejected:
    case C::AuthExpired:
    case C::AuthDisabled:
    case C::AuthHours:
    case C::AuthNoPermission:
    case C::AuthPasswordChange:
    case C::AuthProtocol:
    case C::AuthTimeout:
    case C::ServerNotProven:
    case C::NoAddress:
    case C::AddressRefused:
    case C::RegistrationTimeout:
    case C::CallbackMissed:
    case C::Unsupported: return M::Unknown;
  }
  return M::Unknown;
}

std::string_view name(CallState state) {
  switch (state) {
    case CallState::Idle: return "Idle";
    case CallState::Offering: return "Offering";
    case CallState::Accepted: return "Accepted";
    case CallState::Dialtone: return "Dialtone";
    case CallState::Dialing: return "Dialing";
    case CallState::Ringback: return "Ringback";
    case CallState::Busy: return "Busy";
    case CallState::SpecialInfo: return "SpecialInfo";
    case CallState::Connected: return "Connected";
    case CallState::Proceeding: return "Proceeding";
    case CallState::OnHold: return "OnHold";
    case CallState::Conferenced: return "Conferenced";
    case CallState::OnHoldPendConf: return "OnHoldPendConf";
    case CallState::OnHoldPendTransfer: return "OnHoldPendTransfer";
    case CallState::Disconnected: return "Disconnected";
    case CallState::Unknown: return "Unknown";
  }
  return "Unknown";
}

}  // namespace redial::telephony
