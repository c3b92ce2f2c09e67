// SPDX-License-Identifier: Apache-2.0
#include "connection/schedule.h"

#include <algorithm>
#include <limits>

namespace redial::connection {

using phonebook::RedialSettings;

Duration doubled(Duration pause, unsigned times, Duration longest) {
  for (; times > 0 && pause < longest; --times) pause *= 2;
  return std::min(pause, longest);
}

namespace {

// Drawn over the upper half, or as redial.jitter says: a hundred callers thrown off one exchange do
// not come back in the same second, and nobody waits less than was promised.
Duration drawn(Duration pause, const RedialSettings& settings, Rng& rng) {
  const Duration shorter = pause * settings.jitter / 100;
  return pause - shorter + rng.up_to(shorter);
}

template <class Counter>
void count(Counter& counter) {
  if (counter < std::numeric_limits<Counter>::max()) ++counter;
}

}  // namespace

Verdict Schedule::on_ended(Action action, std::optional<Duration> was_up,
                           const RedialSettings& settings, Instant now, Rng& rng) {
  if (was_up && *was_up >= settings.good_call) {
    failures_ = 0;
    auth_holds_ = unreachable_ = 0;
  }
  switch (action) {
    // How long the number itself is held is the ledger's; this is the link's own pause.
    case Action::Redial:
    case Action::HoldNumber: return after_failure(settings, now, rng);
    case Action::Restore: return after_death(was_up.value_or(0s), settings, now, rng);
    case Action::HoldAuth: {
      count(failures_);
      const Duration hold = doubled(settings.auth_hold, auth_holds_, settings.auth_hold_longest);
      count(auth_holds_);
      return {now + hold, PauseReason::AuthHold, failures_};
    }
    // Neither is a failure.
    case Action::Renew:
      return {now + drawn(kRestorePause, settings, rng), PauseReason::SessionRenewed, 1};
    case Action::Await: return {now, PauseReason::None, failures_ + 1u};
    case Action::AwaitEdit:
    case Action::Stop:
    case Action::Keep: break;
  }
  return {};
}

Verdict Schedule::after_failure(const RedialSettings& settings, Instant now, Rng& rng) {
  count(failures_);
  if (settings.attempts && failures_ > *settings.attempts) {
    if (settings.give_up) return {};
    // KB Q193834: 10 minutes, then 20, in steps of ten up to six hours; one try after each.
    count(unreachable_);
    const Duration pause =
        std::min(settings.unreachable_step * unreachable_, settings.unreachable_longest);
    return {now + pause, PauseReason::AttemptsUsedUp, failures_};
  }
  if (settings.pause) return {now + *settings.pause, PauseReason::PhonebookPause, failures_};
  const Duration pause = doubled(settings.first_pause, failures_ - 1u, settings.longest_pause);
  return {now + drawn(pause, settings, rng), PauseReason::BackOff, failures_};
}

Verdict Schedule::after_death(Duration was_up, const RedialSettings& settings, Instant now,
                              Rng& rng) {
  const bool flapping = flaps(now);
  if (!settings.on_link_failure) return {};
  if (was_up < settings.good_call) return after_failure(settings, now, rng);
  if (flapping) {
    const Duration pause = doubled(settings.first_pause, flap_doublings_, settings.longest_pause);
    count(flap_doublings_);
    return {now + drawn(pause, settings, rng), PauseReason::Flapping, 1};
  }
  flap_doublings_ = 0;
  return {now + drawn(kRestorePause, settings, rng), PauseReason::LinkFailure, 1};
}

// Remembers this death; true when more than kFlapDeaths lie within the window, this one included.
bool Schedule::flaps(Instant now) {
  const Instant oldest = deaths_.front();
  std::rotate(deaths_.begin(), deaths_.begin() + 1, deaths_.end());
  deaths_.back() = now;
  return oldest != Instant{} && now - oldest <= kFlapWindow;
}

std::string_view text(PauseReason reason) {
  switch (reason) {
    case PauseReason::None: return "";
    case PauseReason::LinkFailure: return "link failure";
    case PauseReason::BackOff: return "back-off";
    case PauseReason::PhonebookPause: return "RedialSeconds of the entry";
    case PauseReason::Flapping: return "the link flaps: more than 3 deaths in 10 min";
    case PauseReason::AttemptsUsedUp: return "RedialAttempts are used up";
    case PauseReason::AuthHold: return "hold: a refused password is not tried again sooner";
    case PauseReason::NumberHold: return "hold: the number is not to be dialled sooner";
    case PauseReason::HourLimit: return "enough failed attempts of this number in an hour";
    case PauseReason::NextNumber: return "the entry's next number";
    case PauseReason::NextLine: return "the entry's next line";
    case PauseReason::CauseHold: return "hold of the entry for this cause";
    case PauseReason::SessionRenewed: return "a fresh session";
    case PauseReason::Hours: return "outside the hours it may be up";
    case PauseReason::Budget: return "the day's budget is spent";
  }
  return "";
}

}  // namespace redial::connection
