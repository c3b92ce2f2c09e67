// SPDX-License-Identifier: Apache-2.0
#include "engine/input.h"

namespace redial::engine {

using namespace input;

namespace {

/// An index from a file may lead nowhere.
bool there(const Engine& engine, const Input& input) {
  return std::visit(
      [&](const auto& each) {
        if constexpr (requires { each.link; }) return index(each.link) < engine.links();
        if constexpr (requires { each.line; }) return index(each.line) < engine.lines();
        return true;
      },
      input);
}

bool give_line(Engine& engine, const Input& input, Instant now, const Answers& to) {
  if (const auto* octets = std::get_if<Octets>(&input)) {
    engine.on_octets(octets->line, octets->octets, now, to.ip, to.fx);
  } else if (const auto* carrier = std::get_if<Carrier>(&input)) {
    engine.on_carrier(carrier->line, carrier->present, now, to.fx);
  } else if (const auto* opened = std::get_if<LineOpened>(&input)) {
    engine.on_line_opened(opened->line, now, to.fx);
  } else if (const auto* failed = std::get_if<LineFailed>(&input)) {
    engine.on_line_failed(failed->line, failed->cause, now, to.fx);
  } else if (const auto* closed = std::get_if<LineClosed>(&input)) {
    engine.on_line_closed(closed->line, closed->cause, now, to.fx);
  } else if (const auto* returned = std::get_if<LineReturned>(&input)) {
    engine.on_line_returned(returned->line, now, to.fx);
  } else if (const auto* circuits = std::get_if<Circuits>(&input)) {
    engine.on_circuits(circuits->line, circuits->present);
  } else if (const auto* done = std::get_if<CommandDone>(&input)) {
    engine.on_command_done(done->line, done->well, now, to.fx);
  } else if (const auto* memory = std::get_if<RestoreLine>(&input)) {
    engine.restore(memory->line, memory->memory, now);
  }
  return true;
}

}  // namespace

bool give(Engine& engine, const Input& input, Instant now, const Answers& to) {
  if (!there(engine, input)) return false;
  if (std::holds_alternative<Deadline>(input)) {
    engine.on_deadline(now, to.fx);
  } else if (const auto* sent = std::get_if<SendIp>(&input)) {
    return engine.send_ip(sent->link, sent->packet, now, to.framed);
  } else if (const auto* dial = std::get_if<Dial>(&input)) {
    engine.dial(dial->link, now, to.fx);
  } else if (const auto* end = std::get_if<HangUp>(&input)) {
    engine.hang_up(end->link, end->why, now, to.fx);
  } else if (const auto* answering = std::get_if<StartAnswering>(&input)) {
    engine.start_answering(answering->link, now, to.fx);
  } else if (const auto* arm = std::get_if<ArmOnDemand>(&input)) {
    engine.arm_on_demand(arm->link, now, to.fx);
  } else if (const auto* demand = std::get_if<DemandTraffic>(&input)) {
    engine.on_demand_traffic(demand->link, now, to.fx);
  } else if (const auto* memory = std::get_if<RestoreLink>(&input)) {
    engine.restore(memory->link, memory->memory, now, to.fx);
  } else if (const auto* calendar = std::get_if<SetCalendar>(&input)) {
    engine.set_calendar(calendar->calendar, now, to.fx);
  } else if (const auto* keys = std::get_if<TerminalInput>(&input)) {
    engine.on_terminal_input(keys->link, keys->octets, to.fx);
  } else if (const auto* over = std::get_if<EndTerminal>(&input)) {
    engine.end_terminal(over->link, now, to.fx);
  } else {
    return give_line(engine, input, now, to);
  }
  return true;
}

}  // namespace redial::engine
