// SPDX-License-Identifier: Apache-2.0
#include "telephony/call.h"

#include <algorithm>
#include <utility>

namespace redial::telephony {

Call::Call(std::shared_ptr<const modem::CompiledDescription> description)
    : modem_(std::move(description)) {}

void Call::reset() { *this = Call(std::move(modem_)); }

/// Taken up where the call stands; a connected one holds no dialogue.
modem::Dialogue& Call::dialogue() {
  if (!dialogue_) {
    dialogue_ = std::make_unique<modem::Dialogue>(connected() ? modem::Dialogue::in_data(modem_)
                                                              : modem::Dialogue(modem_));
  }
  return *dialogue_;
}

Call::Actions Call::make_call(std::string_view number, Instant now,
                              modem::Preparation preparation) {
  REDIAL_ASSERT(!dropping_ && !connected());
  listening_ = false;
  due_ = kNever;
  if (modem_) return translate(dialogue().dial(number, now, preparation), now);
  Actions out;
  out.push(modem::SetDtr{true});
  connect(0, "direct", out);
  return out;
}

Call::Actions Call::listen(Instant now) {
  REDIAL_ASSERT(!dropping_ && !connected());
  state_ = CallState::Idle;
  due_ = kNever;
  listening_ = true;
  if (modem_) return translate(dialogue().listen(now), now);
  return {modem::SetDtr{true}, modem::Listening{}};
}

Call::Actions Call::answer(Instant now) {
  Actions out;
  if (state_ != CallState::Offering || !modem_) return out;  // the caller has given up
  due_ = kNever;
  change(CallState::Accepted, out);
  out.append(translate(dialogue().answer(now), now));
  return out;
}

Call::Actions Call::drop(Instant now) {
  if (dropping_) return {};
  dropping_ = true;
  listening_ = false;
  due_ = kNever;
  watch_.reset();
  if (modem_) (void)dialogue();                  // while it is known whether data flows
  if (connected()) state_ = CallState::Unknown;  // neither connected nor idle until Released
  if (modem_) return translate(dialogue().hang_up(now), now);
  due_ = now + kDirectDtrLow;
  return {modem::SetDtr{false}};
}

Call::Step Call::on_octets(ByteView octets, Instant now) {
  if (connected()) return {{}, 0};
  if (modem_) {
    modem::Dialogue::Step step = dialogue().on_octets(octets, now);
    return {translate(std::move(step.actions), now), step.consumed};
  }
  if (!listening_ || octets.empty()) return {{}, octets.size()};
  // Whoever speaks first on a direct line is the caller, and this is already data.
  Step step{{}, 0};
  connect(0, "direct", step.actions);
  return step;
}

void Call::on_data(ByteView chunk, bool inside_frame, Instant now) {
  if (connected()) watch_.on_octets(chunk, inside_frame, now);
}

Call::Actions Call::on_carrier(bool present, Instant now) {
  Actions out;
  if (present && !dialogue_) return out;  // only a call that is being made has a use for it
  if (modem_) return translate(dialogue().on_carrier(present, now), now);
  if (connected()) fail({CauseCode::CarrierLost, "DCD dropped"}, out);
  return out;
}

Call::Actions Call::on_deadline(Instant now) {
  Actions out;
  for (const modem::CarrierGone& gone : watch_.on_deadline(now)) {
    if (!connected()) break;
    if (modem_)
      out.append(translate(dialogue().on_carrier_gone(gone.evidence, now), now));
    else
      fail({CauseCode::CarrierLost, gone.evidence}, out);
  }
  if (due_ <= now) {
    due_ = kNever;
    if (dropping_) {
      dropping_ = false;
      out.push(modem::SetDtr{true});
      change(CallState::Idle, out);
      out.push(Released{true});
    } else {
      // The caller has given up; we go on listening.
      out.push(CallStateChanged{CallState::Disconnected, DisconnectMode::Normal});
      change(CallState::Idle, out);
    }
  }
  if (dialogue_) out.append(translate(dialogue_->on_deadline(now), now));
  return out;
}

/// What the dialogue does, in the words of calls.
Call::Actions Call::translate(modem::Dialogue::Actions&& from, Instant now) {
  Actions out;
  for (modem::DialogueAction& action : from) {
    match(
        action, [&](modem::Send& a) { out.push(std::move(a)); },
        [&](modem::SetDtr& a) { out.push(a); },
        [&](modem::Dialing&) { change(CallState::Dialing, out); },
        [&](modem::Listening& a) { out.push(a); },
        [&](modem::Rang&) {
          if (state_ != CallState::Offering) change(CallState::Offering, out);
          out.push(Offering{});
          due_ = now + kRingGone;
        },
        [&](modem::Connected& a) { connect(a.carrier_bps, std::move(a.text), out); },
        [&](modem::Failed& a) { fail(std::move(a.cause), out); },
        [&](modem::HungUp& a) {
          dropping_ = false;
          if (state_ != CallState::Idle) change(CallState::Idle, out);
          out.push(Released{a.verified});
        },
        [&](modem::Noted& a) { out.push(std::move(a)); });
  }
  if (connected()) dialogue_.reset();
  return out;
}

void Call::change(CallState state, Actions& out) {
  state_ = state;
  out.push(CallStateChanged{state, std::nullopt});
}

void Call::connect(uint32_t carrier_bps, std::string text, Actions& out) {
  due_ = kNever;
  listening_ = false;
  watch_.reset();
  change(CallState::Connected, out);
  out.push(CallConnected{carrier_bps, std::move(text)});
}

void Call::fail(Cause cause, Actions& out) {
  due_ = kNever;
  listening_ = false;
  watch_.reset();
  state_ = CallState::Disconnected;
  out.push(CallStateChanged{CallState::Disconnected, disconnect_mode(cause.code)});
  out.push(CallFailed{std::move(cause)});
}

std::string describe(const CallAction& action) {
  return match(
      action, [](const modem::Send& a) { return modem::describe(a); },
      [](const modem::SetDtr& a) { return modem::describe(a); },
      [](const modem::Listening& a) { return modem::describe(a); },
      [](const CallStateChanged& a) {
        std::string text(name(a.state));
        if (a.mode) text += " (" + std::string(name(*a.mode)) + ")";
        return text;
      },
      [](const Offering&) { return std::string("ring"); },
      [](const CallConnected& a) { return "connected: " + a.text; },
      [](const CallFailed& a) {
        return "failed " + std::string(redial::name(a.cause.code)) + ": " + a.cause.evidence;
      },
      [](const Released& a) {
        return std::string(a.verified ? "released" : "released, unverified");
      },
      [](const modem::Noted& a) { return modem::describe(a); });
}

}  // namespace redial::telephony
