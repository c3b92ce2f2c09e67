// SPDX-License-Identifier: Apache-2.0
// The two ends of a simulated world, what stands at their lines, and who looks on.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "lab/exchange.h"
#include "sim/text_server.h"

namespace redial::sim {

enum class End : uint8_t { Caller, Server };

/// Whoever looks on: told of everything that happens, while it happens. Must not call the world.
/// `link`: of the dialling end; what its far end does is told with the same number.
class Witness {
 public:
  virtual ~Witness() = default;
  virtual void on_event(End, uint32_t /*link*/, const engine::EventBody&, Instant) {}
  /// Octets from a computer to its modem, and whether the modem passes them on as data.
  virtual void on_transmit(End, uint32_t /*link*/, LineId, ByteView, bool /*online*/, Instant) {}
  virtual void on_line(End, uint32_t /*link*/, LineId, bool /*open*/, Instant) {}
  virtual void on_interface(End, uint32_t /*link*/, bool /*up*/, Instant) {}
  /// Traffic wants the link.
  virtual void on_demand(uint32_t /*link*/, Instant) {}
};

/// One end: an engine, and the modems its lines lead to.
struct Side {
  explicit Side(uint64_t seed) : entropy(seed), engine(seed, entropy) {}

  struct Line {
    lab::ModemId modem;
    bool circuits = true;          // DTR and DCD are wired
    bool network = false;          // behind a host and a port: opening it takes time
    std::optional<LineId> wire{};  // who closes this end closes that one of the other side, too
    bool both_ways = false;        // a port listens on it while no link has it
    bool open = false, dcd = false;
    uint32_t wish = 0;                   // to open or to close it: the latest counts
    std::optional<CauseCode> missing{};  // the device is unplugged, or of no use
    bool helper_hangs = false;           // its power-cycle command does not end
    std::unique_ptr<TextServer> text{};  // far end: what is to be said before PPP; null: nothing
    std::vector<uint32_t> links{};       // that may use it
  };
  SeededEntropy entropy;
  engine::Engine engine;
  std::vector<Line> lines;
};

/// The far end's accounts.
class Accounts final : public ppp::AccountBook {
 public:
  explicit Accounts(uint32_t links) : refusals(links) {}
  unsigned refusal_of(std::string_view user) const override;
  std::vector<unsigned> refusals;  // by link
  std::optional<Secret> password_of(std::string_view user) const override;
};

/// How a far end with words treats who logs in.
struct TextManners {
  bool mute = false;
  std::string refusal;
};

/// What a user sends without end.
struct Flood {
  size_t octets = 0;  // a second; 0: nothing
  bool one_way = false;
  bool runs = false;
};

/// Whose line a modem stands at.
struct Where {
  End end;
  LineId line;
};

/// What a world will do by itself.
struct Later {
  Instant at;
  uint64_t number;  // of equal instants the earlier wish first
  std::function<void()> act;
  bool operator<(const Later& other) const {
    return at != other.at ? at > other.at : number > other.number;
  }
};

/// Where a link's calls go: by its own lines, to a port of the far end for each number.
struct Place {
  struct Port {
    LinkId id;
    LineId line;
    lab::ModemId modem;
    std::shared_ptr<engine::AnswerPlan> plan{};
  };
  std::vector<LineId> lines;
  std::vector<Port> ports;
  std::optional<uint32_t> first{};  // the link that must be up before
  // Where both ends dial and answer: the caller's port, and the far end's link.
  std::optional<LinkId> near_port{}, way_back{};
};

}  // namespace redial::sim
