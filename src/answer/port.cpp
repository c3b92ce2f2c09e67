// SPDX-License-Identifier: Apache-2.0
#include "answer/port.h"

#include <algorithm>
#include <array>

namespace redial::answer {

Port::Actions Port::enter(Condition to, Instant until) {
  condition_ = to;
  until_ = until;
  return {ConditionChanged{to}};
}

Port::Actions Port::start(Instant now) {
  wanted_ = true;
  if (condition_ != Condition::Stopped && condition_ != Condition::NonOperational) return {};
  Actions out = enter(Condition::Initialising, now + kInitialiseBound);
  out.push(Listen{});
  return out;
}

Port::Actions Port::stop(Instant now) {
  wanted_ = false;
  if (condition_ == Condition::Stopped || condition_ == Condition::Disconnecting) return {};
  if (condition_ == Condition::NonOperational) return enter(Condition::Stopped);
  Actions out = enter(Condition::Disconnecting, now + kReleaseBound);
  out.push(HangUp{});
  return out;
}

Port::Actions Port::on_listening(Instant) {
  if (condition_ != Condition::Initialising) return {};
  failures_ = 0;
  return enter(Condition::Listening);
}

Port::Actions Port::on_ring(Instant now) {
  // Later rings of the same call change nothing.
  if (condition_ != Condition::Listening) return {};
  Actions out = enter(Condition::Ringing, now + kAnswerBound);
  out.push(AnswerCall{});
  return out;
}

Port::Actions Port::on_connected(Instant now) {
  // A caller that starts PPP over before it has proved itself gets no more time by it.
  if (condition_ == Condition::Authenticating) return {};
  // A direct line connects while it is being prepared; a modem with S0 answers by itself.
  return enter(Condition::Authenticating, now + kServeBound);
}

Port::Actions Port::on_up(Instant) { return enter(Condition::Authenticated); }

Port::Actions Port::on_cause(Cause cause, Instant now) {
  if (condition_ == Condition::Stopped || condition_ == Condition::Disconnecting ||
      condition_ == Condition::NonOperational) {
    return {};
  }
  if (condition_ == Condition::Initialising && failures_ < 255) ++failures_;
  Actions out = enter(Condition::Disconnecting, now + kReleaseBound);
  out.push(CallerGone{std::move(cause)});
  out.push(HangUp{});
  return out;
}

Port::Actions Port::on_released(Instant now) {
  if (!wanted_) return enter(Condition::Stopped);
  if (failures_ > 0) {
    Duration pause = kRetryFirst;
    for (uint8_t n = 1; n < failures_ && pause < kRetryLongest; ++n) pause *= 2;
    return enter(Condition::NonOperational, now + std::min(pause, kRetryLongest));
  }
  Actions out = enter(Condition::Initialising, now + kInitialiseBound);
  out.push(Listen{});
  return out;
}

Port::Actions Port::on_deadline(Instant now) {
  if (now < until_) return {};
  switch (condition_) {
    case Condition::Initialising:
      return on_cause({CauseCode::ModemSilent, "the line does not get ready to listen"}, now);
    case Condition::Ringing: return on_cause({CauseCode::NoCarrier, "answered, no carrier"}, now);
    case Condition::Authenticating:
      return on_cause({CauseCode::PppNotConverging, "the caller does not get on"}, now);
    case Condition::Disconnecting: {
      Actions out{CloseLine{}};
      out.append(on_released(now));
      return out;
    }
    case Condition::NonOperational: return start(now);
    case Condition::Stopped:
    case Condition::Listening:
    case Condition::Authenticated: break;
  }
  until_ = kNever;
  return {};
}

std::string_view name(Condition condition) {
  constexpr std::array<std::string_view, 8> kNames = {
      "stopped",        "initialising",  "listening",     "ringing",
      "authenticating", "authenticated", "disconnecting", "non-operational"};
  return kNames[static_cast<size_t>(condition)];
}

}  // namespace redial::answer
