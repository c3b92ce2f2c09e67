// SPDX-License-Identifier: Apache-2.0
#include "ppp/keepalive.h"

#include <utility>

namespace redial::ppp {

void Keepalive::start(Instant now) {
  running_ = begins_ = true;
  last_probe_ = now;
  on_life(now);
}

bool Keepalive::on_reject(uint8_t probes_since, Instant now) {
  measure(probes_since, now);
  return !echoes_ && !std::exchange(rejects_, true);
}

ProbeKind Keepalive::next_kind() const {
  if (echoes_) return ProbeKind::Echo;
  if (rejects_) return ProbeKind::UnknownCode;
  // Not known yet: mostly unknown codes, and now and then an echo, in case only those got lost.
  const bool other = probes_ >= kEchoesFirst && probes_ % 4 != 3;
  return other ? ProbeKind::UnknownCode : ProbeKind::Echo;
}

void Keepalive::measure(uint8_t probes_since, Instant now) {
  if (probes_since > config_->probes) return;  // an answer to nothing of this silence
  const Duration known = round_trip();
  Duration sample = now - last_probe_ + config_->spacing(known) * probes_since;
  // Too short a round trip costs a few probes, too long a one blinds the watch. So up in small
  // steps, whatever an answer took that waited for a machine to wake up, and down in large ones.
  if (!begins_) sample = std::min(sample, std::max(known * 2, config_->round_trip_max));
  const Duration smoothed = known == 0s      ? sample
                            : sample < known ? (known + sample) / 2
                                             : known + (sample - known) / 8;
  round_trip_us_ = static_cast<uint32_t>(std::clamp(smoothed, 0us, kRoundTripLongest).count());
}

Outbox<KeepaliveAction, 1> Keepalive::on_deadline(Instant now) {
  Outbox<KeepaliveAction, 1> out;
  if (now < due()) return out;
  if (probes_ >= config_->probes) {
    running_ = false;
    out.push(PeerDead{probes_, now - last_life_});
    return out;
  }
  const ProbeKind kind = next_kind();
  ++probes_;
  begins_ = false;
  last_probe_ = now;
  out.push(Probe{kind});
  return out;
}

}  // namespace redial::ppp
