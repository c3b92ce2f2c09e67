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
  round_trip_us_ = static_cast<uint32_t>(std::clamp(smoothed, 0us, kRoundTripLongest).count());
}

Outbox<KeepaliveAction, 1> Keepalive::on_deadline(Instant now) {
  if (now < due()) return {};
  if (probes_ >= config_->probes) {
    running_ = false;
    return {PeerDead{probes_, now - last_life_}};
  }
  ++probes_;
  last_probe_ = now;
  return {Probe{}};
}

}  // namespace redial::ppp
