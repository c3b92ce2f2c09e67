// SPDX-License-Identifier: Apache-2.0
// What follows from what: the actions of supervisors, ports, calls and sessions carried out. Going
// down: intent -> line -> call -> session. Coming up: every ending reaches the supervisor as a
// Cause.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "engine/engine.h"

namespace redial::engine {

using connection::Supervisor;

namespace {

/// Of a slow carrier, in octets a second; 0: none known, or fast enough to empty any buffer soon. A
/// modem that compresses could take more than its carrier; what it kept in its own buffer for that
/// would keep echoes waiting.
uint32_t pace_of(uint32_t carrier_bps) {
  constexpr uint32_t kSlow = 14'400, kBitsPerOctet = 10;
  return carrier_bps > kSlow ? 0 : carrier_bps / kBitsPerOctet;
}

const ppp::SessionConfig& session_config(const LinkRecord& link) {
  return link.dial ? link.dial->session : link.answer->session;
}

void note_good_line(LinkRecord& link) {
  if (!link.dial || !link.line) return;
  const auto& lines = link.dial->lines;
  link.last_good =
      static_cast<uint8_t>(std::ranges::find(lines, LineId(*link.line)) - lines.begin());
}

}  // namespace

// ---- supervisor and port -------------------------------------------------------------------

void Engine::carry(LinkId id, Supervisor::Actions actions, Instant now, Effects& fx) {
  for (connection::SupervisorAction& action : actions) {
    match(
        action, [&](connection::PlaceCall& call) { place_call(id, call.next_line, now, fx); },
        [&](connection::TearDown&) { tear_down(id, now, fx); },
        [&](connection::ForceRelease&) { release_line(id, now, fx); },
        [&](connection::LinkEnded& ended) {
          const bool was_up = ended.was_up.has_value();
          const bool good = ended.was_up >= at(id).dial->entry.redial.good_call;
          if (good && at(id).line) recoveries_.on_good_call(*at(id).line);
          interface_down(id, fx);
          fx.list.push_back(Event{id, std::move(ended)});
          if (was_up) tell_dependents(id, false, now, fx);
        },
        [&](connection::Resting& resting) {
          fx.list.push_back(Event{id, resting});
          tell_dependents(id, false, now, fx);
        },
        [&](connection::NeedPrerequisite& need) {
          fx.list.push_back(Event{id, need});
          need_prerequisite(id, now, fx);
        },
        [&](connection::LinkConnected& connected) {
          fx.list.push_back(Event{id, connected});
          tell_dependents(id, true, now, fx);
        },
        [&](auto& news) {
          fx.list.push_back(Event{id, news});
        });
  }
  if (!prerequisites_.empty()) keep_prerequisite(id);
  if (std::get<Supervisor>(at(id).role).take_remember(now)) fx.list.push_back(Remember{id});
}

void Engine::carry(LinkId id, answer::Port::Actions actions, Instant now, Effects& fx) {
  for (answer::PortAction& action : actions) {
    match(
        action, [&](answer::Listen&) { seek_line(id, now, fx); },
        [&](answer::AnswerCall&) {
          Link& link = at(id);
          if (link.line && at(*link.line).call()) {
            carry(*link.line, at(*link.line).call()->answer(now), now, fx);
          }
        },
        [&](answer::HangUp&) { tear_down(id, now, fx); },
        [&](answer::CloseLine&) { release_line(id, now, fx); },
        [&](answer::ConditionChanged& change) {
          fx.list.push_back(Event{id, change});
        },
        [&](answer::CallerGone& gone) {
          interface_down(id, fx);
          fx.list.push_back(Event{id, std::move(gone)});
        });
  }
}

void Engine::on_phase(LinkId id, Phase phase, Instant now, Effects& fx) {
  match(
      at(id).role,
      [&](Supervisor& supervisor) { carry(id, supervisor.on_phase(phase, now), now, fx); },
      [&](answer::Port& port) {
        const bool said = port.condition() == answer::Condition::Authenticating;
        if (phase == Phase::Establishing && !said) carry(id, port.on_connected(now), now, fx);
        if (phase == Phase::Up) carry(id, port.on_up(now), now, fx);
      });
}

void Engine::on_cause(LinkId id, Cause cause, Instant now, Effects& fx) {
  judge_device(id, cause, now);
  match(
      at(id).role,
      [&](Supervisor& supervisor) {
        const Link& link = at(id);
        const bool spare_lines = link.lines_tried < link.dial->lines.size();
        carry(id, supervisor.on_cause(std::move(cause), now, spare_lines), now, fx);
      },
      [&](answer::Port& port) { carry(id, port.on_cause(std::move(cause), now), now, fx); });
}

namespace {

/// A modem may repeat what it dials, whole or in part; a calling card's number is told to nobody.
std::string covered(const LinkRecord& link, std::string text) {
  const bool card = link.dial && std::ranges::any_of(link.dial->dialled, &DialledNumber::covered);
  constexpr size_t kTold = 3;  // so many digits in a row are a result code or a time
  const auto is_digit = [](char c) { return '0' <= c && c <= '9'; };
  for (auto at = text.begin(); card && at != text.end();) {
    const auto run = std::find_if(at, text.end(), is_digit);
    at = std::find_if_not(run, text.end(), is_digit);
    if (static_cast<size_t>(at - run) > kTold) std::fill(run, at, '*');
  }
  return text;
}

}  // namespace

// ---- calls ---------------------------------------------------------------------------------

void Engine::carry(LineId line_id, telephony::Call::Actions actions, Instant now, Effects& fx) {
  for (telephony::CallAction& action : actions) {
    if (!at(line_id).user) return;  // released on the way; the rest belongs to nobody
    const LinkId id = *at(line_id).user;
    match(
        action, [&](modem::Send& send) { transmit(line_id, send.octets, fx); },
        [&](modem::SetDtr& dtr) {
          fx.list.push_back(SetDtr{line_id, dtr.on});
        },
        [&](modem::Listening&) {
          if (auto* port = std::get_if<answer::Port>(&at(id).role)) {
            carry(id, port->on_listening(now), now, fx);
          }
        },
        [&](telephony::CallStateChanged& change) {
          if (change.state == telephony::CallState::Dialing) on_phase(id, Phase::Dialing, now, fx);
        },
        [&](telephony::Offering&) {
          if (auto note = callbacks_.on_ring(id, now)) {
            fx.list.push_back(Event{id, Noted{*std::move(note)}});
            carry(line_id, at(line_id).its_call.answer(now), now, fx);
          }
          if (auto* port = std::get_if<answer::Port>(&at(id).role)) {
            carry(arbiter_.on_call(line_id, true), now, fx);
            carry(id, port->on_ring(now), now, fx);
          }
        },
        [&](telephony::CallConnected& connected) {
          fx.list.push_back(Event{id, CarrierUp{connected.text, connected.carrier_bps}});
          fx.list.push_back(SetPace{line_id, pace_of(connected.carrier_bps)});
          if (at(id).answer) carry(arbiter_.on_call(line_id, true), now, fx);
          begin_data(id, now, fx);
        },
        [&](telephony::CallFailed& failed) {
          // A server may be quicker to hang up than we are: that is just what was agreed.
          if (callbacks_.hanging_up(id)) return drop_call(id, now, fx);
          failed.cause.evidence = covered(at(id), std::move(failed.cause.evidence));
          on_cause(id, std::move(failed.cause), now, fx);
        },
        [&](telephony::Released&) {
          auto note = callbacks_.on_released(id, now);
          if (!note) return release_line(id, now, fx);
          fx.list.push_back(Event{id, Noted{*std::move(note)}});
          begin_call(id, now, fx);
        },
        [&](modem::Noted& noted) {
          fx.list.push_back(Event{id, ModemSaid{covered(at(id), std::move(noted.text))}});
        });
  }
}

// ---- between carrier and PPP ---------------------------------------------------------------

Before Engine::make_before(LinkId id, bool connected) const {
  const Link& link = at(id);
  const Line& line = at(*link.line);
  auto config = link.dial ? link.dial->before_ppp : nullptr;
  if (!config) config = std::make_shared<const modem::BeforePppConfig>();
  return Before{
      modem::BeforePpp(std::move(config), {.direct = !line.its_call.has_modem(),
                                           .calls = link.dial && !callbacks_.listening(id),
                                           .greeting = line.greeting,
                                           .connected = connected})};
}

void Engine::begin_data(LinkId id, Instant now, Effects& fx) {
  on_phase(id, Phase::Establishing, now, fx);
  at(id).before = std::make_unique<Before>(make_before(id, true));
  carry(id, at(id).before->machine.begin(now), now, fx);
}

void Engine::carry(LinkId id, modem::BeforePpp::Actions actions, Instant now, Effects& fx) {
  for (modem::BeforePppAction& action : actions) {
    match(
        action,
        [&](modem::TypeText& typed) {
          const Link& link = at(id);
          if (!link.line) return;
          const bool connected = at(*link.line).call() && at(*link.line).call()->connected();
          if (!connected && !(link.before && link.before->machine.before_call())) return;
          transmit(*link.line, as_bytes(typed.octets), fx);
          if (typed.shown.empty()) return;
          fx.list.push_back(
              Event{id, Noted{fmt::format("Sent \"{}\"", to_visible(as_bytes(typed.shown)))}});
        },
        [&](modem::BeginPpp&) { begin_session(id, now, fx); },
        [&](modem::PlaceCall&) {
          at(id).before.reset();
          make_call(id, now, fx);
        },
        [&](modem::TerminalOpen& terminal) {
          if (observer_) observer_->on_terminal(id, terminal.open);
        },
        [&](modem::HoldPpp&) { at(id).session.reset(); },
        [&](modem::ScriptGaveUp& gave_up) { on_cause(id, std::move(gave_up.cause), now, fx); },
        [&](modem::BeforePppNoted& noted) {
          fx.list.push_back(Event{id, Noted{std::move(noted.text)}});
        });
  }
}

void Engine::end_before(Link& link, LinkId id) {
  if (observer_ && link.before && link.before->machine.terminal()) {
    observer_->on_terminal(id, false);
  }
  link.before.reset();
}

/// The chunk that was just read, while the peer has said nothing valid in PPP.
void Engine::before_ppp(LinkId id, ByteView octets, Instant now, Effects& fx) {
  Link& link = at(id);
  if (!link.before) return;
  if (link.before->heard) {
    link.before.reset();
  } else {
    if (observer_ && link.before->machine.terminal()) observer_->on_terminal_octets(id, octets);
    carry(id, link.before->machine.on_octets(octets, now), now, fx);
  }
}

/// A Configure-Request that is no echo of ours is PPP: it ends whatever holds ours back.
void Engine::look_for_ppp(LinkId id, const wire::Frame& frame, Instant now, Effects& fx) {
  Link& link = at(id);
  if (!link.before->is_ppp(frame.protocol, frame.information)) return;
  link.before->heard = true;
  if (!link.session) carry(id, link.before->machine.on_ppp(now), now, fx);
}

void Engine::begin_session(LinkId id, Instant now, Effects& fx) {
  Link& link = at(id);
  link.session.emplace(session_config(link), *entropy_);
  if (link.answer) link.session->give_peer(link.answer->give_peer);
  carry(id, callbacks_.forget(id) ? link.session->open_called_back(now) : link.session->open(now),
        now, fx);
}

// ---- sessions ------------------------------------------------------------------------------

void Engine::carry(LinkId id, ppp::SessionActions actions, Instant now, Effects& fx) {
  for (ppp::SessionAction& action : actions) {
    match(
        action, [&](ppp::SendFrame& frame) { send_frame(id, frame, fx); },
        [&](ppp::PhaseChanged& change) {
          if (change.phase != Phase::Up) on_phase(id, change.phase, now, fx);
        },
        [&](ppp::LinkUp& up) {
          at(id).interface_up = true;
          note_good_line(at(id));
          std::string note;
          if (at(id).dial) note = paths_.on_up(id, *at(id).dial, up, now);
          fx.list.push_back(InterfaceUp{id, up});
          if (!note.empty()) fx.list.push_back(Event{id, Noted{std::move(note)}});
          on_phase(id, Phase::Up, now, fx);
        },
        [&](ppp::LinkDown& down) {
          const auto& before = at(id).before;
          on_cause(id, before ? before->with_text(std::move(down.cause)) : std::move(down.cause),
                   now, fx);
        },
        [&](ppp::CallbackAgreed& agreed) {
          const bool caller = at(id).dial != nullptr;
          fx.list.push_back(Event{id, Noted{caller ? callbacks_.on_agreed(id, agreed)
                                                   : "the caller wants to be called back"}});
        },
        [&](ppp::Finished&) { drop_call(id, now, fx); },
        [&](ppp::Note& note) {
          fx.list.push_back(Event{id, Noted{std::move(note.text)}});
        });
  }
}

/// Probes are packets like any other, but nobody's use of the link.
void Engine::carry(LinkId id, Paths::Step step, Instant now, Effects& fx) {
  for (const Bytes& packet : step.packets) {
    Link& link = at(id);
    const auto frame = link.session && link.line ? link.session->frame_for(packet) : std::nullopt;
    if (!frame) break;
    ++link.frames_out;
    if (observer_) observer_->on_frame(id, true, frame->protocol, frame->information);
    const size_t begins = fx.arena.size();
    wire::encode(frame->protocol, frame->information, link.session->tx_format(), fx.arena);
    fx.transmit(*link.line, begins);
  }
  if (!step.note.empty()) fx.list.push_back(Event{id, Noted{std::move(step.note)}});
  if (step.dead) on_cause(id, *std::move(step.dead), now, fx);
}

void Engine::send_frame(LinkId id, const ppp::SendFrame& frame, Effects& fx) {
  Link& link = at(id);
  if (!link.line || !link.session) return;
  if (link.before) {
    link.before->on_sent(static_cast<uint16_t>(frame.protocol), frame.information);
  }
  const telephony::Call* const call = at(*link.line).call();
  if (!call || !call->connected()) return;  // never a PPP octet in command state
  ++link.frames_out;
  const size_t begins = fx.arena.size();
  if (observer_) {
    observer_->on_frame(id, true, static_cast<uint16_t>(frame.protocol), frame.information);
  }
  wire::encode(static_cast<uint16_t>(frame.protocol), frame.information, link.session->tx_format(),
               fx.arena);
  fx.transmit(*link.line, begins, true);
}

void Engine::transmit(LineId line, ByteView octets, Effects& fx) {
  const size_t begins = fx.arena.size();
  fx.arena.insert(fx.arena.end(), octets.begin(), octets.end());
  fx.transmit(line, begins);
}

}  // namespace redial::engine
