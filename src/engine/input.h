// SPDX-License-Identifier: Apache-2.0
// What an engine is given, as values: the shell gives these, a record keeps them, a replay gives
// them again. One for each of Engine's own inputs; see there.
#pragma once

#include <variant>

#include "core/bytes.h"
#include "engine/engine.h"

namespace redial::engine {

namespace input {
struct Dial {
  LinkId link;
};
struct HangUp {
  LinkId link;
  CauseCode why;
};
struct StartAnswering {
  LinkId link;
};
struct ArmOnDemand {
  LinkId link;
};
struct DemandTraffic {
  LinkId link;
};
struct RestoreLink {
  LinkId link;
  connection::LinkMemory memory;
};
struct RestoreLine {
  LineId line;
  connection::LineMemory memory;
};
struct SetCalendar {
  connection::Calendar calendar;
};
struct LineOpened {
  LineId line;
};
struct LineFailed {
  LineId line;
  Cause cause;
};
struct LineClosed {
  LineId line;
  Cause cause;
};
/// Views of octets are good while the input runs.
struct Octets {
  LineId line;
  ByteView octets;
};
struct Carrier {
  LineId line;
  bool present;
};
struct LineReturned {
  LineId line;
};
struct Circuits {
  LineId line;
  bool present;
};
struct CommandDone {
  LineId line;
  bool well;
};
/// One IP packet into a link.
struct SendIp {
  LinkId link;
  ByteView packet;
};
struct Deadline {};
struct TerminalInput {
  LinkId link;
  ByteView octets;
};
struct EndTerminal {
  LinkId link;
};
}  // namespace input

using Input =
    std::variant<input::Dial, input::HangUp, input::StartAnswering, input::ArmOnDemand,
                 input::DemandTraffic, input::RestoreLink, input::RestoreLine, input::SetCalendar,
                 input::LineOpened, input::LineFailed, input::LineClosed, input::Octets,
                 input::Carrier, input::LineReturned, input::Circuits, input::CommandDone,
                 input::SendIp, input::Deadline, input::TerminalInput, input::EndTerminal>;

/// Where what an input leads to goes.
struct Answers {
  IpSink& ip;
  Effects& fx;
  Bytes& framed;  // SendIp: the packet is appended
};

/// False: a packet for a link that is not up, or an input for a link or line that is not there.
bool give(Engine& engine, const Input& input, Instant now, const Answers& to);

/// Whoever looks on at the shell's side of an engine; must not call it.
class Tap {
 public:
  virtual ~Tap() = default;
  virtual void on_input(const Engine& engine, const Input& input, Instant now) = 0;
  /// The same input has run; `taken` is what give() said.
  virtual void on_answer(const Engine& engine, const Effects& fx, bool taken, Instant now) = 0;
};

}  // namespace redial::engine
