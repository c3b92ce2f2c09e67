// SPDX-License-Identifier: Apache-2.0
// What few lines suffer: a peer with manners of its own, words that nobody asked for, and modems
// that leave the data state without telling.
#include "lab/exchange_impl.h"

namespace redial::lab {

Oddities& Exchange::Impl::odd(uint32_t at) {
  Port& hit = port(at);
  if (!hit.odd) {
    hit.odd = std::make_unique<Oddities>();
    hit.odd->counted = hit.to_dte.size();
  }
  return *hit.odd;
}

// ---- the peer's PPP ----

void Exchange::Impl::on_mangler_due(uint32_t at, Instant now) {
  Port& from = port(at);
  Bytes said;
  from.odd->mangler.on_deadline(now, said);
  // In command state its computer's words do not reach the line.
  if (!said.empty() && from.modem.online()) send(at, said, now);
}

void Exchange::set_manner(ModemId modem, Manner manner, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(modem);
  Port& hit = impl_->port(at);
  if (!hit.odd && manner == Manner::None) return;
  Mangler& mangler = impl_->odd(at).mangler;
  impl_->settle(hit, now);
  mangler.set(manner, impl_->manners.next());
  if (manner == Manner::None) {
    Bytes to_line;
    mangler.outbound({}, to_line, now);
    mangler.on_deadline(now, to_line);
    if (hit.modem.online()) impl_->send(at, to_line, now);
    impl_->settle(hit, now);
    if (hit.odd->idle()) hit.odd.reset();
  }
  impl_->touch(at);
  impl_->refresh(at);
}

Manner Exchange::manner(ModemId modem) const {
  const Port& seen = impl_->port(modem);
  return seen.odd ? seen.odd->mangler.manner() : Manner::None;
}

// ---- the modem's words ----

/// Of what is to be said to the computer, how much is new; the interjection goes where it is due.
void Exchange::Impl::count_said(Port& speaker) {
  Oddities& odd = *speaker.odd;
  const size_t size = speaker.to_dte.size();
  const size_t fresh = size - std::min(size, odd.counted);
  if (odd.interjection.empty() || fresh == 0 || odd.after > fresh) {
    odd.after -= static_cast<uint32_t>(std::min<size_t>(odd.after, fresh));
    odd.counted = size;
    return;
  }
  const std::string text = std::exchange(odd.interjection, {});
  const auto border = speaker.to_dte.begin() + static_cast<ptrdiff_t>(size - fresh + odd.after);
  speaker.to_dte.insert(border, text.begin(), text.end());
  odd.counted = speaker.to_dte.size();
}

void Exchange::interject(ModemId modem, std::string_view text, uint32_t after_octets, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(modem);
  Port& speaker = impl_->port(at);
  Oddities& odd = impl_->odd(at);
  Impl::count_said(speaker);
  if (after_octets > 0 || speaker.modem.online() || speaker.wedged) {
    odd.interjection = text;
    odd.after = after_octets;
    odd.counted = speaker.to_dte.size();
    return;
  }
  speaker.to_dte.insert(speaker.to_dte.end(), text.begin(), text.end());
  odd.counted = speaker.to_dte.size();
  impl_->touch(at);
}

void Exchange::say_in_data(ModemId modem, std::string_view text, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(modem);
  Port& speaker = impl_->port(at);
  if (!speaker.modem.online() || speaker.wedged) return;
  impl_->settle(speaker, now);
  if (speaker.odd) Impl::count_said(speaker);
  speaker.to_dte.insert(speaker.to_dte.end(), text.begin(), text.end());
  if (speaker.odd) speaker.odd->counted = speaker.to_dte.size();
  impl_->touch(at);
  impl_->refresh(at);
}

void Exchange::fall_into_command_state(ModemId modem, bool carrier_stays, Instant now) {
  impl_->on_deadline(now);
  const auto at = static_cast<uint32_t>(modem);
  Port& hit = impl_->port(at);
  if (hit.cable || !hit.modem.online() || hit.wedged) return;
  if (!carrier_stays) return impl_->drop(at, now, /*told=*/false);
  impl_->settle(hit, now);
  hit.modem.fall_into_command_state();
  hit.undrained = false;
  impl_->touch(at);
  impl_->refresh(at);
}

}  // namespace redial::lab
