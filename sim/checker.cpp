// SPDX-License-Identifier: Apache-2.0
#include "sim/checker.h"

#include <fmt/format.h>

#include <algorithm>

#include "connection/supervisor.h"
#include "engine/recovery.h"
#include "sim/bounds.h"

namespace redial::sim {

using connection::Action;
using connection::PauseReason;
using enum FaultKind;

namespace {

constexpr Duration kServedWithin = 1h;  // on a line that others want too, when nothing is wrong
constexpr uint32_t kEventsMax = 4000;   // of a link in an hour

/// The recovery ladder takes its own time; a rung is climbed for each failure.
bool is_device(CauseCode cause, Phase phase) {
  return connection::climbs_to(cause, phase).has_value();
}

}  // namespace

Checker::Checker(World& world, const Profile& profile, Tally& tally)
    : world_(world),
      tally_(tally),
      links_(world.links()),
      line_open_(world.caller.lines.size()),
      policy_(world.links()),
      talk_(world.links()),
      active_(world.links()),
      wedged_(world.links()),
      trouble_(world.links()),
      bounds_(profile) {}

void Checker::violate(uint32_t link, Instant at, std::string_view rule, std::string text) {
  constexpr size_t kKept = 100;
  if (violations_.size() < kKept) violations_.push_back({at, link, rule, std::move(text)});
}

void Checker::judge(uint32_t link, Instant at, std::optional<Broken> broken) {
  if (broken) violate(link, at, broken->rule, std::move(broken->text));
}

// ---- what the product does -----------------------------------------------------------------

void Checker::on_event(End end, uint32_t link, const engine::EventBody& body, Instant now) {
  if (end == End::Server) return;
  ++tally_.events;
  count_event(link, now);
  on_caller(link, body, now);
  judge(link, now, policy_[link].on_event(body, site(link).entry, now));
}

void Checker::count_event(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  const int64_t hour = now.time_since_epoch() / 1h;
  if (seen.hour != hour) seen.events = 0;
  seen.hour = hour;
  if (++seen.events == kEventsMax) {
    violate(link, now, "events-bounded", fmt::format("{} events in an hour", kEventsMax));
  }
}

void Checker::on_caller(uint32_t link, const engine::EventBody& body, Instant now) {
  match(
      body, [&](const connection::LinkCalling&) { on_calling(link, now); },
      [&](const connection::LinkProgress& progress) { on_progress(link, progress.phase, now); },
      [&](const connection::LinkConnected&) { on_connected(link, now); },
      [&](const connection::LinkEnded& ended) { on_ended(link, ended, now); },
      [&](const connection::NextTry& next) { on_next_try(link, next, now); },
      [&](const connection::Resting& resting) { on_resting(link, resting.because, now); },
      [&](const connection::Armed&) { on_armed(link, now); },
      [&](const connection::NeedPrerequisite&) { on_awaiting(link, now); },
      [&](const engine::CarrierUp&) {
        links_[link].carrier = true;
        talk_[link].on_carrier(bounds_.no_ppp(link) + kSlack, bounds_.agreed(link) + kSlack, now);
      },
      [&](const engine::Recovering& recovering) {
        Duration longest = 0s;  // of the lines that it may be
        for (const engine::BoundLine& line : site(link).lines) {
          const auto recovery = engine::config_of(line).recovery;
          longest = std::max(longest, engine::takes_longer(recovering.rung, recovery));
        }
        links_[link].due += longest;
      },
      [](const auto&) {});
}

/// Whatever was promised by now has not happened.
void Checker::step_in_time(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  if (now <= seen.due) return;
  constexpr std::string_view kStates[] = {"at rest", "waiting for another", "pausing", "calling",
                                          "up",      "hanging up"};
  violate(link, now, "deadline",
          fmt::format("{} since longer than promised: it was due at {}",
                      kStates[static_cast<size_t>(seen.state)],
                      to_seconds(seen.due.time_since_epoch())));
}

void Checker::on_calling(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  ++tally_.calls;
  seen.wanted = true;
  if (seen.state == State::Calling || seen.state == State::Up) {
    violate(link, now, "one-redial", "a call is placed while one is under way");
  }
  if (now < seen.held_until) {
    violate(link, now, "password-held",
            fmt::format("a refused password is tried again {} before its hold ends",
                        to_text(seen.held_until - now)));
  }
  if (now + 1ms < seen.next_try && !seen.device) {
    violate(link, now, "announced", "a call is placed before its announced time");
  }
  const Site& where = site(link);
  seen.next_try = {};  // had
  seen.state = State::Calling;
  seen.phase = Phase::Opening;
  seen.begun = now;
  seen.carrier = seen.dialled = false;
  seen.slow_call = active_[link] & kSlow;
  seen.mute_call = active_[link] & bit(NeverEchoes);
  talk_[link].on_calling();
  seen.due = now + where.plan.attempt_bound + kSlack;
}

void Checker::on_progress(uint32_t link, Phase phase, Instant now) {
  Watched& seen = links_[link];
  seen.phase = phase;
  if (phase == Phase::Establishing && seen.state == State::Up && seen.struck) {
    // Called back by a peer or a modem of its own accord, and negotiated anew: it lives.
    seen.struck.reset();
    seen.down_since.reset();
  }
  if (phase == Phase::Preparing && seen.broken_words > 0) --seen.broken_words;
  if (phase == Phase::Preparing) one_call_on(link, now);
  if (phase != Phase::Dialing) return;
  seen.dialled = true;
  const auto limit = site(link).entry.redial.attempts_per_hour;
  std::erase_if(seen.failed, [&](Instant at) { return at + 1h <= now; });
  const size_t numbers = site(link).entry.numbers.size();  // each may fail so often
  if (limit && seen.failed.size() >= *limit * numbers) {
    violate(
        link, now, "attempts-per-hour",
        fmt::format("dialled though {} attempts have failed within the hour", seen.failed.size()));
  }
}

/// A line that several may use has one call.
void Checker::one_call_on(uint32_t link, Instant now) {
  const auto& lines = world_.place(link).lines;
  if (lines.size() > 1) return;
  for (const uint32_t other : world_.caller.lines[index(lines.front())].links) {
    const bool calls =
        links_[other].state == State::Up ||
        (links_[other].state == State::Calling && links_[other].phase >= Phase::Preparing);
    if (other != link && calls) {
      violate(link, now, "one-line", fmt::format("prepares a call on the line of link {}", other));
    }
  }
}

void Checker::on_connected(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  judge(link, now, talk_[link].on_connected(now));
  ++tally_.ups;
  seen.state = State::Up;
  seen.phase = Phase::Up;
  seen.due = site(link).entry.session_limit.value_or(Duration{}) > 0s
                 ? now + *site(link).entry.session_limit + kSlack
                 : kNever;
  seen.up_in_calm = calm_since_.has_value();
  seen.device = false;
  wedged_[link] = false;
  if (calm_since_ && seen.demanded >= *calm_since_ && now > seen.demanded + kServedWithin) {
    violate(link, now, "starves", fmt::format("wanted since {}", to_text(now - seen.demanded)));
  }
  if (seen.down_since && !seen.struck) {
    tally_.faults[static_cast<size_t>(seen.down_by)].restored.add(now - *seen.down_since);
    seen.down_since.reset();
  }
}

void Checker::on_ended(uint32_t link, const connection::LinkEnded& ended, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  ++tally_.endings[static_cast<size_t>(ended.phase)][static_cast<size_t>(ended.cause.code)];
  if (ended.action != connection::action_for(ended.cause.code, ended.phase)) {
    violate(link, now, "policy", "an ending was judged otherwise than the table says");
  }
  judge(link, now, talk_[link].on_ended(ended, now));
  if (ended.was_up) {
    on_death(link, ended, now);
  } else {
    on_failure(link, ended, now);
  }
  if (seen.state == State::Calling && now + kSlack >= seen.due) {
    violate(link, now, "watchdog",
            "an attempt ran into its watchdog: one of its phases has no deadline of its own");
  }
  const Site& where = site(link);
  // A line that is free again is dialled on at once, and so is a device that is back.
  seen.device =
      is_device(ended.cause.code, ended.phase) || ended.cause.code == CauseCode::DeviceBusy;
  // Torn down for another's sake: its far end may be busy with it for a while.
  if (ended.cause.code == CauseCode::PrerequisiteDown) trouble_[link] = now;
  if (ended.cause.code == CauseCode::IdleTimeout) seen.wanted = false;  // until traffic wants it
  seen.state = State::Ending;
  seen.phase = Phase::Closing;
  // By its own bound: that the supervisor need not force it is part of the promise.
  seen.due = now + connection::tear_down_bound(where.plan.session, where.traits) + kSlack;
}

void Checker::on_death(uint32_t link, const connection::LinkEnded& ended, Instant now) {
  Watched& seen = links_[link];
  ++tally_.deaths;
  const bool asked =
      origin(ended.cause.code) == Origin::User || is_limit(ended.cause.code, site(link).entry);
  if (seen.struck) {
    if (now > seen.struck->notice_by) {
      violate(link, now, "noticed",
              fmt::format("{} was noticed after {}; the bound is {}", rule_of(seen.struck->by).name,
                          to_text(now - seen.struck->at),
                          to_text(seen.struck->notice_by - seen.struck->at)));
    }
    if (seen.struck->alone) {
      tally_.faults[static_cast<size_t>(seen.struck->by)].noticed.add(now - seen.struck->at);
    } else {
      seen.down_since.reset();
    }
    seen.struck.reset();
  } else if (!asked && !is_explained(link, ended, now) &&
             !other_is_to_blame(link, ended.cause.code)) {
    violate(link, now, "healthy",
            fmt::format("a healthy link was torn down: {} ({})", name(ended.cause.code),
                        ended.cause.evidence));
  }
}

bool Checker::is_explained(uint32_t link, const connection::LinkEnded& ended, Instant now) const {
  const Watched& seen = links_[link];
  if (now <= seen.explained_until) return true;
  const CauseCode code = ended.cause.code;
  // A peer that ignores echoes from the beginning is asked in another way; one that has answered
  // them and ceases to is dead, as far as either end can tell.
  const bool silence = code == CauseCode::PeerSilent || code == CauseCode::PeerTerminated;
  if (silence && !seen.mute_call && now <= seen.mute_until) return true;
  // Where too much gets lost, the far end may never have come up.
  const bool half_up = *ended.was_up < bounds_.agreed(link);
  return code == CauseCode::PeerTerminated && half_up && now <= seen.lossy_until;
}

void Checker::on_failure(uint32_t link, const connection::LinkEnded& ended, Instant now) {
  Watched& seen = links_[link];
  ++tally_.failures;
  const bool counts = ended.action != Action::Stop && ended.action != Action::Keep;
  if (seen.dialled && counts) seen.failed.push_back(now);
  const bool asked =
      ended.cause.code == CauseCode::UserHangUp || ended.cause.code == CauseCode::ServiceStopping;
  const bool of_another = other_is_to_blame(link, ended.cause.code);
  if (!asked && !of_another && nothing_wrong(link, seen.begun)) {
    violate(link, now, "quiet",
            fmt::format("an attempt failed though nothing was wrong: {} ({})",
                        name(ended.cause.code), ended.cause.evidence));
  }
  if (!calm_since_ || seen.begun <= *calm_since_) return;
  // The far end may still be busy with what it has not noticed; a modem climbs its ladder.
  constexpr uint16_t kLeft = 2;
  const bool excused = is_device(ended.cause.code, ended.phase) || of_another ||
                       ended.cause.code == CauseCode::UserHangUp ||
                       now <= *calm_since_ + kAftermath;
  if (!excused && ++seen.failed_in_calm > kLeft) {
    violate(link, now, "calm",
            fmt::format("an attempt failed though all faults are over: {} ({})",
                        name(ended.cause.code), ended.cause.evidence));
  }
}

void Checker::on_next_try(uint32_t link, const connection::NextTry& next, Instant now) {
  Watched& seen = links_[link];
  const auto& redial = site(link).entry.redial;
  // A device that comes back is dialled at once.
  const bool may_return = (active_[link] & bit(Vanishes)) || now <= asleep_until_ + kSlack;
  seen.next_try = may_return ? Instant{} : next.at;
  seen.due = std::max(next.at + kSlack, seen.due);
  if (seen.state != State::Ending) {
    seen.state = State::Pausing;
    seen.due = next.at + kSlack;
  }
  if (next.reason == PauseReason::AuthHold) seen.held_until = next.at;
  if (next.at - now > longest_pause(next.reason, redial) + kSlack) {
    violate(link, now, "pause",
            fmt::format("the pause is {}, longer than its reason allows ({})",
                        to_text(next.at - now), text(next.reason)));
  }
}

void Checker::on_resting(uint32_t link, Action because, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  if (seen.wanted && !baseline_) {
    violate(link, now, "rests", fmt::format("a wanted link rests: {}", connection::name(because)));
  }
  seen.state = State::Rest;
  seen.phase = Phase::Waiting;
  seen.due = kNever;
}

/// Nobody needs it: traffic does not, and others do not.
void Checker::on_armed(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  if (site(link).entry.dial != phonebook::DialMode::OnDemand) {
    violate(link, now, "rests", "armed, and nobody has asked for that");
  }
  seen.state = State::Rest;
  seen.phase = Phase::Waiting;
  seen.due = kNever;
  seen.wanted = false;
  seen.armed = true;
}

void Checker::on_demand(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  if (!seen.armed || seen.state != State::Rest) return;
  seen.wanted = true;
  // At once, or as soon as its last call has been hung up.
  const Site& where = site(link);
  seen.due = now + connection::tear_down_bound(where.plan.session, where.traits) + kSlack;
  seen.demanded = now;
}

/// The entry that it needs is dialled first.
void Checker::on_awaiting(uint32_t link, Instant now) {
  Watched& seen = links_[link];
  step_in_time(link, now);
  if (!world_.place(link).first) {
    violate(link, now, "rests", "waits for another entry, and needs none");
  }
  if (const auto first = world_.place(link).first) policy_[*first].on_needed();
  seen.wanted = true;
  seen.state = State::Awaiting;
  seen.phase = Phase::Opening;
  seen.begun = now;
  seen.due = now + site(link).entry.prerequisite_within + kSlack;
}

/// The entry that it needs is not up; another has the line that both may use; a number has a gap.
bool Checker::other_is_to_blame(uint32_t link, CauseCode code) const {
  const Place& place = world_.place(link);
  if (code == CauseCode::PrerequisiteDown && place.first) {
    return links_[*place.first].state != State::Up;
  }
  if (code == CauseCode::BadNumber) return !site(link).plan.dialled.empty();  // one has a gap
  if (code != CauseCode::DeviceBusy) return false;
  const auto& sharing = world_.caller.lines[index(place.lines.front())].links;
  if (sharing.size() > 1 && line_open_[index(place.lines.front())]) return true;
  return std::ranges::any_of(
      sharing, [&](uint32_t other) { return other != link && links_[other].state != State::Rest; });
}

void Checker::on_transmit(End end, uint32_t link, LineId, ByteView octets, bool online,
                          Instant now) {
  if (octets.empty()) return;
  const Watched& seen = links_[link];
  const bool up = seen.state == State::Up;
  if (end == End::Server) {
    // Of several ports another may have an earlier call that nobody has hung up yet.
    if (!up || world_.place(link).ports.size() > 1 || !TalkWatch::says_goodbye(octets)) return;
    return talk_[link].on_heard(
        octets, {.carrier = true, .up = up, .online = online, .clean = is_clean(link)}, now);
  }
  judge(link, now,
        talk_[link].on_sent(octets, {.carrier = seen.carrier,
                                     .up = up,
                                     .online = online,
                                     .clean = !up && nothing_wrong(link, now)}));
}

void Checker::on_line(End end, uint32_t link, LineId line, bool open, Instant now) {
  if (end == End::Server) return;
  if (open && line_open_[index(line)]) violate(link, now, "one-line", "opened while it is open");
  line_open_[index(line)] = open;
  if (!open) judge(link, now, talk_[link].on_closed(now));
}

void Checker::on_interface(End end, uint32_t link, bool up, Instant now) {
  if (end == End::Server) return;
  Watched& seen = links_[link];
  // Up twice is another address: IPCP negotiated anew.
  if (!up && !seen.interface_up) violate(link, now, "interface", "taken down twice");
  seen.interface_up = up;
}

// ---- when it is over -----------------------------------------------------------------------

void Checker::on_calm(Instant now) {
  calm_since_ = now;
  for (Watched& seen : links_) seen.up_in_calm = seen.state == State::Up && !seen.struck;
}

/// Up, or it has been since the calm began and its entry does not want it up for ever.
bool Checker::served(uint32_t link) const {
  const Watched& seen = links_[link];
  if (!seen.wanted || (seen.state == State::Up && !seen.struck)) return true;
  return seen.up_in_calm && has_limits(site(link).entry);
}

bool Checker::all_up() const {
  for (uint32_t link = 0; link < links_.size(); ++link) {
    if (!served(link)) return false;
  }
  return true;
}

void Checker::on_end(Instant now) {
  for (uint32_t link = 0; link < links_.size(); ++link) {
    const Watched& seen = links_[link];
    if (seen.struck && now > seen.struck->notice_by) {
      violate(
          link, now, "noticed",
          fmt::format("{} at {} was never noticed; the bound is {}", rule_of(seen.struck->by).name,
                      to_seconds(seen.struck->at.time_since_epoch()),
                      to_text(seen.struck->notice_by - seen.struck->at)));
    }
    step_in_time(link, now);
    if (seen.state == State::Up || served(link)) continue;
    ++stuck_;
    violate(link, now, "stuck", "wanted, and not up though its time is over");
  }
}

void Checker::on_baseline(Instant now) {
  for (uint32_t link = 0; link < links_.size(); ++link) {
    const Watched& seen = links_[link];
    for (const LineId line : world_.place(link).lines) {
      if (line_open_[index(line)]) violate(link, now, "leak", "its line is still open");
    }
    if (seen.interface_up) violate(link, now, "leak", "its interface is still up");
    if (!world_.caller.engine.resting(LinkId{link})) {
      violate(link, now, "leak", "hung up, and not at rest");
    }
    if (world_.caller.engine.line_of(LinkId{link})) {
      violate(link, now, "leak", "hung up, and still the owner of a line");
    }
    for (const Place::Port& port : world_.place(link).ports) {
      const bool free = !site(link).traits.has_modem || world_.exchange.on_hook(port.modem);
      const bool listens = world_.server.lines[index(port.line)].open && free;
      if (!listens) violate(link, now, "leak", "its far end does not listen again");
    }
    // What a restart would take up: nobody wants it.
    const connection::LinkMemory memory = world_.caller.engine.memory(LinkId{link}, now);
    if (memory.wish != connection::Wish::Down || memory.call != connection::CallStage::None) {
      violate(link, now, "leak", "hung up, and remembered otherwise");
    }
  }
}

void Checker::on_settled(Instant now) {
  if (world_.caller.engine.due() != kNever || world_.server.engine.due() != kNever) {
    violate(0, now, "leak", "all links are hung up, and a timer still runs");
  }
}

}  // namespace redial::sim
