// SPDX-License-Identifier: Apache-2.0
#include "host/host.h"

#include <utility>

namespace redial::host {

namespace input = engine::input;

Host::Host(io::Loop& loop, Entropy& entropy, uint64_t seed)
    : loop_(loop),
      engine_(seed, entropy),
      watch_(loop, [this] { on_folders_changed(); }),
      alarm_(loop,
             [this] {
               give(input::Deadline{});
               carry_out();
             }),
      calendar_(loop, [this] { tell_calendar(); }) {}

Host::~Host() = default;

/// The one way to the engine; what it answers is in fx_, and carry_out() is the caller's.
bool Host::give(const engine::Input& input) {
  const Instant now = loop_.now();
  if (tap_) tap_->on_input(engine_, input, now);
  const bool taken = engine::give(engine_, input, now, {.ip = *this, .fx = fx_, .framed = frame_});
  if (tap_) tap_->on_answer(engine_, fx_, taken, now);
  return taken;
}

LineId Host::add_line(engine::LineConfig config, std::unique_ptr<Door> door) {
  lines_.push_back({.door = std::move(door)});
  return engine_.add_line(std::move(config));
}

void Host::set_power_cycle(LineId line, std::vector<std::string> words, Duration within) {
  if (!words.empty()) power_cycles_[line] = {std::move(words), within, nullptr};
}

void Host::power_cycle(LineId line) {
  const auto ended = [this, line](io::CommandEnd end) {
    const auto user = engine_.user_of(line);
    if (user && on_event && !end.well) {
      on_event(loop_.now(), {*user, engine::Noted{"power-cycle command: " + end.text}});
    }
    give(input::CommandDone{line, end.well});
    carry_out();
  };
  const auto found = power_cycles_.find(line);
  if (found == power_cycles_.end()) {
    return loop_.post([ended] { ended({false, "the line has none"}); });
  }
  PowerCycle& command = found->second;
  command.running = io::run_command(loop_, command.words, command.within, ended);
}

LinkId Host::add_link(engine::DialPlan plan) {
  interfaces_.emplace_back();
  const phonebook::Entry& entry = plan.entry;
  const bool waits =
      entry.dial == phonebook::DialMode::OnDemand && entry.while_down == phonebook::WhileDown::Wait;
  traffic_waits_.push_back(waits ? entry.wait_within : Duration{});
  const bool by_the_clock = !entry.windows.empty() || entry.budget.any();
  const LinkId id = engine_.add_link(std::make_shared<const engine::DialPlan>(std::move(plan)));
  if (by_the_clock) tell_calendar();
  return id;
}

void Host::tell_calendar() {
  constexpr Duration kEvery = 1min;
  const Instant now = loop_.now();
  give(input::SetCalendar{{now, loop_.local_now()}});
  calendar_.set(now + kEvery);
  carry_out();
}

LinkId Host::add_answering(engine::AnswerPlan plan) {
  interfaces_.emplace_back();
  traffic_waits_.emplace_back();
  return engine_.add_answering(std::make_shared<const engine::AnswerPlan>(std::move(plan)));
}

void Host::dial(LinkId link) {
  give(input::Dial{link});
  carry_out();
}

void Host::hang_up(LinkId link, CauseCode why) {
  give(input::HangUp{link, why});
  carry_out();
}

void Host::restore(LinkId link, const connection::LinkMemory& memory) {
  give(input::RestoreLink{link, memory});
  carry_out();
}

void Host::restore(LineId line, const connection::LineMemory& memory) {
  give(input::RestoreLine{line, memory});
}

void Host::start_answering(LinkId link) {
  give(input::StartAnswering{link});
  carry_out();
}

void Host::arm_on_demand(LinkId link) {
  give(input::ArmOnDemand{link});
  carry_out();
}

void Host::on_demand_traffic(LinkId link) {
  give(input::DemandTraffic{link});
  carry_out();
}

void Host::type(LinkId link, ByteView keys) {
  give(input::TerminalInput{link, keys});
  carry_out();
}

void Host::end_terminal(LinkId link) {
  give(input::EndTerminal{link});
  carry_out();
}

io::NetInterface& Host::interface_of(LinkId link) {
  auto& interface = interfaces_[index(link)];
  if (!interface) {
    interface = io::make_interface(loop_, engine_.name(link),
                                   [this, link](ByteView packet) { send_ip(link, packet); });
    tell_demand(link);
  }
  return *interface;
}

void Host::use_interface(LinkId link, std::unique_ptr<io::NetInterface> interface) {
  interfaces_[index(link)] = std::move(interface);
  tell_demand(link);
}

void Host::tell_demand(LinkId link) {
  interfaces_[index(link)]->on_demand({.wanted = [this, link] { on_demand_traffic(link); },
                                       .wait_within = traffic_waits_[index(link)]});
}

bool Host::send_ip(LinkId link, ByteView packet) {
  if (!engine_.up(link)) on_demand_traffic(link);
  const auto line = engine_.line_of(link);
  if (!line) return true;
  if (lines_[index(*line)].door->backed_up()) return false;  // TCP above will slow down
  frame_.clear();
  if (give(input::SendIp{link, packet})) write(*line, frame_, false);
  return true;
}

io::LinkAddresses Host::addresses_of(const engine::InterfaceUp& up) const {
  const auto line = engine_.line_of(up.link);
  return {.local = up.addresses.local,
          .peer = up.addresses.peer,
          .dns = up.addresses.dns,
          .dns2 = up.addresses.dns2,
          .mtu = up.addresses.mtu,
          .interface_id = up.addresses.local_id,
          .server = line ? lines_[index(*line)].door->server() : std::nullopt};
}

void Host::on_ip(LinkId link, ByteView packet) {
  packets_.emplace_back(link, Bytes(packet.begin(), packet.end()));
}

DoorEvents Host::door_events(LineId line) {
  return {
      .opened =
          [this, line] {
            give(input::LineOpened{line});
            carry_out();
          },
      .failed =
          [this, line](Cause cause) {
            await_return(line, cause.code);
            give(input::LineFailed{line, std::move(cause)});
            carry_out();
          },
      .closed =
          [this, line](Cause cause) {
            await_return(line, cause.code);
            give(input::LineClosed{line, std::move(cause)});
            carry_out();
          },
      .octets =
          [this, line](ByteView octets) {
            lines_[index(line)].octets_in += octets.size();
            give(input::Octets{line, octets});
            carry_out();
          },
      .carrier =
          [this, line](bool present) {
            give(input::Carrier{line, present});
            carry_out();
          },
      .circuits =
          [this, line](bool present) {
            give(input::Circuits{line, present});
          },
      .noted =
          [this, line](std::string text) {
            const auto user = engine_.user_of(line);
            if (!user || !on_event) return;
            on_event(loop_.now(), engine::Event{*user, engine::Noted{std::move(text)}});
          },
  };
}

// A device that is not there, or may not be opened yet, is looked for whenever something happens in
// its folder; the supervisor's own pauses go on beside it.
void Host::await_return(LineId line, CauseCode code) {
  const Door& door = *lines_[index(line)].door;
  const bool may_return = code == CauseCode::DeviceMissing || code == CauseCode::DeviceVanished ||
                          code == CauseCode::DeviceForbidden;
  if (!may_return || door.folder().empty()) return;
  missing_[static_cast<uint32_t>(index(line))] = door.identity();
  // It may have come back before its folder was watched.
  loop_.post([this, alive = std::weak_ptr<bool>(alive_)] {
    if (alive.lock()) on_folders_changed();
  });
}

void Host::on_folders_changed() {
  std::vector<LineId> returned;
  std::set<std::string> folders;
  for (auto each = missing_.begin(); each != missing_.end();) {
    const Door& door = *lines_[each->first].door;
    folders.insert(door.folder());
    const std::string now = door.identity();
    if (now.empty() || now == each->second) {
      // Gone for certain: whatever comes is a return.
      if (now.empty()) each->second.clear();
      ++each;
      continue;
    }
    returned.push_back(LineId{each->first});
    each = missing_.erase(each);
  }
  watch_.watch(missing_.empty() ? std::set<std::string>{} : folders);
  for (const LineId line : returned) {
    give(input::LineReturned{line});
    carry_out();
  }
}

void Host::open(LineId id) {
  Line& line = lines_[index(id)];
  line.user.reset();
  if (const auto user = engine_.user_of(id)) line.user = *user;
  line.octets_in = line.octets_out = 0;
  missing_.erase(static_cast<uint32_t>(index(id)));
  line.door->open(door_events(id));
}

void Host::write(LineId id, ByteView octets, bool urgent) {
  Line& line = lines_[index(id)];
  line.octets_out += octets.size();
  urgent ? line.door->write_urgent(octets) : line.door->write(octets);
}

LinkCounters Host::counters(LinkId link) const {
  LinkCounters found{.frames = engine_.counters(link)};
  for (const Line& line : lines_) {
    if (line.user != link) continue;
    found.octets_in += line.octets_in;
    found.octets_out += line.octets_out;
    found.line = line.door->line_errors();
  }
  return found;
}

// Effects are carried out after the input has returned; callbacks may give new inputs, which fill a
// list of their own.
void Host::carry_out() {
  const auto due = engine_.deadline();
  due ? alarm_.set(*due) : alarm_.clear();
  engine::Effects fx = std::exchange(fx_, {});
  auto packets = std::exchange(packets_, {});
  carry_out(fx);
  for (const auto& [link, packet] : packets) {
    if (on_ip_packet) {
      on_ip_packet(link, packet);
    } else if (interfaces_[index(link)]) {
      interfaces_[index(link)]->receive(packet);
    }
  }
}

void Host::carry_out(const engine::Effects& fx) {
  const auto door = [this](LineId line) -> Door& { return *lines_[index(line)].door; };
  for (const engine::Effect& effect : fx.list) {
    match(
        effect, [&](const engine::OpenLine& wanted) { open(wanted.line); },
        [&](const engine::CloseLine& close) { door(close.line).close(); },
        [&](const engine::RunCommand& run) { power_cycle(run.line); },
        [&](const engine::Transmit& transmit) {
          write(transmit.line, fx.octets(transmit), transmit.urgent);
        },
        [&](const engine::SetPace& pace) { door(pace.line).set_pace(pace.octets_per_second); },
        [&](const engine::SetDtr& dtr) { door(dtr.line).set_dtr(dtr.on); },
        [&](const engine::DiscardOutput& discard) { door(discard.line).discard_output(); },
        [&](const engine::Remember& remember) {
          if (on_remember) on_remember(remember);
        },
        [&](const engine::InterfaceUp& up) {
          if (auto& interface = interfaces_[index(up.link)]) {
            interface->up(addresses_of(up));
          }
          if (on_up) on_up(up.link, up.addresses);
        },
        [&](const engine::InterfaceDown& down) {
          if (auto& interface = interfaces_[index(down.link)]) interface->down();
          if (on_down) on_down(down.link);
        },
        [&](const engine::Event& event) {
          if (on_event) on_event(loop_.now(), event);
        });
  }
}

}  // namespace redial::host
