// SPDX-License-Identifier: Apache-2.0
#include "wire/rfc2217_server.h"

#include <array>

namespace redial::wire {
namespace {

constexpr std::string_view kSignature = "Redial virtual port";

bool in(uint32_t value, uint32_t least, uint32_t most) { return least <= value && value <= most; }

void answer(ComPortCommand command, ByteView value, ServerActions& out) {
  SendOctets send;
  append_com_port(static_cast<uint8_t>(static_cast<uint8_t>(command) + kComPortServer), value,
                  send.octets);
  out.push(send);
}

}  // namespace

ComPortServer::ComPortServer(ModemState circuits, bool com_port)
    : telnet_(
          com_port
              ? Telnet::Accepts{.local = {TelnetOption::Binary, TelnetOption::SuppressGoAhead},
                                .remote = {TelnetOption::Binary, TelnetOption::SuppressGoAhead,
                                           TelnetOption::ComPort}}
              : Telnet::Accepts{.local = {TelnetOption::Binary, TelnetOption::SuppressGoAhead},
                                .remote = {TelnetOption::Binary, TelnetOption::SuppressGoAhead}}),
      circuits_(circuits) {}

// Who is raw would see these octets as noise before the first command; who is telnet asks first.
ServerActions ComPortServer::start() { return {}; }

ServerActions ComPortServer::on_circuits(const ModemState& state) {
  const uint8_t changed = to_octet(state) ^ to_octet(circuits_);
  circuits_ = state;
  // RI's delta is its trailing edge (TERI); the others' is any.
  uint8_t deltas = static_cast<uint8_t>(changed >> 4);
  if (state.ri) deltas &= static_cast<uint8_t>(~0x04);
  if (!com_port() || (changed & modem_mask_) == 0) return {};
  return {notice(deltas)};
}

SendOctets ComPortServer::notice(uint8_t deltas) const {
  const uint8_t octet = static_cast<uint8_t>((to_octet(circuits_) | deltas) & modem_mask_);
  SendOctets send;
  append_com_port(static_cast<uint8_t>(ComPortCommand::NotifyModemState) + kComPortServer,
                  ByteView(&octet, 1), send.octets);
  return send;
}

ServerActions ComPortServer::on_option(TelnetOption option, TelnetSide side, bool on) {
  if (option != TelnetOption::ComPort || side != TelnetSide::Remote || !on) return {};
  return {notice(0)};
}

ServerActions ComPortServer::on_com_port(ByteView message) {
  ServerActions out;
  if (!com_port() || message.empty() || message[0] >= kComPortServer) return out;
  const auto command = static_cast<ComPortCommand>(message[0]);
  if (command == ComPortCommand::Signature) {
    if (message.size() == 1) answer(command, as_bytes(kSignature), out);
    return out;
  }
  if (command == ComPortCommand::FlowControlSuspend ||
      command == ComPortCommand::FlowControlResume) {
    out.push(ClientHeld{command == ComPortCommand::FlowControlSuspend});
    return out;
  }
  const auto value = com_port_value(command, message.subspan(1));
  if (!value || command > ComPortCommand::PurgeData || command == ComPortCommand::NotifyLineState ||
      command == ComPortCommand::NotifyModemState) {
    return out;
  }
  const ComPortSettings before = settings_;
  const uint32_t now_set = set(command, *value, out);
  BoundedBytes<4> said;
  if (command == ComPortCommand::SetBaudRate) {
    said.u32(now_set);
  } else {
    said.u8(now_set);
  }
  answer(command, said, out);
  if (settings_ != before) out.push(SettingsChanged{settings_});
  if (command == ComPortCommand::SetModemStateMask) out.push(notice(0));
  return out;
}

/// What is set afterwards, whether or not it is what was asked for (§3).
uint32_t ComPortServer::set(ComPortCommand command, uint32_t value, ServerActions& out) {
  switch (command) {
    case ComPortCommand::SetBaudRate:
      if (in(value, 50, 4'000'000)) settings_.speed_bps = value;
      return settings_.speed_bps;
    case ComPortCommand::SetDataSize:
      if (in(value, 5, 8)) settings_.data_size = static_cast<uint8_t>(value);
      return settings_.data_size;
    case ComPortCommand::SetParity:
      if (in(value, 1, 5)) settings_.parity = static_cast<ComPortParity>(value);
      return static_cast<uint32_t>(settings_.parity);
    case ComPortCommand::SetStopSize:
      if (in(value, 1, 3)) settings_.stop_size = static_cast<uint8_t>(value);
      return settings_.stop_size;
    case ComPortCommand::SetControl: return control(value, out);
    case ComPortCommand::SetLineStateMask: return line_mask_ = static_cast<uint8_t>(value);
    case ComPortCommand::SetModemStateMask: return modem_mask_ = static_cast<uint8_t>(value);
    case ComPortCommand::PurgeData:
      if (in(value, 1, 3)) out.push(PurgeAsked{static_cast<ComPortPurge>(value)});
      return value;
    case ComPortCommand::Signature:
    case ComPortCommand::NotifyLineState:
    case ComPortCommand::NotifyModemState:
    case ComPortCommand::FlowControlSuspend:
    case ComPortCommand::FlowControlResume: break;
  }
  return value;
}

uint32_t ComPortServer::control(uint32_t value, ServerActions& out) {
  const auto one_of = [](bool on, ComPortControl yes, ComPortControl no) {
    return static_cast<uint32_t>(on ? yes : no);
  };
  using enum ComPortControl;
  if (in(value, static_cast<uint32_t>(FlowRequest), static_cast<uint32_t>(FlowHardware))) {
    if (value != 0) settings_.flow = static_cast<ComPortControl>(value);
    return static_cast<uint32_t>(settings_.flow);
  }
  if (value <= static_cast<uint32_t>(BreakOff)) {
    if (value != static_cast<uint32_t>(BreakRequest)) {
      break_ = value == static_cast<uint32_t>(BreakOn);
      out.push(BreakSet{break_});
    }
    return one_of(break_, BreakOn, BreakOff);
  }
  if (value <= static_cast<uint32_t>(DtrOff)) {
    if (value != static_cast<uint32_t>(DtrRequest)) {
      dtr_ = value == static_cast<uint32_t>(DtrOn);
      out.push(DtrSet{dtr_});
    }
    return one_of(dtr_, DtrOn, DtrOff);
  }
  if (value <= static_cast<uint32_t>(RtsOff)) {
    if (value != static_cast<uint32_t>(RtsRequest)) {
      rts_ = value == static_cast<uint32_t>(RtsOn);
      out.push(RtsSet{rts_});
    }
    return one_of(rts_, RtsOn, RtsOff);
  }
  // Inbound flow control of its own (13..19) is not offered: none.
  return 14;
}

}  // namespace redial::wire
