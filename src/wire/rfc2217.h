// SPDX-License-Identifier: Apache-2.0
// Serial ports over telnet, RFC 2217 (COM-PORT-OPTION): the words that both ends use.
#pragma once

#include <optional>

#include "core/bytes.h"

namespace redial::wire {

/// RFC 2217 §3, as the client says them; the server's codes are these plus 100.
// clang-format off
enum class ComPortCommand : uint8_t {
  Signature, SetBaudRate, SetDataSize, SetParity, SetStopSize, SetControl, NotifyLineState,
  NotifyModemState, FlowControlSuspend, FlowControlResume, SetLineStateMask, SetModemStateMask,
  PurgeData
};
// clang-format on
constexpr uint8_t kComPortServer = 100;

/// The values of SET-CONTROL that are used here; 0, 4, 7, 10 and 13 ask for what is set.
enum class ComPortControl : uint8_t {
  FlowRequest = 0,
  FlowNone = 1,
  FlowXonXoff = 2,
  FlowHardware = 3,
  BreakRequest = 4,
  BreakOn = 5,
  BreakOff = 6,
  DtrRequest = 7,
  DtrOn = 8,
  DtrOff = 9,
  RtsRequest = 10,
  RtsOn = 11,
  RtsOff = 12
};
enum class ComPortParity : uint8_t { None = 1, Odd, Even, Mark, Space };
enum class ComPortPurge : uint8_t { FromPort = 1, ToPort = 2, Both = 3 };

struct ComPortSettings {
  uint32_t speed_bps = 115200;
  uint8_t data_size = 8;
  ComPortParity parity = ComPortParity::None;
  uint8_t stop_size = 1;  // 1, 2; 3: one and a half
  ComPortControl flow = ComPortControl::FlowNone;
  bool operator==(const ComPortSettings&) const = default;
};

/// The circuits of NOTIFY-MODEMSTATE.
struct ModemState {
  bool dcd = false, ri = false, dsr = false, cts = false;
  bool operator==(const ModemState&) const = default;
};
uint8_t to_octet(const ModemState& state);  // 0x80 DCD, 0x40 RI, 0x20 DSR, 0x10 CTS
ModemState to_modem_state(uint8_t octet);
constexpr uint8_t kDeltaDcd = 0x08;  // since the last notice it has changed

/// IAC SB COM-PORT-OPTION code value IAC SE; `code` with the server's 100 already added.
void append_com_port(uint8_t code, ByteView value, BoundedBytes<128>& out);
/// A command's one octet or four as a number; nullopt: the wrong length for it.
std::optional<uint32_t> com_port_value(ComPortCommand command, ByteView value);

/// Both machines say so, what the other end is to be sent.
struct SendOctets {
  BoundedBytes<128> octets;
  bool operator==(const SendOctets&) const = default;
};

}  // namespace redial::wire
