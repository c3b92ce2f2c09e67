// SPDX-License-Identifier: Apache-2.0
#include "connection/path_watch.h"

#include <algorithm>

namespace redial::connection {

bool PathWatch::on_sent(Instant now) {
  if (sent_ == 0) sent_since_ = now;
  if (sent_ < UINT32_MAX) ++sent_;
  return sent_ <= kStallPackets;
}

void PathWatch::on_received(Instant now) {
  two_way_ = true;
  last_life_ = now;
  sent_ = 0;
  sent_since_ = kNever;
  rounds_ = undecided_ = 0;
  // The round that only asks whether probes are answered goes on.
  if (asked_ || requested_) round_at_ = kNever;
}

void PathWatch::on_answer(Instant now) {
  proven_ = true;
  last_life_ = now;
  if (sent_ > 0) sent_since_ = now;  // a path that is used one way only is no stall
  rounds_ = undecided_ = 0;
  round_at_ = kNever;
}

// The silence that is worth a probe: of everything on request, of what answers data otherwise.
Instant PathWatch::first_round_at() const {
  Instant at = kNever;
  if (requested_) at = last_life_ + settings_->path_every;
  if (settings_->stall > 0s) {
    if (sent_ >= kStallPackets) at = std::min(at, sent_since_ + settings_->stall);
    // Once a session, as soon as the link is used both ways: does the peer answer probes?
    if (two_way_ && !asked_ && !proven_) at = std::min(at, last_life_);
  }
  return at;
}

Instant PathWatch::due() const {
  return round_at_ == kNever ? first_round_at() : round_at_ + kRound * probes_ / kProbes;
}

PathAction PathWatch::begin_round(Instant now) {
  round_at_ = now;
  probes_ = 1;
  damaged_ = false;
  return ProbeTargets{};
}

Outbox<PathAction, 1> PathWatch::on_deadline(Instant now) {
  if (now < due()) return {};
  const bool stalls =
      settings_->stall > 0s && sent_ >= kStallPackets && now >= sent_since_ + settings_->stall;
  if (round_at_ == kNever) return {begin_round(now)};
  if (now < round_at_ + kRound) {
    ++probes_;
    return {ProbeTargets{}};
  }
  // This round went unanswered.
  if (damaged_ && undecided_ < kDamagedTimes * settings_->path_rounds) {
    ++undecided_;
    return {begin_round(now)};
  }
  round_at_ = kNever;
  const bool only_asked = !asked_ && !requested_ && !stalls;
  asked_ = true;
  if (only_asked) return {};
  if (++rounds_ < settings_->path_rounds) return {begin_round(now)};
  const Duration silence = now - (stalls ? sent_since_ : last_life_);
  const uint8_t rounds = rounds_;
  rounds_ = undecided_ = 0;
  last_life_ = now;
  if (sent_ > 0) sent_since_ = now;
  if (requested_ || proven_)
    return {PathGone{.stalled = !requested_, .rounds = rounds, .silence = silence}};
  if (std::exchange(doubted_, true)) return {};
  return {PathDoubtful{silence}};
}

Duration PathWatch::bound(const phonebook::WatchSettings& settings, bool requested) {
  return (requested ? settings.path_every : settings.stall) + kRound * settings.path_rounds;
}

Duration PathWatch::later_if_damaged(const phonebook::WatchSettings& settings) {
  return kRound * settings.path_rounds * kDamagedTimes;
}

}  // namespace redial::connection
