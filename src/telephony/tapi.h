// SPDX-License-Identifier: Apache-2.0
// The vocabulary of calls: TAPI's call states and disconnect modes with their values
// (LINECALLSTATE_, LINEDISCONNECTMODE_), and how modes, causes and RAS numbers map onto each other.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/cause.h"
#include "core/ras.h"

namespace redial::telephony {

enum class CallState : uint16_t {
  Idle = 0x0001,      // no call
  Offering = 0x0002,  // it rings
  Accepted = 0x0004,  // taken, not yet connected
  Dialtone = 0x0008,
  Dialing = 0x0010,  // digits going out
  Ringback = 0x0020,
  Busy = 0x0040,
  SpecialInfo = 0x0080,  // network tone or announcement
  Connected = 0x0100,    // data
  Proceeding = 0x0200,   // dialled, waiting
  OnHold = 0x0400,
  Conferenced = 0x0800,
  OnHoldPendConf = 0x1000,
  OnHoldPendTransfer = 0x2000,
  Disconnected = 0x4000,  // the far end or the line ended it; the mode says how
  Unknown = 0x8000,
};

enum class DisconnectMode : uint32_t {
  Normal = 0x1,  // the far end hung up
  Unknown = 0x2,
  Reject = 0x4,  // the far user refused
  Pickup = 0x8,  // taken elsewhere
  Forwarded = 0x10,
  Busy = 0x20,
  NoAnswer = 0x40,
  BadAddress = 0x80,
  Unreachable = 0x100,
  Congestion = 0x200,
  Incompatible = 0x400,  // no modem there
  Unavail = 0x800,       // the reason will never be known
  NoDialtone = 0x1000,
  NumberChanged = 0x2000,
  OutOfOrder = 0x4000,
  TempFailure = 0x8000,  // a modem's DELAYED
  QosUnavail = 0x10000,
  Blocked = 0x20000,  // a modem's BLACKLISTED
  DoNotDisturb = 0x40000,
  Cancelled = 0x80000,  // by our side
};

/// The number RAS prints for a call that ended so; 771 to 777 are modes of the same names.
RasError ras_error(DisconnectMode mode);
/// The cause a call that ended so is filed under.
CauseCode cause_code(DisconnectMode mode);
/// How TAPI would say it. For the calls of this layer `cause_code(disconnect_mode(c)) == c`
/// wherever TAPI has a mode of its own for the cause.
DisconnectMode disconnect_mode(CauseCode code);

std::string_view name(CallState state);      // "Offering"
std::string_view name(DisconnectMode mode);  // "NoDialtone"

}  // namespace redial::telephony
