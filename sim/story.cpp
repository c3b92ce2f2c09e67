// SPDX-License-Identifier: Apache-2.0
#include "sim/story.h"

#include <fmt/format.h>

#include "engine/effect_text.h"
#include "sim/packet_text.h"

namespace redial::sim {
namespace {

std::string seconds(Instant at) { return to_seconds(at.time_since_epoch()); }

/// Frames by their names, words as they are.
std::string shown(ByteView octets) {
  if (octets.front() == 0x7e) return frames_text(octets);
  return "\"" + to_visible(octets) + "\"";
}

}  // namespace

void Story::tell(Instant now, std::string_view who, std::string_view what) {
  now_ = now;
  if (text_.size() > kOctetsMax) text_.erase(0, text_.find('\n', kOctetsMax / 2) + 1);
  text_ += fmt::format("{:>14} {:<6} {}\n", seconds(now), who, what);
}

void Story::on_event(End end, uint32_t link, const engine::EventBody& body, Instant now) {
  if (link != link_) return;
  if (end == End::Caller) {
    if (std::holds_alternative<connection::LinkConnected>(body)) up_ = true;
    if (std::holds_alternative<connection::LinkEnded>(body)) up_ = false;
  }
  tell(now, end == End::Caller ? "link" : "far", engine::to_text(body));
}

void Story::on_transmit(End end, uint32_t link, LineId, ByteView octets, bool online, Instant now) {
  if (link != link_ || octets.empty()) return;
  const bool frame = octets.front() == 0x7e;
  if (up_ && frame && online && is_routine(octets)) return;
  tell(now, end == End::Caller ? "sends" : "sends<",
       shown(octets) + (frame && !online ? " into command state" : ""));
}

void Story::on_line(End end, uint32_t link, LineId, bool open, Instant now) {
  if (link != link_) return;
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
