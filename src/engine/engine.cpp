// SPDX-License-Identifier: Apache-2.0
// Inputs of the engine and the questions it answers; what follows from them is in carry.cpp.
#include "engine/engine.h"

#include <fmt/format.h>

#include <algorithm>

#include "wire/housekeeping.h"

namespace redial::engine {
namespace {

void count_traffic(LinkRecord& link, ByteView packet, Instant now) {
  auto* supervisor = std::get_if<connection::Supervisor>(&link.role);
  if (supervisor && !wire::is_housekeeping(packet)) supervisor->on_traffic(packet.size(), now);
}

}  // namespace

LineId Engine::add_line(LineConfig config) {
  recoveries_.add_line(config.recovery);
  auto with = std::move(config.description);
  const LineId id{lines_.add({.name = std::move(config.name),
                              .its_call = telephony::Call(with),
                              .greeting = config.greeting})};
  if (config.without_circuits) {
    descriptions_[index(id)] = {std::move(with), std::move(config.without_circuits)};
  }
  return id;
}

LinkId Engine::add(Link link, std::shared_ptr<const void> plan) {
  if (plans_.empty() || plans_.back() != plan) plans_.push_back(std::move(plan));
  const LinkId id{links_.add(std::move(link))};
  wheel_.grow(links_.size());
  return id;
}

LinkId Engine::add_link(std::shared_ptr<const DialPlan> plan) {
  connection::Supervisor supervisor(plan->entry, plan->attempt_bound, rng_.child());
  supervisor.set_calendar(calendar_);
  return add({.role = std::move(supervisor), .dial = plan.get()}, plan);
}

LinkId Engine::add_answering(std::shared_ptr<const AnswerPlan> plan) {
  return add({.role = answer::Port(), .answer = plan.get()}, plan);
}

// ---- from above ----------------------------------------------------------------------------

void Engine::dial(LinkId id, Instant now, Effects& fx) {
  carry(id, std::get<connection::Supervisor>(at(id).role).want_up(now), now, fx);
  arm(id);
}

void Engine::hang_up(LinkId id, CauseCode why, Instant now, Effects& fx) {
  // Whatever needs it goes first, and for the same reason: it was wanted.
  for (const Dependence& each : prerequisites_) {
    if (each.first == id) hang_up(each.link, why, now, fx);
  }
  match(
      at(id).role,
      [&](connection::Supervisor& supervisor) {
        carry(id, supervisor.want_down(why, now), now, fx);
      },
      [&](answer::Port& port) { carry(id, port.stop(now), now, fx); });
  arm(id);
}

void Engine::start_answering(LinkId id, Instant now, Effects& fx) {
  carry(id, std::get<answer::Port>(at(id).role).start(now), now, fx);
  arm(id);
}

void Engine::begin_over(LinkId id, wire::Protocol layer, Instant now, Effects& fx) {
  if (at(id).session) carry(id, at(id).session->begin_over(layer, now), now, fx);
  arm(id);
}

// ---- from the shell ------------------------------------------------------------------------

void Engine::on_line_opened(LineId id, Instant now, Effects& fx) {
  Line& line = at(id);
  if (line.state != LineState::Opening) return;
  line.state = LineState::Open;
  if (!line.user) return;
  const LinkId user = *line.user;
  begin_call(user, now, fx);
  arm(user);
}

void Engine::on_line_failed(LineId id, Cause cause, Instant now, Effects& fx) {
  Line& line = at(id);
  if (line.state != LineState::Opening) return;
  line.state = LineState::Closed;
  if (!line.user) return;
  const LinkId user = *line.user;
  on_cause(user, std::move(cause), now, fx);
  arm(user);
}

void Engine::on_line_closed(LineId id, Cause cause, Instant now, Effects& fx) {
  Line& line = at(id);
  if (line.state == LineState::Closed) return;
  line.close();
  if (!line.user) return;
  const LinkId user = *line.user;
  // The cause first: what the session says on its way down is no news then.
  on_cause(user, std::move(cause), now, fx);
  if (at(user).session) carry(user, at(user).session->lower_down(now), now, fx);
  // Nobody hangs up a line that is gone: whoever still holds it was waiting for just that.
  if (at(user).line == id && at(id).state == LineState::Closed) release_line(user, now, fx);
  arm(user);
}

void Engine::on_command_done(LineId id, bool well, Instant now, Effects& fx) {
  Line& line = at(id);
  if (line.state != LineState::Recovering || !line.user) return;
  // One that hung may end when another rung, or another link, has the line.
  if (!recoveries_.power_cycles(id)) return;
  const LinkId user = *line.user;
  const Duration ready = recoveries_.of(id).ready_within;
  recoveries_.keep_closed(id, now + (well ? ready : 0s));
  fx.list.push_back(Event{
      user,
      Noted{well ? "power-cycled; waiting " + to_text(ready) + " for it to be ready"
                 : std::string("the power-cycle command failed; the line is tried as it is")}});
  arm(user);
}

void Engine::on_carrier(LineId id, bool present, Instant now, Effects& fx) {
  Line& line = at(id);
  if (!line.call() || !line.user) return;
  const LinkId user = *line.user;
  const auto* supervisor = std::get_if<connection::Supervisor>(&at(user).role);
  if (present && supervisor && supervisor->phase() == Phase::Preparing) {
    fx.list.push_back(Event{
        user,
        Noted{"warning: DCD is on before there is a call: strapped, or &C0; until it falls, a "
              "lost call is noticed by NO CARRIER in the data and by echoes, not by DCD"}});
  }
  carry(id, line.call()->on_carrier(present, now), now, fx);
  arm(user);
}

void Engine::on_line_returned(LineId id, Instant now, Effects& fx) {
  for (uint32_t each = 0; each < links_.size(); ++each) {
    const DialPlan* const plan = links_[each].dial;
    if (!plan || std::ranges::find(plan->lines, id) == plan->lines.end()) continue;
    const LinkId link{each};
    carry(link, std::get<connection::Supervisor>(at(link).role).on_line_wake(now), now, fx);
    arm(link);
  }
}

// Without DTR the modem is hung up by its escape, which must be kept usable from the start.
void Engine::on_circuits(LineId id, bool present) {
  const auto pair = descriptions_.find(index(id));
  Line& line = at(id);
  if (pair == descriptions_.end() || line.state == LineState::Open) return;
  line.its_call =
      telephony::Call(present ? pair->second.with_circuits : pair->second.without_circuits);
}

// Reads frames off one chunk; stops when the call it belongs to is over.
class Engine::FrameReader {
 public:
  FrameReader(Engine& engine, LineId line, LinkId link, Instant now, IpSink& ip, Effects& fx)
      : engine_(engine), line_(line), link_(link), now_(now), ip_(ip), fx_(fx) {}

