// SPDX-License-Identifier: Apache-2.0
// For the fuzzer of an engine's links: an engine with two links, a modem line and a direct line, a
// shell that carries out what it is told, and an honest far side. What the engine owes its shell is
// checked at every step.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "core/check.h"
#include "engine/plan.h"
#include "modem/inf.h"
#include "session_world.h"

namespace redial::engine::fuzz {

constexpr size_t kLines = 2, kLinks = 2;
enum class Door : uint8_t { Closed, Opening, Open };

/// How the world is made.
struct Choices {
  ppp::AuthMethod method = ppp::AuthMethod::ChapMd5;
  bool login = false;        // a text login is answered, password and all
  bool needs = false;        // the second link needs the first
  bool power_cycle = false;  // the modem line has a command for it
  bool bounded = false;      // few attempts, a session limit, an idle time-out
};

class World final : public IpSink {
 public:
  explicit World(const Choices& choices);

  LinkId link(size_t at) const { return links_[at % kLinks]; }
  LineId line(size_t at) const { return lines_[at % kLines]; }
  Door& door(LineId line) { return doors_[index(line)]; }
  /// Carries out what the last input led to, and looks at it.
  void settle();
  void hear(LineId line, ByteView octets);
  void wait(Duration duration);
  /// The far side of that line does as it should, one step; or nothing is asked of it.
  void far_side(LineId line);
  void far_side_gone(LineId line) { peers_[index(line)].reset(); }
  void on_ip(LinkId, ByteView) override {}

  Instant now{1s};
  SeededEntropy entropy{7};
  Engine engine{7, entropy};
  Effects fx;
  std::array<bool, kLinks> interface_up{};
  std::optional<LineId> command{};  // the power-cycle command that runs

 private:
  LineId add_line(bool modem, bool power_cycle);
  LinkId add_link(const Choices& choices, size_t which);
  void look(const Transmit& transmit);
  void look(const Event& event) const;
  void say(LineId line, const ppp::SessionActions& actions);
  void obey(LineId line, std::string_view command);

  struct FarSide {  // of a line with a carrier
    FarSide(const ppp::SessionConfig& config, Entropy& entropy) : session(config, entropy) {}
    ppp::Session session;
    wire::HdlcDecoder decoder;
  };
  ppp::fuzz::Accounts accounts_;
  ppp::SessionConfig far_config_;
  bool may_type_ = false, told_ = false;
  std::array<LineId, kLines> lines_{};
  std::array<LinkId, kLinks> links_{};
  std::array<Door, kLines> doors_{};
  std::array<Bytes, kLines> sent_;  // and not yet read by the far side
  std::array<std::unique_ptr<FarSide>, kLines> peers_;
};

}  // namespace redial::engine::fuzz
