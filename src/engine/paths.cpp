// SPDX-License-Identifier: Apache-2.0
#include "engine/paths.h"

#include <fmt/format.h>

#include <algorithm>

namespace redial::engine {
namespace {

wire::ProbeIds ids_of(uint32_t ours, const wire::ProbeTarget& target, uint16_t tag,
                      uint16_t number) {
  return {.ours = ours, .theirs = target.address, .tag = tag, .number = number};
}

std::string names_of(const std::vector<wire::ProbeTarget>& targets) {
  std::string names;
  for (const wire::ProbeTarget& target : targets) {
    names += (names.empty() ? "" : ", ") + wire::to_text(target);
  }
  return names;
}

}  // namespace

Paths::Record& Paths::record(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses,
                             Instant now) {
  const auto found = records_.find(index(link));
  if (found != records_.end()) return found->second;
  std::vector<wire::ProbeTarget> targets = plan.path_targets;
  std::erase_if(targets, [&](wire::ProbeTarget& target) {
    const bool dns = target.how == wire::PathProbe::Dns;
    if (target.address == 0) target.address = dns ? addresses.dns : addresses.peer;
    return target.address == 0;  // the peer has given none
  });
  // Targets that do not exist prove nothing against the link: it is watched as one without any.
  const bool requested = !targets.empty();
  if (!requested) targets = {wire::ProbeTarget{.address = addresses.peer}};
  Record made{.watch = connection::PathWatch(plan.entry.watch, requested, now),
              .plan = &plan,
              .targets = std::move(targets),
              .local = addresses.local,
              .tag = static_cast<uint16_t>(index(link))};
  return records_.emplace(index(link), std::move(made)).first->second;
}

std::string Paths::on_up(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses,
                         Instant now) {
  records_.erase(index(link));
  if (plan.path_targets.empty()) return {};
  (void)record(link, plan, addresses, now);
  const bool wants_server = std::ranges::any_of(plan.path_targets, [](const auto& target) {
    return target.how == wire::PathProbe::Dns && target.address == 0;
  });
  if (!wants_server || addresses.dns != 0) return {};
  return "warning: watch.path has dns:given, and the peer has given no name server; that target is "
         "not asked; name one: dns:10.0.0.3";
}

bool Paths::on_sent(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses, Instant now) {
  if (plan.entry.watch.stall == 0s && plan.path_targets.empty()) return false;
  return record(link, plan, addresses, now).watch.on_sent(now);
}

bool Paths::on_received(LinkId link, ByteView packet, Instant now, Step& step) {
  const auto found = records_.find(index(link));
  if (found == records_.end()) return false;
  Record& record = found->second;
  for (const wire::ProbeTarget& target : record.targets) {
    auto answer = wire::probe_answer(target, ids_of(record.local, target, record.tag, 0), packet);
    if (!answer) continue;
    if (answer->beyond) record.watch.on_answer(now);
    if (!answer->farewell.empty()) step.packets.push_back(std::move(answer->farewell));
    return true;
  }
  record.watch.on_received(now);
  return false;
}

void Paths::on_damaged(LinkId link) {
  const auto found = records_.find(index(link));
  if (found != records_.end()) found->second.watch.on_damaged();
}

Paths::Step Paths::on_deadline(LinkId link, Instant now) {
  Step step;
  const auto found = records_.find(index(link));
  if (found == records_.end()) return step;
  Record& record = found->second;
  const auto silent_for = [](Duration silence) {
    return to_text(std::chrono::round<std::chrono::seconds>(silence));
  };
  for (const connection::PathAction& action : record.watch.on_deadline(now)) {
    match(
        action,
        [&](const connection::ProbeTargets&) {
          ++record.number;
          for (const wire::ProbeTarget& target : record.targets) {
            step.packets.push_back(wire::probe_packet(
                target, ids_of(record.local, target, record.tag, record.number)));
          }
        },
        [&](const connection::PathGone& gone) {
          step.dead = {CauseCode::PathDead,
                       fmt::format("{}, {} rounds of probes to {} unanswered",
                                   gone.stalled ? "data sent and nothing came back for " +
                                                      silent_for(gone.silence)
                                                : "nothing for " + silent_for(gone.silence),
                                   gone.rounds, names_of(record.targets))};
        },
        [&](const connection::PathDoubtful& doubtful) {
          step.note = fmt::format(
              "warning: data sent and nothing came back for {}; the peer answers no ping either, "
              "so "
              "nothing is concluded; watch.path names what would answer",
              silent_for(doubtful.silence));
        });
  }
  return step;
}

Instant Paths::due_of(LinkId link) const {
  const auto found = records_.find(index(link));
  return found == records_.end() ? kNever : found->second.watch.due();
}

}  // namespace redial::engine
