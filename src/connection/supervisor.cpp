// SPDX-License-Identifier: Apache-2.0
#include "connection/supervisor.h"

namespace redial::connection {
namespace {

// Causes that a device's return cures: its coming back need not wait for the pause's end.
bool waits_for_device(CauseCode code) {
  return code == CauseCode::DeviceMissing || code == CauseCode::DeviceVanished ||
         code == CauseCode::DeviceBusy;
}

}  // namespace

Supervisor::Actions Supervisor::want_up(Instant now) {
  intent_up_ = true;
  if (auto* ending = std::get_if<Ending>(&state_)) {
    schedule_.reset();
    ending->dial_at = now;
    return {};
  }
  // A new wish overrides pauses and holds: the user may have changed the password.
  if (!std::holds_alternative<AtRest>(state_) && !std::holds_alternative<Pausing>(state_))
    return {};
  schedule_.reset();
  return place_call(now);
}

Supervisor::Actions Supervisor::want_down(CauseCode why, Instant now) {
  intent_up_ = false;
  Actions out;
  if (auto* ending = std::get_if<Ending>(&state_)) {
    ending->dial_at = kNever;
    return out;
  }
  if (std::holds_alternative<AtRest>(state_)) return out;
  end_call({why, ""}, now, out);
  return out;
}

Supervisor::Actions Supervisor::place_call(Instant now) {
  state_ = Calling{now + attempt_bound_, Phase::Opening};
  const uint32_t attempt = schedule_.attempts() + 1;
  return {LinkCalling{attempt}, PlaceCall{attempt, number_index_}};
}

Supervisor::Actions Supervisor::on_phase(Phase phase, Instant now) {
  Actions out;
  if (auto* calling = std::get_if<Calling>(&state_)) {
    if (phase == Phase::Up) {
      state_ = Established{now, now};
      out.push(LinkProgress{phase});
      out.push(LinkConnected{});
    } else if (phase > calling->phase && phase < Phase::Up) {
      calling->phase = phase;
      out.push(LinkProgress{phase});
    }
  } else if (std::holds_alternative<Established>(state_) && phase < Phase::Up) {
    // The peer renegotiates. Still one call: if it fails now, an established link has died.
    out.push(LinkProgress{phase});
  }
  return out;
}

Supervisor::Actions Supervisor::on_cause(Cause cause, Instant now) {
  Actions out;
  // Resting, pausing or ending: the table says Keep for all but the user, who comes by want_down.
  if (std::holds_alternative<Calling>(state_) || std::holds_alternative<Established>(state_)) {
    end_call(std::move(cause), now, out);
  }
  return out;
}

void Supervisor::end_call(Cause cause, Instant now, Actions& out) {
  const Phase at = phase();
  std::optional<Duration> was_up;
  if (const auto* established = std::get_if<Established>(&state_))
    was_up = now - established->since;
  const Action action = action_for(cause.code, at);
  const bool in_call = !std::holds_alternative<Pausing>(state_);
  last_cause_ = cause.code;
  const bool for_device = waits_for_device(cause.code);
  const Verdict verdict = schedule_.on_ended(action, was_up, entry_->redial, now, rng_);
  // telephony.md class A: another number may be luckier; a good link's number is kept.
  if (action == Action::Redial && entry_->try_next_alternate && entry_->numbers.size() > 1 &&
      at == Phase::Dialing) {
    number_index_ = static_cast<uint16_t>((number_index_ + 1u) % entry_->numbers.size());
  }
  out.push(LinkEnded{std::move(cause), at, was_up, action});
  if (verdict.at && intent_up_) {
    out.push(NextTry{*verdict.at, verdict.reason, verdict.attempt});
  } else {
    out.push(Resting{action});
  }
  const Instant dial_at = intent_up_ ? verdict.at.value_or(kNever) : kNever;
  if (!in_call) return go_on(dial_at, for_device, now, out);
  state_ = Ending{now + kReleaseBound, dial_at, for_device};
  out.push(TearDown{});
}

// The line is free: dial at once, pause, or rest.
void Supervisor::go_on(Instant dial_at, bool for_device, Instant now, Actions& out) {
  if (dial_at == kNever) {
    state_ = AtRest{};
  } else if (dial_at <= now) {
    out.append(place_call(now));
  } else {
    state_ = Pausing{dial_at, for_device};
  }
}

Supervisor::Actions Supervisor::on_released(Instant now) {
  Actions out;
  if (const auto* ending = std::get_if<Ending>(&state_)) {
    go_on(ending->dial_at, ending->for_device, now, out);
  }
  return out;
}

void Supervisor::on_traffic(Instant now) {
  if (auto* established = std::get_if<Established>(&state_)) established->last_traffic = now;
}

Supervisor::Actions Supervisor::on_line_wake(Instant now) {
  const auto* pausing = std::get_if<Pausing>(&state_);
  if (!pausing || !pausing->for_device) return {};
  return place_call(now);
}

Supervisor::Actions Supervisor::on_deadline(Instant now) {
  Actions out;
  if (now < due()) return out;
  match(
      state_, [](AtRest&) {},
      // IdleDisconnectSeconds: a deliberate end, never a failure (phonebook.md 4.2).
      [&](Established&) { out = want_down(CauseCode::IdleTimeout, now); },
      [&](Pausing&) { out = place_call(now); },
      [&](Calling& calling) {
        end_call({calling.phase < Phase::Establishing ? CauseCode::ModemSilent
                                                      : CauseCode::PppNotConverging,
                  "the attempt took longer than " + to_text(attempt_bound_)},
                 now, out);
      },
      [&](Ending& ending) {
        const auto [force_at, dial_at, for_device] = ending;
        out.push(ForceRelease{});
        go_on(dial_at, for_device, now, out);
      });
  return out;
}

Instant Supervisor::due() const {
  return match(
      state_, [](const AtRest&) { return kNever; },
      // An established link's liveness deadline is its session's (ppp::Keepalive).
      [this](const Established& established) {
        const auto& idle = entry_->idle_disconnect;
        return idle ? established.last_traffic + *idle : kNever;
      },
      [](const Pausing& pausing) { return pausing.dial_at; },
      [](const Calling& calling) { return calling.give_up_at; },
      [](const Ending& ending) { return ending.force_at; });
}

Phase Supervisor::phase() const {
  return match(
      state_, [](const AtRest&) { return Phase::Waiting; },
      [](const Established&) { return Phase::Up; }, [](const Pausing&) { return Phase::Waiting; },
      [](const Calling& calling) { return calling.phase; },
      [](const Ending&) { return Phase::Closing; });
}

std::optional<Instant> Supervisor::next_try() const {
  if (const auto* pausing = std::get_if<Pausing>(&state_)) return pausing->dial_at;
  const auto* ending = std::get_if<Ending>(&state_);
  if (ending && ending->dial_at != kNever) return ending->dial_at;
  return std::nullopt;
}

}  // namespace redial::connection