  bool on_frame(ByteView octets) {
    Link& link = engine_.at(link_);
    ++link.frames_in;
    const auto frame = wire::parse_frame(octets);
    if (frame && engine_.observer_) {
      engine_.observer_->on_frame(link_, false, frame->protocol, frame->information);
    }
    if (frame && link.before) engine_.look_for_ppp(link_, *frame, now_, fx_);
    if (!link.session) return link.before != nullptr;
    if (frame && link.session->carries(wire::Protocol{frame->protocol})) {
      const ByteView packet = link.session->packet_in(*frame, now_);
      Paths::Step step;
      const bool probe = engine_.paths_.on_received(link_, packet, now_, step);
      if (probe) engine_.carry(link_, std::move(step), now_, fx_);
      if (!packet.empty() && !probe) {
        count_traffic(link, packet, now_);
        ip_.on_ip(link_, packet);
      }
      return true;
    }
    if (frame) engine_.carry(link_, link.session->on_frame(*frame, now_), now_, fx_);
    const Line& line = engine_.at(line_);
    return line.call() && line.call()->connected() && line.user == link_;
  }
  void on_bad_frame(wire::FrameError error) {  // neither data nor life
    Link& link = engine_.at(link_);
    if (link.session) link.session->on_bad_frame();
    engine_.paths_.on_damaged(link_);
    DamagedFrames& damaged = engine_.damaged_[index(link_)];
    count(damaged, error);
    if (auto warning = damage_warning(damaged, link.frames_in)) {
      fx_.list.push_back(Event{link_, Noted{*std::move(warning)}});
    }
  }
  // The carrier watch looks at the whole stream; what precedes the first frames is no damage.
  void on_outside(ByteView octets) {
    if (!engine_.up(link_)) return;
    engine_.damaged_[index(link_)].outside += static_cast<uint32_t>(octets.size());
  }

