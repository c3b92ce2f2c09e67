// SPDX-License-Identifier: Apache-2.0
// What an engine wants done in the world, as values: the shell carries them out after the input has
// returned, and results come back as new inputs. IP packets bypass this list (IpSink).
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "answer/port.h"
#include "connection/ladder.h"
#include "connection/supervisor.h"
#include "core/bytes.h"
#include "core/ids.h"
#include "ppp/action.h"

namespace redial::engine {

struct OpenLine {
  LineId line;
};
struct CloseLine {
  LineId line;
};
/// Octets in the effects' arena; see Effects::octets().
struct Transmit {
  LineId line;
  uint32_t at, size;
  bool urgent = false;  // overtakes data that wait, never inside a frame
};
/// What the carrier takes: a slow one is given little ahead, so that control frames need not wait.
struct SetPace {
  LineId line;
  uint32_t octets_per_second;  // 0: no limit known
};
/// The line's power-cycle command; its end is told by Engine::on_command_done.
struct RunCommand {
  LineId line;
};
struct SetDtr {
  LineId line;
  bool on;
};
/// Forget what has not left yet: it belongs to a call that is over.
struct DiscardOutput {
  LineId line;
};
/// Something that must outlive the process has changed: Engine::memory() tells what it is now. A
/// power cycle's comes before its command.
struct Remember {
  std::variant<LinkId, LineId> whose;
};
struct InterfaceUp {
  LinkId link;
  ppp::LinkUp addresses;
};
struct InterfaceDown {
  LinkId link;
};

/// What a person or a journal is told.
struct CarrierUp {
  std::string text;
  uint32_t carrier_bps;
};
struct ModemSaid {
  std::string text;
};
/// The next call is prepared by a rung of the recovery ladder above a plain redial.
struct Recovering {
  connection::Rung rung;
  uint16_t failures;  // of the device in a row
};
struct Noted {
  std::string text;
};
using EventBody =
    std::variant<connection::LinkCalling, connection::LinkProgress, connection::LinkConnected,
                 connection::LinkEnded, connection::NextTry, connection::Resting, connection::Armed,
                 connection::NeedPrerequisite, connection::Learned, answer::ConditionChanged,
                 answer::CallerGone, CarrierUp, ModemSaid, Recovering, Noted>;
struct Event {
  LinkId link;
  EventBody body;
};

using Effect = std::variant<OpenLine, CloseLine, RunCommand, Transmit, SetPace, SetDtr,
                            DiscardOutput, Remember, InterfaceUp, InterfaceDown, Event>;

/// Where IP packets of links that are up go; called while an input runs, must not call the engine.
class IpSink {
 public:
  virtual ~IpSink() = default;
  virtual void on_ip(LinkId link, ByteView packet) = 0;
};

/// Owned by the caller and reused: in the long run nothing is allocated.
struct Effects {
  std::vector<Effect> list;
  Bytes arena;

  ByteView octets(const Transmit& transmit) const {
    return ByteView(arena).subspan(transmit.at, transmit.size);
  }
  /// What the arena holds from `begins` on goes out on this line. Made in place: copying what was
  /// just written in pieces makes the processor wait for them.
  void transmit(LineId line, size_t begins, bool urgent = false) {
    auto& made = std::get<Transmit>(list.emplace_back(std::in_place_type<Transmit>));
    made.line = line;
    made.at = static_cast<uint32_t>(begins);
    made.size = static_cast<uint32_t>(arena.size() - begins);
    made.urgent = urgent;
  }
  void clear() {
    list.clear();
    arena.clear();
  }
};

}  // namespace redial::engine
