// SPDX-License-Identifier: Apache-2.0
#include "engine/recovery.h"

#include <algorithm>
#include <utility>

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
  record.rung = record.ladder.next(now);
  if (std::exchange(record.cut_off, false) &&
      connection::has(of(line).traits, Rung::Reinitialise)) {
    record.rung = std::max(record.rung, Rung::Reinitialise);
  }
  return record.rung;
}

void Recoveries::on_ended(LineId line, CauseCode cause, Phase phase, Instant now) {
  const auto highest = connection::climbs_to(cause, phase);
  const auto found = records_.find(line);
  if (highest) {
    at(line).ladder.on_ended(highest, now);
  } else if (found != records_.end()) {
    found->second.ladder.on_ended(highest, now);
  }
}

void Recoveries::on_good_call(LineId line) {
  const auto found = records_.find(line);
  if (found != records_.end()) found->second.ladder.on_good_call();
}

bool Recoveries::power_cycles(LineId line) const {
  const auto found = records_.find(line);
  return found != records_.end() && found->second.rung == Rung::PowerCycle;
}

void Recoveries::restore(LineId line, const connection::LineMemory& memory, Instant now) {
  if (memory.power_cycles.empty()) return;
  at(line).ladder.restore(memory, now);
}

bool Recoveries::was_cut_off(LineId line) const {
  const auto found = records_.find(line);
  return found != records_.end() && found->second.cut_off;
}

Recoveries::Record& Recoveries::at(LineId line) {
  return records_.try_emplace(line, Record{connection::Ladder(of(line).traits)}).first->second;
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
