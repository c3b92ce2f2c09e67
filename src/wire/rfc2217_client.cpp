// SPDX-License-Identifier: Apache-2.0
#include "wire/rfc2217_client.h"

#include <fmt/format.h>

namespace redial::wire {
namespace {

// NOTIFY-LINESTATE: overrun, parity, framing, break (§3, the bits of a 16550's LSR).
constexpr uint8_t kOverrun = 0x02, kParity = 0x04, kFraming = 0x08, kBreak = 0x10;
constexpr uint8_t kLineErrors = kOverrun | kParity | kFraming | kBreak;
constexpr uint8_t kAllCircuits = 0xff;

void append(ComPortCommand command, uint8_t value, SendOctets& send) {
  append_com_port(static_cast<uint8_t>(command), ByteView(&value, 1), send.octets);
}
void append(ComPortControl control, SendOctets& send) {
  append(ComPortCommand::SetControl, static_cast<uint8_t>(control), send);
}

SendOctets timing_mark() {
  SendOctets send;
  send.octets.u8(static_cast<uint8_t>(TelnetCommand::Iac));
  send.octets.u8(static_cast<uint8_t>(TelnetCommand::Do));
  send.octets.u8(static_cast<uint8_t>(TelnetOption::TimingMark));
  return send;
}

std::string_view parameter(ComPortCommand command) {
  switch (command) {
    case ComPortCommand::SetBaudRate: return "speed";
    case ComPortCommand::SetDataSize: return "data bits";
    case ComPortCommand::SetParity: return "parity";
    case ComPortCommand::SetStopSize: return "stop bits";
    case ComPortCommand::SetControl: return "flow control";
    case ComPortCommand::Signature:
    case ComPortCommand::NotifyLineState:
    case ComPortCommand::NotifyModemState:
    case ComPortCommand::FlowControlSuspend:
    case ComPortCommand::FlowControlResume:
    case ComPortCommand::SetLineStateMask:
    case ComPortCommand::SetModemStateMask:
    case ComPortCommand::PurgeData: break;
  }
  return {};
}

}  // namespace

// An end that echoes is taken as it is: who refuses ECHO may be given line mode instead.
ComPortClient::ComPortClient(const Options& options)
    : options_(options),
      telnet_(
          {.local = {TelnetOption::Binary, TelnetOption::SuppressGoAhead},
           .remote = {TelnetOption::Binary, TelnetOption::SuppressGoAhead, TelnetOption::Echo}}) {}

ComPortActions ComPortClient::start(Instant now) {
  SendOctets send;
  for (const TelnetOption option : {TelnetOption::Binary, TelnetOption::SuppressGoAhead}) {
    send.octets.append(telnet_.ask(option, TelnetSide::Local, true));
    send.octets.append(telnet_.ask(option, TelnetSide::Remote, true));
  }
  if (options_.com_port) {
    send.octets.append(telnet_.ask(TelnetOption::ComPort, TelnetSide::Local, true));
  }
  answer_by_ = now + kAnswerWithin;
  return {send};
}

// The order matters to none but the reader of a capture: what the port is, then what it may do.
SendOctets ComPortClient::settings() const {
  const ComPortSettings& wanted = options_.settings;
  BoundedBytes<4> speed;
  speed.u32(wanted.speed_bps);
  SendOctets send;
  append_com_port(static_cast<uint8_t>(ComPortCommand::SetBaudRate), speed, send.octets);
  append(ComPortCommand::SetDataSize, wanted.data_size, send);
  append(ComPortCommand::SetParity, static_cast<uint8_t>(wanted.parity), send);
  append(ComPortCommand::SetStopSize, wanted.stop_size, send);
  append(wanted.flow, send);
  append(dtr_ ? ComPortControl::DtrOn : ComPortControl::DtrOff, send);
  // With hardware flow control RTS is the port's own.
  if (wanted.flow != ComPortControl::FlowHardware) append(ComPortControl::RtsOn, send);
  append(ComPortCommand::SetLineStateMask, kLineErrors, send);
  append(ComPortCommand::SetModemStateMask, kAllCircuits, send);
  return send;
}

ComPortActions ComPortClient::set_dtr(bool on) {
  dtr_ = on;
  if (!com_port()) return {};
  SendOctets send;
  append(on ? ComPortControl::DtrOn : ComPortControl::DtrOff, send);
  return {send};
}

ComPortActions ComPortClient::purge_output() {
  if (!com_port()) return {};
  SendOctets send;
  append(ComPortCommand::PurgeData, static_cast<uint8_t>(ComPortPurge::ToPort), send);
  return {send};
}

bool ComPortClient::settled() const {
  return !telnet_.pending(TelnetOption::Binary, TelnetSide::Local) &&
         !telnet_.pending(TelnetOption::Binary, TelnetSide::Remote) &&
         !telnet_.pending(TelnetOption::ComPort, TelnetSide::Local);
}

ComPortActions ComPortClient::on_option(TelnetOption option, TelnetSide side, bool on) {
  ComPortActions out;
  if (option == TelnetOption::TimingMark) {
    marks_ = true;  // WONT is an answer as well
    return out;
  }
  if (option == TelnetOption::ComPort && side == TelnetSide::Local) {
    if (on) {
      out.push(settings());
      if (ready_) note("RFC 2217 is agreed after all: modem lines from here on", out);
    } else if (ready_) {
      note("the server has ended RFC 2217: no modem lines from here on", out);
    }
    if (ready_) out.push(ComPortChanged{on});
  }
  if (!ready_ && settled()) be_ready(out);
  return out;
}

ComPortActions ComPortClient::on_deadline(Instant now) {
  ComPortActions out;
  if (answer_by_ && *answer_by_ <= now) be_ready(out);
  if (resume_at_ && *resume_at_ <= now) {
    resume_at_.reset();
    note(fmt::format("suspended for {} without a resume: sending again", to_text(kHeldMax)), out);
    out.push(OutputHeld{false});
  }
  const auto probe = probe_due();
  if (probe && *probe <= now) {
    if (probed_) {
      marks_ = false;  // said once
      out.push(LineDead{fmt::format("the server answers nothing, not even telnet, for {}",
                                    to_text(now - heard_at_))});
    } else {
      probed_ = true;
      out.push(timing_mark());
    }
  }
  return out;
}

void ComPortClient::be_ready(ComPortActions& out) {
  answer_by_.reset();
  ready_ = true;
  const bool binary = telnet_.on(TelnetOption::Binary, TelnetSide::Local) &&
                      telnet_.on(TelnetOption::Binary, TelnetSide::Remote);
  if (!telnet_.spoken()) {
    note(fmt::format("nothing of telnet within {}: a raw connection, no modem lines; if it is one, "
                     "write transport = \"raw\"",
                     to_text(kAnswerWithin)),
         out);
  } else if (options_.com_port && !com_port()) {
    const bool silent = telnet_.pending(TelnetOption::ComPort, TelnetSide::Local);
    note(fmt::format("{} RFC 2217: plain telnet, no modem lines: a lost call is noticed by NO "
                     "CARRIER in the data and silence after it, and hung up by the escape",
                     silent ? "no answer to" : "the server refuses"),
         out);
  } else if (!binary) {
    note("the server does not agree to BINARY (RFC 856): every CR travels as CR NUL", out);
  }
  // Whether it answers at all is learned while it surely lives.
  if (telnet_.spoken()) out.push(timing_mark());
  out.push(LineReady{com_port()});
}

ComPortActions ComPortClient::on_com_port(ByteView message, Instant now) {
  ComPortActions out;
  if (!com_port() || message.empty() || message[0] < kComPortServer) return out;
  const auto command = static_cast<ComPortCommand>(message[0] - kComPortServer);
  if (command == ComPortCommand::FlowControlSuspend) {
    // Once more is no reason to wait longer.
    if (!resume_at_) out.push(OutputHeld{true});
    if (!resume_at_) resume_at_ = now + kHeldMax;
    return out;
  }
  if (command == ComPortCommand::FlowControlResume) {
    if (resume_at_) out.push(OutputHeld{false});
    resume_at_.reset();
    return out;
  }
  const auto value = com_port_value(command, message.subspan(1));
  if (!value) return out;
  if (command == ComPortCommand::NotifyModemState) {
    on_modem_state(static_cast<uint8_t>(*value), out);
  } else if (command == ComPortCommand::NotifyLineState) {
    if ((*value & kOverrun) != 0) ++notices_.overrun;
    if ((*value & kParity) != 0) ++notices_.parity;
    if ((*value & kFraming) != 0) ++notices_.framing;
    if ((*value & kBreak) != 0) ++notices_.breaks;
  } else {
    judge_answer(command, *value, out);
  }
  return out;
}

// A carrier that went and came back between two notices has gone: the delta says so.
void ComPortClient::on_modem_state(uint8_t octet, ComPortActions& out) {
  const ModemState state = to_modem_state(octet);
  if (told_ && told_->dcd && state.dcd && (octet & kDeltaDcd) != 0) {
    ModemState between = state;
    between.dcd = false;
    out.push(CircuitsChanged{between});
    told_ = between;
  }
  if (told_ == state) return;
  told_ = state;
  out.push(CircuitsChanged{state});
}

void ComPortClient::judge_answer(ComPortCommand command, uint32_t value, ComPortActions& out) {
  const ComPortSettings& wanted = options_.settings;
  uint32_t asked = value;
  if (command == ComPortCommand::SetBaudRate) asked = wanted.speed_bps;
  if (command == ComPortCommand::SetDataSize) asked = wanted.data_size;
  if (command == ComPortCommand::SetParity) asked = static_cast<uint32_t>(wanted.parity);
  if (command == ComPortCommand::SetStopSize) asked = wanted.stop_size;
  if (command == ComPortCommand::SetControl &&
      value <= static_cast<uint32_t>(ComPortControl::FlowHardware)) {
    asked = static_cast<uint32_t>(wanted.flow);
  }
  if (asked == value) return;
  note(fmt::format("the server has set {} {}, not {}", parameter(command), value, asked), out);
}

void ComPortClient::note(std::string text, ComPortActions& out) {
  if (notes_left_ == 0) return;
  --notes_left_;
  out.push(LineNoted{std::move(text)});
}

}  // namespace redial::wire
