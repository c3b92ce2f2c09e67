// SPDX-License-Identifier: Apache-2.0
// What goes wrong, by name: calls that are lost or carry nothing, and modems that hang.
#include "lab/exchange_impl.h"

namespace redial::lab {

void Exchange::drop_carrier(ModemId modem, Instant now) {
  impl_->on_deadline(now);
  impl_->drop(static_cast<uint32_t>(modem), now);
}

void Exchange::Impl::drop(uint32_t at, Instant now, bool told) {
  const Port& hit = port(at);
  if (hit.cable || (hit.line != Line::Connected && hit.line != Line::Losing)) return;
  const uint32_t peer = hit.peer;
  lose(at, now, told);
  if (peer != kNobody) lose(peer, now);
}

void Exchange::drop_all(Instant now) {
  impl_->on_deadline(now);
  for (uint32_t at = 0; at < impl_->ports.size(); ++at) impl_->drop(at, now);
}

void Exchange::freeze(ModemId modem, bool towards, bool from, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(modem);
  Port& hit = impl_->port(at);
  if (hit.line != Line::Connected) return;
  impl_->settle(hit, now);
  if (!hit.to_dte.empty()) impl_->touch(at);
  hit.deaf = towards;
  hit.mute = from;
  if (towards) hit.inbound.clear();
  if (from && hit.peer != kNobody) {
    Port& peer = impl_->port(hit.peer);
    impl_->settle(peer, now);
    if (!peer.to_dte.empty()) impl_->touch(hit.peer);
    peer.inbound.clear();
    impl_->refresh(hit.peer);
  }
  // A call with nobody comes to light with the thaw.
  if (!towards && hit.peer == kNobody && !hit.wedged) impl_->set_line(at, Line::Losing, now);
  impl_->refresh(at);
}

void Exchange::set_channel(ModemId modem, const Channel& channel, Ways ways) {
  Port& sender = impl_->port(modem);
  sender.channel = channel;
  if (!impl_->joined(sender)) return;
  impl_->port(sender.peer).inbound.set_channel(channel);
  if (ways == Ways::Both) sender.inbound.set_channel(channel);
}

void Exchange::retrain(ModemId modem, Duration pause, Instant now) {
  impl_->on_deadline(now);
  const Port& hit = impl_->port(modem);
  if (!impl_->joined(hit)) return;
  for (const uint32_t end : {static_cast<uint32_t>(modem), hit.peer}) {
    Port& stalled = impl_->port(end);
    impl_->settle(stalled, now);
    stalled.inbound.stall(pause, now);
    impl_->touch(end);
    impl_->refresh(end);
  }
}

// ---- modems that hang ----

void Exchange::Impl::wedge(uint32_t at, Cure until, Instant now) {
  Port& hit = port(at);
  if (until == Cure::Initialise) return hit.modem.confuse();
  settle(hit, now);
  touch(at);
  hit.inbound.clear();
  hit.wedged = until;
  hit.unheard.clear();
  hit.trap.reset();
  refresh(at);
}

/// As if it had been switched off and on.
void Exchange::Impl::restart(uint32_t at, Instant now) {
  Port& hit = port(at);
  hit.wedged.reset();
  hit.trap.reset();
  release(at, now);
  hit.modem.power_cycle();
  hit.to_dte.clear();
  if (hit.odd) hit.odd->counted = 0;
  hit.undrained = false;
  hit.modem.after_reset(hit.to_dte);
  apply(at, hit.modem.on_dtr(hit.dtr, hit.to_dte), now);
}

/// A command line is about to be carried out; is it the one it hangs in?
bool Exchange::Impl::trapped(uint32_t at, Instant now) {
  Port& hit = port(at);
  if (!hit.trap || !hit.modem.thinking()) return false;
  if (hit.trap->commands > 0) {
    --hit.trap->commands;
    return false;
  }
  wedge(at, hit.trap->until, now);
  return hit.wedged.has_value();
}

/// Of what is said to a modem that hangs, only ATZ gets through, and that not always.
void Exchange::Impl::on_unheard(uint32_t at, ByteView octets, Instant now) {
  constexpr size_t kReset = 3;
  for (const uint8_t octet : octets) {
    Port& hit = port(at);
    if (octet != '\r') {
      hit.unheard.push_back(static_cast<char>(octet & 0x5f));  // upper case
      if (hit.unheard.size() > kReset) hit.unheard.erase(0, 1);
      continue;
    }
    const bool reset = std::exchange(hit.unheard, "") == "ATZ";
    if (!reset || hit.wedged != Cure::Reset) continue;
    restart(at, now);
    return apply(at, hit.modem.on_octets(as_bytes("ATZ\r"), now, hit.to_dte), now);
  }
}

void Exchange::wedge(ModemId modem, Cure until, Instant now) {
  impl_->on_deadline(now);
  if (impl_->port(modem).cable) return;
  impl_->wedge(static_cast<uint32_t>(modem), until, now);
}

void Exchange::wedge_after(ModemId modem, uint32_t commands, Cure until) {
  impl_->port(modem).trap = {commands, until};
}

void Exchange::power_cycle(ModemId modem, Instant now) {
  impl_->on_deadline(now);
  if (impl_->port(modem).cable) return;
  impl_->restart(static_cast<uint32_t>(modem), now);
}

void Exchange::on_port_opened(ModemId modem, Instant now) {
  impl_->on_deadline(now);
  Port& opened = impl_->port(modem);
  if (opened.wedged == Cure::Reopen) power_cycle(modem, now);
  if (!opened.cable) return;
  opened.inbound.clear();  // nobody has read it
  if (opened.odd) opened.odd->mangler.on_call();
  impl_->refresh(static_cast<uint32_t>(modem));
}

void Exchange::set_habits(ModemId modem, const Habits& habits, Instant now) {
  impl_->on_deadline(now);
  impl_->port(modem).modem.set_habits(habits);
  impl_->touch(static_cast<uint32_t>(modem));  // DCD may be another
}

const Habits& Exchange::habits(ModemId modem) const {
  return impl_->port(modem).modem.config().habits;
}

}  // namespace redial::lab
