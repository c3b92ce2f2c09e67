// SPDX-License-Identifier: Apache-2.0
#include "lab/exchange.h"

#include "lab/exchange_impl.h"

namespace redial::lab {

namespace {
constexpr size_t kAnswersMax = 64 * 1024;  // that nobody drains
}

// ---- the machine ----

void Exchange::Impl::on_deadline(Instant now) {
  while (deadlines.first_at() <= now) wake(deadlines.first(), now);
}

void Exchange::Impl::wake(uint32_t at, Instant now) {
  Port& woken = port(at);
  if (!woken.wedged) {
    if (woken.modem.due() <= now && !trapped(at, now)) {
      settle(woken, now);  // What has arrived stands before the answer.
      apply(at, woken.modem.on_deadline(now, woken.to_dte), now);
    }
    if (woken.modem.online() && !woken.undrained && woken.inbound.due() <= now) {
      woken.undrained = true;
      touch(at);
    }
    if (woken.odd) on_mangler_due(at, now);
  }
  if (woken.line_due <= now) on_line_due(at, now);
  refresh(at);
}

void Exchange::Impl::refresh(uint32_t at) {
  const Port& seen = ports[at];
  Instant due = seen.line_due;
  if (!seen.wedged) {
    due = std::min(due, seen.modem.due());
    if (seen.modem.online() && !seen.undrained) due = std::min(due, seen.inbound.due());
    if (seen.odd && joined(seen)) {
      due = std::min(due, seen.odd->mangler.deadline().value_or(kNever));
    }
  }
  deadlines.set(at, due);
}

void Exchange::Impl::touch(uint32_t at) {
  if (std::exchange(port(at).listed, true)) return;
  touched_list.push_back(ModemId{at});
}

/// Moves the data that have arrived before whatever the modem is about to say.
void Exchange::Impl::settle(Port& settled, Instant now) {
  if (!settled.modem.online() || settled.wedged) return;
  if (!settled.odd) {
    settled.inbound.take(settled.to_dte, now);
    return;
  }
  count_said(settled);
  take_data(settled, settled.to_dte, now);
  settled.odd->counted = settled.to_dte.size();
}

/// Carries out what a modem does to its line. Touches it: there may be an answer or a signal too.
void Exchange::Impl::apply(uint32_t at, HayesModem::Actions actions, Instant now) {
  for (LineAction& action : actions) {
    match(
        action,
        [&](const SeizeLine&) {
          busy_to_caller(at, now);
          set_line(at, Line::OffHook);
        },
        [&](DialDigits& call) { begin_call(at, std::move(call), now); },
        [&](const AnswerLine&) { answer(at, now); }, [&](const ReleaseLine&) { release(at, now); });
  }
  Port& told = port(at);
  if (told.to_dte.size() > kAnswersMax) told.to_dte.resize(kAnswersMax);
  touch(at);
  refresh(at);
}

void Exchange::Impl::on_dte_octets(uint32_t at, ByteView octets, Instant now) {
  Port& from = port(at);
  if (octets.empty()) return;
  if (from.wedged) return on_unheard(at, octets, now);
  if (!from.modem.online()) {
    apply(at, from.modem.on_octets(octets, now, from.to_dte), now);
    return;
  }
  const bool escaping = from.modem.due() != kNever;
  from.modem.on_data(octets, now);
  if (escaping || from.modem.due() != kNever) refresh(at);
  if (!from.odd) return send(at, octets, now);
  Bytes mangled;
  from.odd->mangler.outbound(octets, mangled, now);
  send(at, mangled, now);
  refresh(at);
}

/// Down the line, if there is one.
void Exchange::Impl::send(uint32_t at, ByteView octets, Instant now) {
  const Port& from = port(at);
  if (!joined(from) || from.mute) return;
  Port& to = port(from.peer);
  if (to.deaf || to.wedged) return;
  const Instant before = to.inbound.due();
  to.inbound.push(octets, now, noise);
  if (to.inbound.due() != before) refresh(from.peer);
}

/// What has arrived from the line.
void Exchange::Impl::take_data(Port& from, Bytes& into, Instant now) {
  if (!from.odd) {
    from.inbound.take(into, now);
    return;
  }
  Bytes arrived;
  from.inbound.take(arrived, now);
  from.odd->mangler.inbound(arrived, into, now);
}

void Exchange::Impl::drain(uint32_t at, Bytes& into, Instant now) {
  Port& drained = port(at);
  if (drained.odd) {
    count_said(drained);
    drained.odd->counted = 0;
    if (drained.odd->idle()) drained.odd.reset();
  }
  into.insert(into.end(), drained.to_dte.begin(), drained.to_dte.end());
  drained.to_dte.clear();
  if (drained.modem.online() && !drained.wedged) take_data(drained, into, now);
  // Mostly everything has been taken, of data whose arrival has had its wake: nothing changes.
  const bool emptied = drained.undrained && drained.inbound.due() == kNever && !drained.odd;
  drained.undrained = false;
  if (!emptied) refresh(at);
}

// ---- the public face ----

Exchange::Exchange(uint64_t seed) : impl_(std::make_unique<Impl>(seed)) {}
Exchange::~Exchange() = default;
Exchange::Exchange(Exchange&&) noexcept = default;
Exchange& Exchange::operator=(Exchange&&) noexcept = default;

ModemId Exchange::add_modem(const ModemConfig& config, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(impl_->ports.size());
  Subscriber& subscriber = impl_->subscribers[digits_of(config.number)];
  impl_->ports.push_back({.modem = HayesModem(config),
                          .inbound = {},
                          .to_dte = {},
                          .odd = {},
                          .wedged = {},
                          .channel = config.channel,
                          .subscriber = &subscriber,
                          .hunt_at = subscriber.modems.size(),
                          .dialled = {},
                          .unheard = {},
                          .trap = {}});
  subscriber.modems.push_back(at);
  impl_->deadlines.grow_to(impl_->ports.size());
  return ModemId{at};
}

void Exchange::set_fate(const std::string& number, Fate fate) {
  impl_->subscribers[digits_of(number)].fate = fate;
}

void Exchange::set_fate_once(const std::string& number, Fate fate, uint32_t count) {
  Subscriber& subscriber = impl_->subscribers[digits_of(number)];
  subscriber.fate_once = fate;
  subscriber.once_left = count;
}

void Exchange::set_area(std::optional<Fate> fate) { impl_->area = fate; }

void Exchange::set_trunks(std::optional<uint32_t> calls) { impl_->trunks = calls; }

void Exchange::on_dte_octets(ModemId modem, ByteView octets, Instant now) {
  impl_->on_deadline(now);
  impl_->on_dte_octets(static_cast<uint32_t>(modem), octets, now);
}

void Exchange::on_dtr(ModemId modem, bool on, Instant now) {
  impl_->on_deadline(now);
  Port& told = impl_->port(modem);
  if (std::exchange(told.dtr, on) == on) return;
  if (told.wedged == Cure::Reset && !on && told.modem.heeds_dtr()) {
    return impl_->restart(static_cast<uint32_t>(modem), now);
  }
  if (told.wedged) return;
  impl_->settle(told, now);
  impl_->apply(static_cast<uint32_t>(modem), told.modem.on_dtr(on, told.to_dte), now);
}

void Exchange::on_deadline(Instant now) { impl_->on_deadline(now); }
Instant Exchange::due() const { return impl_->deadlines.first_at(); }

void Exchange::drain(ModemId modem, Bytes& into, Instant now) {
  impl_->on_deadline(now);
  impl_->drain(static_cast<uint32_t>(modem), into, now);
}

Signals Exchange::signals(ModemId modem) const {
  const Port& seen = impl_->port(modem);
  return {.dcd = seen.modem.dcd(),
          .ri = seen.line == Line::Ringing && seen.ring_on && !seen.wedged};
}

std::vector<ModemId> Exchange::touched() {
  std::vector<ModemId> out;
  touched(out);
  return out;
}

size_t Exchange::touched_count() const { return impl_->touched_list.size() - impl_->touched_taken; }

ModemId Exchange::next_touched() {
  std::vector<ModemId>& list = impl_->touched_list;
  const ModemId id = list[impl_->touched_taken++];
  impl_->port(id).listed = false;
  if (impl_->touched_taken == list.size()) {
    list.clear();
    impl_->touched_taken = 0;
  }
  return id;
}

void Exchange::touched(std::vector<ModemId>& into) {
  into.clear();
  while (touched_count() > 0) into.push_back(next_touched());
}

size_t Exchange::modems() const { return impl_->ports.size(); }

std::vector<ModemId> Exchange::modems_of(const std::string& number) const {
  std::vector<ModemId> found;
  const auto subscriber = impl_->subscribers.find(digits_of(number));
  if (subscriber == impl_->subscribers.end()) return found;
  for (const uint32_t at : subscriber->second.modems) found.push_back(ModemId{at});
  return found;
}

const std::string& Exchange::number(ModemId modem) const {
  return impl_->port(modem).modem.config().number;
}
const Channel& Exchange::channel(ModemId modem) const { return impl_->port(modem).channel; }

bool Exchange::in_call(ModemId modem) const {
  const Line line = impl_->port(modem).line;
  return line == Line::Connected || line == Line::Losing;
}
bool Exchange::online(ModemId modem) const { return impl_->port(modem).modem.online(); }
bool Exchange::on_hook(ModemId modem) const {
  const Line line = impl_->port(modem).line;
  return line == Line::OnHook || line == Line::Ringing;
}
uint32_t Exchange::dials(ModemId modem) const { return impl_->port(modem).modem.dials(); }
std::string Exchange::last_dialled(ModemId modem) const {
  return impl_->port(modem).modem.last_dialled();
}
uint64_t Exchange::dropped(ModemId modem) const { return impl_->port(modem).inbound.dropped(); }

}  // namespace redial::lab
