// SPDX-License-Identifier: Apache-2.0
// Links that are not simply wanted: dialled by traffic, after another entry, within hours.
#include <algorithm>

#include "engine/engine.h"

namespace redial::engine {

using connection::Supervisor;

void Engine::arm_on_demand(LinkId id, Instant now, Effects& fx) {
  carry(id, std::get<Supervisor>(at(id).role).arm(now), now, fx);
  arm(id);
}

void Engine::on_demand_traffic(LinkId id, Instant now, Effects& fx) {
  auto* supervisor = std::get_if<Supervisor>(&at(id).role);
  if (!supervisor) return;
  carry(id, supervisor->on_demand_traffic(now), now, fx);
  arm(id);
}

// ---- what outlives the process -------------------------------------------------------------

connection::LinkMemory Engine::memory(LinkId id, Instant now) const {
  const auto* supervisor = std::get_if<Supervisor>(&at(id).role);
  if (!supervisor) return {};
  connection::LinkMemory memory = supervisor->memory(now);
  const auto& lines = at(id).dial->lines;
  const uint8_t good = at(id).last_good;
  if (good > 0 && good < lines.size()) memory.good_line = name(lines[good]);
  if (at(id).line && memory.call != connection::CallStage::None) memory.line = name(*at(id).line);
  for (const LineId line : lines) {
    if (recoveries_.was_cut_off(line)) memory.line = name(line);
  }
  return memory;
}

connection::LineMemory Engine::memory(LineId id, Instant now) const {
  connection::LineMemory memory;
  if (const auto* ladder = recoveries_.ladder(id)) ladder->remember(memory, now);
  return memory;
}

void Engine::restore(LinkId id, const connection::LinkMemory& memory, Instant now, Effects& fx) {
  Link& link = at(id);
  const auto& lines = link.dial->lines;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (name(lines[i]) == memory.good_line) link.last_good = static_cast<uint8_t>(i);
    if (name(lines[i]) == memory.line) recoveries_.cut_off(lines[i]);
  }
  carry(id, std::get<Supervisor>(link.role).restore(memory, now), now, fx);
  arm(id);
}

void Engine::restore(LineId id, const connection::LineMemory& memory, Instant now) {
  recoveries_.restore(id, memory, now);
}

// ---- hours ---------------------------------------------------------------------------------

void Engine::set_calendar(const connection::Calendar& calendar, Instant now, Effects& fx) {
  calendar_ = calendar;
  for (uint32_t i = 0; i < links_.size(); ++i) {
    const LinkId id{i};
    auto* supervisor = std::get_if<Supervisor>(&at(id).role);
    if (!supervisor) continue;
    carry(id, supervisor->on_calendar(calendar, now), now, fx);
    arm(id);
  }
}

// ---- PrerequisiteEntry ---------------------------------------------------------------------

bool Engine::require(LinkId link, LinkId first) {
  for (LinkId each = first;;) {
    if (each == link) return false;
    const auto next = std::ranges::find(prerequisites_, each, &Dependence::link);
    if (next == prerequisites_.end()) break;
    each = next->first;
  }
  prerequisites_.push_back({link, first});
  std::get<Supervisor>(at(link).role).needs_prerequisite(up(first));
  return true;
}

void Engine::need_prerequisite(LinkId id, Instant now, Effects& fx) {
  const auto found = std::ranges::find(prerequisites_, id, &Dependence::link);
  REDIAL_ASSERT(found != prerequisites_.end());
  const LinkId first = found->first;
  keep_prerequisite(id);
  auto& supervisor = std::get<Supervisor>(at(first).role);
  if (supervisor.resting() || supervisor.armed()) carry(first, supervisor.ask_up(now), now, fx);
  arm(first);
}

// An entry that others need does not time out for want of traffic of its own.
void Engine::keep_prerequisite(LinkId id) {
  for (const Dependence& each : prerequisites_) {
    if (each.link != id) continue;
    const bool needed = std::ranges::any_of(prerequisites_, [&](const Dependence& other) {
      if (other.first != each.first) return false;
      const auto& supervisor = std::get<Supervisor>(at(other.link).role);
      return !supervisor.resting() && !supervisor.armed();
    });
    std::get<Supervisor>(at(each.first).role).keep_up(needed);
    arm(each.first);
  }
}

void Engine::tell_dependents(LinkId id, bool is_up, Instant now, Effects& fx) {
  for (size_t i = 0; i < prerequisites_.size(); ++i) {
    const Dependence each = prerequisites_[i];
    if (each.first != id) continue;
    auto& supervisor = std::get<Supervisor>(at(each.link).role);
    carry(each.link, supervisor.on_prerequisite(is_up, now), now, fx);
    arm(each.link);
  }
}

}  // namespace redial::engine
