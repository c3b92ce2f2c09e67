// SPDX-License-Identifier: Apache-2.0
#include "sim/story.h"

#include <fmt/format.h>

namespace redial::sim {
namespace {

std::string seconds(Instant at) { return to_seconds(at.time_since_epoch()); }

/// Frames by their length, words as they are.
std::string shown(ByteView octets) {
  if (octets.front() == 0x7e) return fmt::format("{} octets of PPP", octets.size());
  return "\"" + to_visible(octets) + "\"";
}

}  // namespace

std::string to_text(const engine::EventBody& body) {
  return match(
      body,
      [](const connection::LinkCalling& calling) {
        return fmt::format("calls, attempt {}", calling.attempt);
      },
      [](const connection::LinkProgress& progress) {
        return fmt::format("{}", name(progress.phase));
      },
      [](const connection::LinkConnected&) { return std::string("UP"); },
      [](const connection::LinkEnded& ended) {
        return fmt::format("ENDED {} in {}{}: {}, {}", name(ended.cause.code), name(ended.phase),
                           ended.was_up ? ", was up " + to_text(*ended.was_up) : "",
                           ended.cause.evidence, connection::name(ended.action));
      },
      [](const connection::NextTry& next) {
        return fmt::format("next try at {}, attempt {}: {}", seconds(next.at), next.attempt,
                           text(next.reason));
      },
      [](const connection::Resting& resting) {
        return fmt::format("rests: {}", connection::name(resting.because));
      },
      [](const connection::Armed&) { return std::string("armed"); },
      [](const connection::NeedPrerequisite&) { return std::string("needs another entry"); },
      [](const connection::Learned& learned) {
        return fmt::format("number {} is first from now on", learned.number_index);
      },
      [](const answer::ConditionChanged& changed) { return std::string(name(changed.to)); },
      [](const answer::CallerGone& gone) {
        return fmt::format("caller gone: {} {}", name(gone.cause.code), gone.cause.evidence);
      },
      [](const engine::CarrierUp& up) { return fmt::format("carrier: {}", up.text); },
      [](const engine::ModemSaid& said) { return "modem: " + said.text; },
      [](const engine::Recovering& recovering) {
        return fmt::format("recovers: {} after {} failures", name(recovering.rung),
                           recovering.failures);
      },
      [](const engine::Noted& noted) { return noted.text; });
}

void Story::tell(Instant now, std::string_view who, std::string_view what) {
  now_ = now;
  if (text_.size() > kOctetsMax) text_.erase(0, text_.find('\n', kOctetsMax / 2) + 1);
  text_ += fmt::format("{:>14} {:<6} {}\n", seconds(now), who, what);
}

void Story::on_event(End end, const engine::Event& event, Instant now) {
  if (index(event.link) != link_) return;
  if (end == End::Caller) {
    if (std::holds_alternative<connection::LinkConnected>(event.body)) up_ = true;
    if (std::holds_alternative<connection::LinkEnded>(event.body)) up_ = false;
  }
  tell(now, end == End::Caller ? "link" : "far", to_text(event.body));
}

void Story::on_transmit(End end, LineId line, ByteView octets, bool online, Instant now) {
  if (index(line) != link_ || octets.empty()) return;
  const bool frame = octets.front() == 0x7e;
  if (up_ && frame && online) return;
  tell(now, end == End::Caller ? "sends" : "sends<",
       shown(octets) + (frame && !online ? " into command state" : ""));
}

void Story::on_line(End end, LineId line, bool open, Instant now) {
  if (index(line) != link_) return;
  tell(now, end == End::Caller ? "line" : "line<", open ? "opened" : "closed");
}

void Story::on_fault(const Fault& fault, FaultSet) {
  if (fault.link != link_) return;
  tell(fault.at, "FAULT",
       fault.lasts > 0s
           ? fmt::format("{} for {}", rule_of(fault.kind).name, redial::to_text(fault.lasts))
           : std::string(rule_of(fault.kind).name));
}

void Story::on_fault_over(const Fault& fault) {
  if (fault.link != link_) return;
  tell(std::max(now_, fault.at), "FAULT", fmt::format("{} is over", rule_of(fault.kind).name));
}

}  // namespace redial::sim
