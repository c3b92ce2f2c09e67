// SPDX-License-Identifier: Apache-2.0
#include "ppp/keepalive.h"

namespace redial::ppp {

void Keepalive::start(Instant now) {
  running_ = true;
  on_life(now);
}

void Keepalive::on_reply(uint8_t probes_since, Instant now) {
  if (probes_since > config_->probes) return;  // an answer to nothing of this silence
  const Duration known = round_trip();
  const Duration sample = now - last_probe_ + config_->spacing(known) * probes_since;
  const Duration smoothed = known == 0s ? sample : known + (sample - known) / 8;
  round_trip_us_ = static_cast<uint32_t>(std::clamp(smoothed, Duration(0), Duration(1h)).count());
}

std::optional<Instant> Keepalive::deadline() const {
  if (!running_) return std::nullopt;
  if (probes_ == 0) return last_life_ + config_->echo_after_silence;
  return last_probe_ + config_->spacing(round_trip());
}

Outbox<KeepaliveAction, 1> Keepalive::on_deadline(Instant now) {
  const auto due = deadline();
  if (!due || now < *due) return {};
  if (probes_ >= config_->probes) {
    running_ = false;
    return {PeerDead{probes_, now - last_life_}};
  }
  ++probes_;
  last_probe_ = now;
  return {Probe{}};
}

}  // namespace redial::ppp
