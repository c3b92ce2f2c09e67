// SPDX-License-Identifier: Apache-2.0
#include "sim/policy_watch.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::sim {

using connection::Action;
using connection::PauseReason;
using connection::Schedule;

namespace {

constexpr Duration kSlack = 250ms;
constexpr Duration kHungUpFor = 1min;  // no hang-up takes longer
constexpr uint8_t kUndrawnMax = 3;     // one in a million each

bool is_refusal(CauseCode code) {
  return code == CauseCode::Delayed || code == CauseCode::Blacklisted;
}

bool is_gone(CauseCode code) {
  return code == CauseCode::DeviceMissing || code == CauseCode::DeviceVanished;
}

}  // namespace

void PolicyWatch::on_fault(FaultKind kind, Instant now) {
  const bool user = kind == FaultKind::Dial || kind == FaultKind::HangUp || kind == FaultKind::Edit;
  if (!user && kind != FaultKind::Restart) return;
  // A user's word overrides holds; what a service that was killed still knows is judged elsewhere.
  const bool obeyed_at_once = kind == FaultKind::Dial && pauses(now);
  const bool unwanted = kind == FaultKind::HangUp;
  const uint32_t failures = failures_;
  const bool counted = counted_ && user;
  *this = {};
  failures_ = failures;
  counted_ = counted;
  unwanted_ = unwanted;
  if (obeyed_at_once) dial_by_ = now + kSlack;
}

bool PolicyWatch::pauses(Instant now) const { return waits_ && now > ended_at_ + kHungUpFor; }

std::optional<Broken> PolicyWatch::on_event(const engine::EventBody& body,
                                            const phonebook::Entry& entry, Instant now) {
  if (std::holds_alternative<connection::LinkCalling>(body)) return on_calling(now);
  if (std::holds_alternative<connection::Armed>(body)) waits_ = false;  // nobody does
  if (std::holds_alternative<connection::NeedPrerequisite>(body)) {
    waits_ = false;  // for the other, and no longer for its time
    dial_by_ = kNever;
  }
  if (const auto* progress = std::get_if<connection::LinkProgress>(&body)) {
    // Of several numbers another may be dialled meanwhile.
    if (progress->phase != Phase::Dialing || now >= number_held_ || entry.numbers.size() > 1) {
      return std::nullopt;
    }
    return Broken{"number-held", fmt::format("a number that was refused is dialled {} too soon",
                                             to_text(number_held_ - now))};
  }
  if (const auto* ended = std::get_if<connection::LinkEnded>(&body)) {
    return on_ended(*ended, entry, now);
  }
  const auto* next = std::get_if<connection::NextTry>(&body);
  return next ? on_next_try(*next, entry.redial, now) : std::nullopt;
}

std::optional<Broken> PolicyWatch::on_calling(Instant now) {
  waits_ = false;
  const Instant dial_by = std::exchange(dial_by_, kNever);
  if (unwanted_) return Broken{"unwanted", "a call is placed though the user has hung up"};
  if (now < password_held_) {
    return Broken{"password-held", fmt::format("a refused password is tried again {} too soon",
                                               to_text(password_held_ - now))};
  }
  if (dial_by < now) return Broken{"user-dials", "the user's word to dial was not obeyed at once"};
  return std::nullopt;
}

std::optional<Broken> PolicyWatch::on_ended(const connection::LinkEnded& ended,
                                            const phonebook::Entry& entry, Instant now) {
  const bool good = ended.was_up && *ended.was_up >= entry.redial.good_call;
  if (good) {
    failures_ = 0;
    counted_ = true;
  }
  // A refused password counts even after a good call: the peer asked anew.
  const bool excused = ended.action == Action::Stop || ended.action == Action::Keep;
  if (ended.action == Action::HoldAuth || (!good && !excused)) ++failures_;
  if (ended.was_up && ended.action == Action::Restore) {
    std::rotate(deaths_.begin(), deaths_.begin() + 1, deaths_.end());
    deaths_.back() = now;
  }
  if (ended.cause.code == CauseCode::AuthRejected) password_held_ = now + entry.redial.auth_hold;
  if (is_refusal(ended.cause.code) && !ended.was_up) number_held_ = now + entry.hold.number;
  gone_ = is_gone(ended.cause.code);
  waits_ = true;
  judged_ = false;
  ended_at_ = now;
  return std::nullopt;
}

bool PolicyWatch::flaps(Instant now) const {
  return deaths_.front() != Instant{} && now - deaths_.front() <= Schedule::kFlapWindow;
}

std::optional<Broken> PolicyWatch::on_next_try(const connection::NextTry& next,
                                               const phonebook::RedialSettings& redial,
                                               Instant now) {
  reason_ = next.reason;
  if (next.reason == PauseReason::Hours || next.reason == PauseReason::Budget) dial_by_ = kNever;
  if (std::exchange(judged_, true)) return std::nullopt;  // a pause taken up again, or postponed
  const Duration pause = next.at - now;
  if (next.reason == PauseReason::LinkFailure) {
    if (flaps(now)) return Broken{"flap-guard", "dialled at once, though the link flaps"};
    return on_back_off(pause, Schedule::kRestorePause, redial.jitter);
  }
  if (next.reason != PauseReason::BackOff) return std::nullopt;
  if (counted_ && next.attempt > failures_) {
    return Broken{"counters", fmt::format("attempt {} is announced, and {} have failed since the "
                                          "last good call",
                                          next.attempt, failures_)};
  }
  Duration whole = redial.first_pause;
  for (uint32_t n = 1; n < next.attempt && whole < redial.longest_pause; ++n) whole *= 2;
  return on_back_off(pause, std::min(whole, redial.longest_pause), redial.jitter);
}

std::optional<Broken> PolicyWatch::on_back_off(Duration pause, Duration whole, uint8_t jitter) {
  constexpr Duration kRounding = 2us;
  if (pause > whole + kRounding || pause < whole - whole * jitter / 100 - kRounding) {
    return Broken{"back-off", fmt::format("a pause of {}, where {} less at most {} % is the rule",
                                          to_text(pause), to_text(whole), jitter)};
  }
  undrawn_ =
      jitter > 0 && pause + kRounding > whole ? static_cast<uint8_t>(undrawn_ + 1) : uint8_t{0};
  if (undrawn_ < kUndrawnMax) return std::nullopt;
  return Broken{"jitter", "pauses are not drawn: all who were thrown off come back at once"};
}

std::optional<Broken> PolicyWatch::on_returned(bool limited, Instant now) const {
  if (limited || !gone_ || !pauses(now) || reason_ != PauseReason::BackOff) return std::nullopt;
  return Broken{"device-return", "the device is back, and nobody has dialled"};
}

}  // namespace redial::sim
