// SPDX-License-Identifier: Apache-2.0
#include "engine/recovery.h"

#include "modem/dialogue.h"

namespace redial::engine {

using connection::Rung;

namespace {

modem::Preparation preparation_of(Rung rung) {
  switch (rung) {
    case Rung::Redial:
    case Rung::PowerCycle: return modem::Preparation::Initialise;
    case Rung::Reinitialise: return modem::Preparation::Rouse;
    case Rung::Reset:
    case Rung::Reopen: return modem::Preparation::Reset;
  }
  return modem::Preparation::Initialise;
}

}  // namespace

Duration takes_longer(Rung rung, const LineRecovery& recovery) {
  Duration sum = connection::rule_of(rung).port_closed;
  if (rung == Rung::PowerCycle) sum += recovery.command_within + recovery.ready_within;
  if (recovery.traits.modem) sum += modem::Dialogue::takes_longer(preparation_of(rung));
  return sum;
}

Rung Recoveries::begin(LineId line, Instant now) {
  const auto found = records_.find(line);
  if (found == records_.end()) return Rung::Redial;
  Record& record = found->second;
  record.open_at = kNever;
  return record.rung = record.ladder.next(now);
}

void Recoveries::on_ended(LineId line, CauseCode cause, Phase phase, Instant now) {
  const auto highest = connection::climbs_to(cause, phase);
  auto found = records_.find(line);
  if (found == records_.end()) {
    if (!highest) return;
    found = records_.emplace(line, Record{connection::Ladder(of(line).traits)}).first;
  }
  found->second.ladder.on_ended(highest, now);
}

void Recoveries::on_good_call(LineId line) {
  const auto found = records_.find(line);
  if (found != records_.end()) found->second.ladder.on_good_call();
}

Instant Recoveries::open_at(LineId line) const {
  const auto found = records_.find(line);
  return found == records_.end() ? kNever : found->second.open_at;
}

modem::Preparation Recoveries::preparation(LineId line) const {
  const auto found = records_.find(line);
  return found == records_.end() ? modem::Preparation::Initialise
                                 : preparation_of(found->second.rung);
}

const connection::Ladder* Recoveries::ladder(LineId line) const {
  const auto found = records_.find(line);
  return found == records_.end() ? nullptr : &found->second.ladder;
}

}  // namespace redial::engine
