// SPDX-License-Identifier: Apache-2.0
// Binds one engine to the world: effects carried out, results fed back. Shared by the service, the
// foreground command and the demo. It decides nothing; what is to be done, the engine has said.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/input.h"
#include "host/door.h"
#include "io/command.h"
#include "io/folder_watch.h"
#include "io/loop.h"
#include "io/netstack.h"

namespace redial::host {

/// What a link's line has carried and met, in its call or its last one.
struct LinkCounters {
  engine::FrameCounts frames;
  uint64_t octets_in = 0, octets_out = 0;  // on the line, framing and commands included
  io::LineErrors line;
};

class Host final : private engine::IpSink {
 public:
  Host(io::Loop& loop, Entropy& entropy, uint64_t seed);
  ~Host();

  LineId add_line(engine::LineConfig config, std::unique_ptr<Door> door);
  /// The program that switches a line's device off and on; without one that rung fails at once.
  void set_power_cycle(LineId line, std::vector<std::string> words, Duration within);
  LinkId add_link(engine::DialPlan plan);
  LinkId add_answering(engine::AnswerPlan plan);

  void dial(LinkId link);
  void hang_up(LinkId link, CauseCode why);
  void start_answering(LinkId link);
  void restore(LinkId link, const connection::LinkMemory& memory);
  void restore(LineId line, const connection::LineMemory& memory);
  void arm_on_demand(LinkId link);
  /// The user's keys while the line is a terminal (engine/observer.h), and the end of it.
  void type(LinkId link, ByteView keys);
  void end_terminal(LinkId link);

  /// Every event, with the moment it happened.
  std::function<void(Instant, const engine::Event&)> on_event;
  /// Addresses of a link that came up, and its going down; after the interface has been told.
  std::function<void(LinkId, const ppp::LinkUp&)> on_up;
  std::function<void(LinkId)> on_down;
  /// What must outlive the process has changed (Engine::memory); kept before the list goes on.
  std::function<void(const engine::Remember&)> on_remember;
  /// Where IP packets of a link go; the default is its interface, if it has one.
  std::function<void(LinkId, ByteView)> on_ip_packet;

  /// A user-mode interface for a link: made on the first call, lives as long as the host.
  io::NetInterface& interface_of(LinkId link);
  /// An interface of the caller's in its place; set before the link is dialled.
  void use_interface(LinkId link, std::unique_ptr<io::NetInterface> interface);
  /// One IP packet into a link; dropped while it is down. False: its line cannot take more now.
  bool send_ip(LinkId link, ByteView packet);

  LinkCounters counters(LinkId link) const;

  const engine::Engine& engine() const { return engine_; }
  engine::Engine& engine() { return engine_; }
  Instant now() const { return loop_.now(); }
  /// Whoever looks on at what the engine is given; null: nobody. Outlives the host.
  void tap(engine::Tap* tap) { tap_ = tap; }

 private:
  bool give(const engine::Input& input);
  void on_ip(LinkId link, ByteView packet) override;
  io::LinkAddresses addresses_of(const engine::InterfaceUp& up) const;
  DoorEvents door_events(LineId line);
  void tell_calendar();
  void on_demand_traffic(LinkId link);
  void await_return(LineId line, CauseCode code);
  void on_folders_changed();
  void write(LineId line, ByteView octets, bool urgent);
  void open(LineId line);
  void tell_demand(LinkId link);
  void carry_out();
  void carry_out(const engine::Effects& fx);

  struct Line {
    std::unique_ptr<Door> door;
    OptionalId<LinkId> user{};  // of the latest opening
    uint64_t octets_in = 0, octets_out = 0;
  };

  struct PowerCycle {
    std::vector<std::string> words;
    Duration within;
    std::unique_ptr<io::Command> running;
  };
  void power_cycle(LineId line);

  io::Loop& loop_;
  engine::Engine engine_;
  engine::Tap* tap_ = nullptr;
  engine::Effects fx_;  // what the input now running has asked for
  std::vector<Line> lines_;
  std::map<uint32_t, std::string> missing_;  // lines that wait for their device: what it was like
  io::FolderWatch watch_;
  std::map<LineId, PowerCycle> power_cycles_;
  std::vector<std::unique_ptr<io::NetInterface>> interfaces_;  // by link; null: none
  std::vector<Duration> traffic_waits_;                        // by link: so long, while it is down
  io::Alarm alarm_;
  io::Alarm calendar_;  // runs while a link has hours or a budget: clocks are set, summers end
  Bytes frame_;
  std::vector<std::pair<LinkId, Bytes>> packets_;               // IP of the input now running
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // for what is posted
};

}  // namespace redial::host