 private:
  Engine& engine_;
  LineId line_;
  LinkId link_;
  Instant now_;
  IpSink& ip_;
  Effects& fx_;
};

void Engine::on_octets(LineId id, ByteView octets, Instant now, IpSink& ip, Effects& fx) {
  if (!at(id).user || !at(id).call()) return;
  const LinkId user = *at(id).user;
  // Twice at the most: what follows the CONNECT line in the same chunk is data already.
  while (!octets.empty()) {
    Line& line = at(id);
    if (line.user != user || !line.call()) break;
    if (line.call()->connected()) {
      FrameReader reader(*this, id, user, now, ip, fx);
      line.decoder.decode(octets, reader);
      Line& after = at(id);
      if (after.call() && after.call()->connected()) {
        after.call()->on_data(octets, after.decoder.inside_frame(), now);
        before_ppp(user, octets, now, fx);
      }
      break;
    }
    if (at(user).before) {  // a terminal before dialling; no call yet
      before_ppp(user, octets, now, fx);
      break;
    }
    telephony::Call::Step step = line.call()->on_octets(octets, now);
    const size_t consumed = step.consumed;
    carry(id, std::move(step.actions), now, fx);
    octets = octets.subspan(consumed);
    // Whoever speaks first on a direct line connects by it, and that is its first frame.
    const telephony::Call* call = at(id).call();
    if (consumed == 0 && !(call && call->connected())) break;
  }
  arm(user);
}

bool Engine::send_ip(LinkId id, ByteView packet, Instant now, Bytes& out) {
  Link& link = at(id);
  const auto frame = link.session ? link.session->frame_for(packet) : std::nullopt;
  if (!frame) return false;
  count_traffic(link, packet, now);
  if (link.dial && link.dial->entry.budget.bytes) arm(id);  // it may be spent now
  if (link.dial && paths_.on_sent(id, *link.dial, link.session->addresses(), now)) arm(id);
  ++link.frames_out;
  if (observer_) observer_->on_frame(id, true, frame->protocol, frame->information);
  wire::encode(frame->protocol, frame->information, link.session->tx_format(), out);
  return true;
}

void Engine::on_terminal_input(LinkId id, ByteView octets, Effects& fx) {
  const Link& link = at(id);
  if (!link.before || !link.before->machine.terminal() || !link.line) return;
  if (at(*link.line).call()) transmit(*link.line, octets, fx);
}

void Engine::end_terminal(LinkId id, Instant now, Effects& fx) {
  if (!at(id).before) return;
  carry(id, at(id).before->machine.end_terminal(now), now, fx);
  arm(id);
}

// ---- time ----------------------------------------------------------------------------------

void Engine::on_deadline(Instant now, Effects& fx) {
  wheel_.advance(now, [&](uint32_t node) {
    const LinkId id{node};
    wake(id, now, fx);
    arm(id);
  });
}

// Waking a machine early or twice does no harm; but most of them are not due.
void Engine::wake(LinkId id, Instant now, Effects& fx) {
  match(
      at(id).role,
      [&](connection::Supervisor& supervisor) {
        if (supervisor.due() <= now) carry(id, supervisor.on_deadline(now), now, fx);
      },
      [&](answer::Port& port) {
        if (port.due() <= now) carry(id, port.on_deadline(now), now, fx);
      });
  if (at(id).before) carry(id, at(id).before->machine.on_deadline(now), now, fx);
  if (at(id).session) carry(id, at(id).session->on_deadline(now), now, fx);
  if (paths_.watches(id)) carry(id, paths_.on_deadline(id, now), now, fx);
  if (auto missed = callbacks_.on_deadline(id, now)) on_cause(id, *std::move(missed), now, fx);
  const std::optional<LineId> owned = at(id).line;
  if (!owned) return;
  Line& line = at(*owned);
  if (line.call() && line.its_call.due() <= now) {
    carry(*owned, line.its_call.on_deadline(now), now, fx);
  }
  if (line.state == LineState::Recovering && recoveries_.open_at(*owned) <= now) {
    open_line(*owned, fx);
  }
}

// Armed for the earliest deadline; one that moves later is mostly left to be judged at expiry.
void Engine::arm(LinkId id) {
  const Link& link = at(id);
  Instant due = match(link.role, [](const auto& role) { return role.due(); });
  if (link.before) due = std::min(due, link.before->machine.due());
  if (link.session) due = std::min(due, link.session->due());
  if (link.line) {
    const Line& line = at(*link.line);
    if (line.call()) due = std::min(due, line.its_call.due());
    if (line.state == LineState::Recovering) due = std::min(due, recoveries_.open_at(*link.line));
  }
  due = std::min({due, callbacks_.due(id), paths_.due(id)});
  if (due == kNever) return;
  wheel_.arm_by(index(id), due);
}

// ---- questions -----------------------------------------------------------------------------

bool Engine::up(LinkId id) const { return at(id).session && at(id).session->up(); }

bool Engine::resting(LinkId id) const {
  return match(
      at(id).role, [](const connection::Supervisor& supervisor) { return supervisor.resting(); },
      [](const answer::Port& port) { return port.condition() == answer::Condition::Stopped; });
}

const connection::Supervisor* Engine::supervisor(LinkId id) const {
  return std::get_if<connection::Supervisor>(&at(id).role);
}

FrameCounts Engine::counters(LinkId id) const {
  const auto damaged = damaged_.find(index(id));
  return {.in = at(id).frames_in,
          .out = at(id).frames_out,
          .damaged = damaged == damaged_.end() ? DamagedFrames{} : damaged->second};
}

const std::string& Engine::name(LinkId id) const {
  const Link& link = at(id);
  return link.dial ? link.dial->entry.name : link.answer->name;
}

}  // namespace redial::engine
