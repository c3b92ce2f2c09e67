// SPDX-License-Identifier: Apache-2.0
// Whose a line is, and for how long: sought, owned, recovered if it must be, opened, called on;
// then hung up from the top down, and released to whoever waits for it.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "engine/engine.h"

namespace redial::engine {

using connection::Supervisor;

namespace {

/// What the modem is given for one of the entry's numbers; a cable's entry has none.
std::string_view dialled(const DialPlan& plan, size_t which) {
  if (which < plan.dialled.size()) return plan.dialled[which].digits.reveal();
  const auto& numbers = plan.entry.numbers;
  return which < numbers.size() ? std::string_view(numbers[which].digits) : std::string_view();
}

// A dialling link's lines in the order in which it takes them.
std::vector<LineId> line_walk(const LinkRecord& link) {
  std::vector<LineId> walk = link.dial->lines;
  if (link.dial->entry.line_order == phonebook::LineOrder::LastGoodFirst &&
      link.last_good < walk.size()) {
    std::rotate(walk.begin(), walk.begin() + link.last_good, walk.begin() + link.last_good + 1);
  }
  return walk;
}

}  // namespace

void Engine::place_call(LinkId id, bool next_line, Instant now, Effects& fx) {
  if (!next_line) at(id).lines_tried = 0;
  seek_line(id, now, fx);
}

void Engine::seek_line(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  link.frames_in = link.frames_out = 0;  // a new call's
  damaged_.erase(index(id));
  const bool answering = link.answer != nullptr;
  const std::vector<LineId> walk = answering ? std::vector{link.answer->line} : line_walk(link);
  const std::span<const LineId> wanted = std::span(walk).subspan(link.lines_tried);
  if (wanted.empty()) {
    return on_cause(id, {CauseCode::DeviceMissing, "no line is bound to this entry"}, now, fx);
  }
  carry(arbiter_.request(id, wanted, answering), now, fx);
  if (at(id).line || answering) return;  // granted, or a listener that waits for its turn
  // A listening port has been asked to yield, and will; one that has a call keeps the line for as
  // long as its caller likes.
  const auto yields = [&](LineId line) { return arbiter_.yields(line); };
  if (std::any_of(wanted.begin(), wanted.end(), yields)) return;
  arbiter_.withdraw(id);
  for (const LineId line : wanted) {
    const auto [first, last] = waiters_.equal_range(index(line));
    const bool told = std::any_of(first, last, [&](const auto& each) { return each.second == id; });
    if (!told) waiters_.emplace(index(line), id);
  }
  link.lines_tried = static_cast<uint8_t>(walk.size());
  const auto owner = arbiter_.owner(wanted.front());
  on_cause(id,
           {CauseCode::DeviceBusy, fmt::format("{} is used by {}", name(wanted.front()),
                                               owner ? name(*owner) : "another call")},
           now, fx);
}

// The input that is running may be another link's, which arms only that one.
void Engine::carry(telephony::LineArbiter::Actions actions, Instant now, Effects& fx) {
  for (telephony::ArbiterAction& action : actions) {
    match(
        action,
        [&](telephony::Granted& granted) {
          own_line(granted.link, granted.line, now, fx);
          arm(granted.link);
        },
        [&](telephony::Yield& yield) {
          tear_down(yield.owner, now, fx);
          arm(yield.owner);
        });
  }
}

void Engine::own_line(LinkId id, LineId line_id, Instant now, Effects& fx) {
  Line& line = at(line_id);
  REDIAL_ASSERT(!line.user);
  line.user = id;
  Link& link = at(id);
  link.line = line_id;
  if (link.dial) {
    const std::vector<LineId> walk = line_walk(link);
    const auto place = std::ranges::find(walk, line_id);
    link.lines_tried = static_cast<uint8_t>(place - walk.begin() + 1);
  }
  auto* const supervisor = std::get_if<Supervisor>(&at(id).role);
  const connection::Rung rung =
      supervisor ? recoveries_.begin(line_id, now) : connection::Rung::Redial;
  if (rung == connection::Rung::Redial) return open_line(line_id, fx);

  const LineRecovery& recovery = recoveries_.of(line_id);
  supervisor->extend(takes_longer(rung, recovery));
  const uint16_t failures = recoveries_.ladder(line_id)->episode().failures;
  if (failures > 0) fx.list.push_back(Event{id, Recovering{rung, failures}});
  const Duration closed = connection::rule_of(rung).port_closed;
  if (rung == connection::Rung::PowerCycle) {
    line.state = LineState::Recovering;
    fx.list.push_back(Remember{line_id});
    fx.list.push_back(RunCommand{line_id});
    recoveries_.keep_closed(line_id, now + recovery.command_within + recovery.ready_within);
  } else if (closed > 0s) {
    line.state = LineState::Recovering;
    recoveries_.keep_closed(line_id, now + closed);
  } else {
    open_line(line_id, fx);
  }
}

/// What the line's recovery ladder makes of an ending; a line passed over in a walk counts as well.
void Engine::judge_device(LinkId id, const Cause& cause, Instant now) {
  const auto* supervisor = std::get_if<Supervisor>(&at(id).role);
  const std::optional<LineId> line = at(id).line;
  if (!supervisor || !line) return;
  recoveries_.on_ended(*line, cause.code, supervisor->phase(), now);
}

void Engine::open_line(LineId line_id, Effects& fx) {
  at(line_id).state = LineState::Opening;
  fx.list.push_back(OpenLine{line_id});
}

void Engine::begin_call(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  Line& line = at(*link.line);
  line.decoder.reset();
  line.its_call.reset();
  if (link.answer || callbacks_.listening(id)) {
    carry(*link.line, line.its_call.listen(now), now, fx);
    return;
  }
  on_phase(id, Phase::Preparing, now, fx);
  const auto& before = link.dial->before_ppp;
  if (!before || (!before->terminal_before && !before->script_before)) {
    return make_call(id, now, fx);
  }
  link.before = std::make_unique<Before>(make_before(id, false));
  carry(id, link.before->machine.begin(now), now, fx);
}

void Engine::make_call(LinkId id, Instant now, Effects& fx) {
  const Link& link = at(id);
  Line& line = at(*link.line);
  const size_t which = std::get<Supervisor>(link.role).number_index();
  const std::string_view number = dialled(*link.dial, which);
  carry(*link.line, line.its_call.make_call(number, now, recoveries_.preparation(*link.line)), now,
        fx);
}

// The call is over, or never was: the line is closed and somebody else may have it.
void Engine::release_line(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  end_before(link, id);
  link.session.reset();
  callbacks_.forget(id);
  arbiter_.withdraw(id);
  if (link.line) {
    const LineId line_id = *link.line;
    Line& line = at(line_id);
    const bool opened = line.state == LineState::Opening || line.state == LineState::Open;
    if (opened) fx.list.push_back(CloseLine{line_id});
    line.close();
    line.user.reset();
    link.line.reset();
    carry(arbiter_.release(line_id), now, fx);
    wake_waiters(line_id, now, fx);
  }
  match(
      at(id).role, [&](Supervisor& supervisor) { carry(id, supervisor.on_released(now), now, fx); },
      [&](answer::Port& port) {
        if (port.condition() == answer::Condition::Disconnecting) {
          carry(id, port.on_released(now), now, fx);
        } else {
          seek_line(id, now, fx);  // it yielded while listening: back into the queue
        }
      });
}

void Engine::wake_waiters(LineId line, Instant now, Effects& fx) {
  const auto [first, last] = waiters_.equal_range(index(line));
  std::vector<LinkId> told;
  for (auto each = first; each != last; ++each) told.push_back(each->second);
  waiters_.erase(first, last);
  for (const LinkId id : told) {
    if (auto* supervisor = std::get_if<Supervisor>(&at(id).role)) {
      carry(id, supervisor->on_line_wake(now), now, fx);
      arm(id);
    }
  }
}

// ---- hanging up, from the top down ---------------------------------------------------------

void Engine::tear_down(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  end_before(link, id);
  interface_down(id, fx);
  callbacks_.forget(id);
  if (!link.session || link.session->phase() == Phase::Waiting) return drop_call(id, now, fx);
  const Line* line = link.line ? &at(*link.line) : nullptr;
  const bool can_speak = line && line->call() && line->call()->connected();
  // Terminate before every hang-up, while there is a carrier to say it over; a session that found
  // its end itself is closing already.
  if (!can_speak) {
    carry(id, link.session->lower_down(now), now, fx);
  } else if (!link.session->closing()) {
    carry(id, link.session->close(now), now, fx);
  }
}

void Engine::drop_call(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  link.session.reset();
  if (!link.line || !at(*link.line).call()) return release_line(id, now, fx);
  fx.list.push_back(DiscardOutput{*link.line});
  carry(*link.line, at(*link.line).call()->drop(now), now, fx);
}

void Engine::interface_down(LinkId id, Effects& fx) {
  if (!at(id).interface_up) return;
  at(id).interface_up = false;
  paths_.on_down(id);
  fx.list.push_back(InterfaceDown{id});
}

}  // namespace redial::engine
