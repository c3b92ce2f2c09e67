// SPDX-License-Identifier: Apache-2.0
// A call, from the first digit to the last octet.
#include "lab/exchange_impl.h"

namespace redial::lab {

namespace {

// How long a modem listens until it is sure.
constexpr Duration kNoDialtoneTime = 4s;
constexpr Duration kBusyTime = 1500ms;
constexpr Duration kVoiceTime = 3s;
// Ringing cadence: two seconds on, four off.
constexpr Duration kRingOn = 2s;
constexpr Duration kRingOff = 4s;
// A hang-up is noticed at the other end by the carrier's absence.
constexpr Duration kLossMin = 100ms;
constexpr Duration kLossSpread = 200ms;

}  // namespace

void Exchange::Impl::set_line(uint32_t at, Line line, Instant due) {
  Port& changed = port(at);
  changed.line = line;
  changed.line_due = due;
  if (line == Line::OnHook) {
    Subscriber& group = *changed.subscriber;
    group.free_from = std::min(group.free_from, changed.hunt_at);
  }
  refresh(at);
}

void Exchange::Impl::hear(uint32_t at, Tone tone, Instant at_time) {
  port(at).tone = tone;
  set_line(at, Line::Hearing, at_time);
}

Fate Exchange::Impl::fate_of(const std::string& number) {
  if (area) return *area;
  const auto found = subscribers.find(number);
  if (found == subscribers.end()) return Fate::Ring;
  Subscriber& subscriber = found->second;
  if (subscriber.once_left == 0) return subscriber.fate;
  --subscriber.once_left;
  return subscriber.fate_once;
}

/// A call holds a trunk from the ring to the hang-up, whichever end is looked at.
bool Exchange::Impl::trunks_busy() const {
  if (!trunks) return false;
  size_t ringing = 0, ends = 0;
  for (const Port& each : ports) {
    if (each.peer == kNobody || each.cable) continue;
    ringing += each.line == Line::Ringback;
    ends += each.line == Line::Training || each.line == Line::Connected;
  }
  return ringing + ends / 2 >= *trunks;
}

void Exchange::Impl::begin_call(uint32_t caller, DialDigits call, Instant now) {
  busy_to_caller(caller, now);
  Port& from = port(caller);
  from.dialled = std::move(call.digits);
  from.fate = fate_of(from.dialled);
  if (from.fate == Fate::NoDialtone) return hear(caller, Tone::NoDialtone, now + kNoDialtoneTime);
  set_line(caller, Line::Dialling, now + call.takes);
}

/// All digits are out: the exchange looks for somebody to ring.
void Exchange::Impl::route(uint32_t caller, Instant now) {
  const Port& from = port(caller);
  switch (from.fate) {
    case Fate::Ring:
      if (trunks_busy()) return hear(caller, Tone::Reorder, now + kBusyTime);
      break;
    case Fate::Busy: return hear(caller, Tone::Busy, now + kBusyTime);
    case Fate::Reorder: return hear(caller, Tone::Reorder, now + kBusyTime);
    case Fate::NoAnswer: return hear(caller, Tone::Ringback, now);
    case Fate::Voice: return hear(caller, Tone::Voice, now + kVoiceTime);
    case Fate::NoDialtone:
    case Fate::Silence: return hear(caller, Tone::Silence, now);
  }
  const auto found = subscribers.find(from.dialled);
  if (found == subscribers.end() || found->second.modems.empty()) {
    return hear(caller, Tone::Silence, now);
  }
  Subscriber& group = found->second;
  while (group.free_from < group.modems.size() &&
         port(group.modems[group.free_from]).line != Line::OnHook) {
    ++group.free_from;
  }
  if (group.free_from == group.modems.size()) return hear(caller, Tone::Busy, now + kBusyTime);

  const uint32_t callee = group.modems[group.free_from];
  port(caller).peer = callee;
  port(callee).peer = caller;
  port(callee).ring_on = false;
  set_line(caller, Line::Ringback);
  apply(caller, port(caller).modem.on_tone(Tone::Ringback, now, port(caller).to_dte), now);
  set_line(callee, Line::Ringing, now);
}

/// The cadence: each ring is announced; RI falls in the pauses.
void Exchange::Impl::ring(uint32_t callee, Instant now) {
  Port& rung = port(callee);
  rung.ring_on = !rung.ring_on;
  set_line(callee, Line::Ringing, now + (rung.ring_on ? kRingOn : kRingOff));
  if (rung.wedged) return;
  touch(callee);
  if (rung.ring_on) apply(callee, rung.modem.on_ring(now, rung.to_dte), now);
}

void Exchange::Impl::on_line_due(uint32_t at, Instant now) {
  Port& due = port(at);
  due.line_due = kNever;
  switch (due.line) {
    case Line::Dialling: return route(at, now);
    case Line::Hearing:
      set_line(at, Line::OffHook);
      if (!due.wedged) apply(at, due.modem.on_tone(due.tone, now, due.to_dte), now);
      return;
    case Line::Ringing: return ring(at, now);
    case Line::Training: return connect(at, now);
    case Line::Losing: return lose(at, now);
    case Line::OnHook:
    case Line::OffHook:
    case Line::Ringback:
    case Line::Connected: return;
  }
}

void Exchange::Impl::answer(uint32_t callee, Instant now) {
  Port& answering = port(callee);
  if (answering.line != Line::Ringing) return set_line(callee, Line::OffHook);
  Port& calling = port(answering.peer);
  const Duration takes =
      std::max(answering.modem.config().train_time, calling.modem.config().train_time);
  set_line(answering.peer, Line::Training);
  set_line(callee, Line::Training, now + takes);
}

void Exchange::Impl::connect(uint32_t callee, Instant now) {
  const uint32_t ends[] = {port(callee).peer, callee};
  // A modem that hangs sends no carrier: the other one waits for it in vain.
  if (port(ends[0]).wedged || port(ends[1]).wedged) {
    for (const uint32_t end : ends) {
      port(end).peer = kNobody;
      set_line(end, Line::OffHook);
    }
    return;
  }
  // 0 is no limit, so the slower end is the smaller of what is left.
  const uint32_t rates[] = {port(ends[0]).channel.rate_bps, port(ends[1]).channel.rate_bps};
  const uint32_t rate =
      rates[0] == 0 || rates[1] == 0 ? std::max(rates[0], rates[1]) : std::min(rates[0], rates[1]);
  for (const uint32_t end : ends) {
    Port& up = port(end);
    Channel channel = port(up.peer).channel;
    channel.rate_bps = rate;
    up.inbound.clear();
    up.inbound.set_channel(channel);
    up.deaf = up.mute = up.undrained = false;
    if (up.odd) up.odd->mangler.on_call();
    set_line(end, Line::Connected);
    up.modem.on_carrier(rate, now, up.to_dte);
    touch(end);
    refresh(end);
  }
}

void Exchange::join(ModemId one, ModemId other, Instant now) {
  impl_->on_deadline(now);
  const uint32_t ends[] = {static_cast<uint32_t>(one), static_cast<uint32_t>(other)};
  for (const size_t which : {0, 1}) {
    Port& end = impl_->port(ends[which]);
    end.peer = ends[1 - which];
    end.cable = true;
    end.modem.become_cable(now);
    end.inbound.set_channel(impl_->port(end.peer).channel);
    impl_->set_line(ends[which], Line::Connected);
  }
}

/// Whoever rings this line hears busy: its modem has just gone off hook to dial.
void Exchange::Impl::busy_to_caller(uint32_t callee, Instant now) {
  Port& rung = port(callee);
  if (rung.line != Line::Ringing) return;
  const uint32_t caller = std::exchange(rung.peer, kNobody);
  rung.modem.on_ring_stopped();
  port(caller).peer = kNobody;
  hear(caller, Tone::Busy, now + kBusyTime);
}

/// On hook, and what that means to the other end.
void Exchange::Impl::release(uint32_t at, Instant now) {
  Port& leaving = port(at);
  if (leaving.line == Line::OnHook || leaving.line == Line::Ringing) return;
  const Line was = leaving.line;
  const bool mute = leaving.mute;
  const uint32_t left = std::exchange(leaving.peer, kNobody);
  leaving.inbound.clear();
  leaving.deaf = leaving.mute = leaving.undrained = false;
  set_line(at, Line::OnHook);
  if (left == kNobody) return;

  Port& peer = port(left);
  peer.peer = kNobody;
  if (was == Line::Ringback) {
    peer.modem.on_ring_stopped();
    touch(left);
    set_line(left, Line::OnHook);
  } else if (was == Line::Training) {
    set_line(left, Line::OffHook);  // Waits for carrier until its S7.
  } else if (was == Line::Connected && !peer.deaf && !peer.wedged && !mute) {
    set_line(left, Line::Losing, now + kLossMin + rng.up_to(kLossSpread));
  }
}

/// The carrier is gone: what had arrived is delivered, then NO CARRIER. Not told: as sticking DCD.
void Exchange::Impl::lose(uint32_t at, Instant now, bool told) {
  Port& lost = port(at);
  settle(lost, now);
  lost.inbound.clear();
  lost.peer = kNobody;
  lost.deaf = lost.mute = lost.undrained = false;
  if (!lost.wedged) lost.modem.on_carrier_lost(lost.to_dte, told);
  touch(at);
  set_line(at, Line::OnHook);
}

}  // namespace redial::lab
