// SPDX-License-Identifier: Apache-2.0
#include "engine/callback.h"

#include <fmt/format.h>

#include <algorithm>

#include "connection/detection.h"

namespace redial::engine {

std::string Callbacks::on_agreed(LinkId link, const ppp::CallbackAgreed& agreed) {
  waiting_[index(link)] = {.within = agreed.delay + connection::kCallbackMargin};
  const std::string number = to_visible(as_bytes(agreed.number), 64);
  return fmt::format("the server calls back{}{}; hanging up", number.empty() ? "" : " " + number,
                     agreed.delay > 0s ? " after " + to_text(agreed.delay) : "");
}

std::optional<std::string> Callbacks::on_released(LinkId link, Instant now) {
  if (!hanging_up(link)) return std::nullopt;
  Waiting& waiting = waiting_[index(link)];
  waiting.until = now + waiting.within;
  return "listening for the server's call, for " + to_text(waiting.within);
}

std::optional<std::string> Callbacks::on_ring(LinkId link, Instant now) {
  const auto found = waiting_.find(index(link));
  if (found == waiting_.end() || found->second.answered) return std::nullopt;
  found->second.answered = true;
  // What is left may be too short for a carrier; the ring has come in time.
  found->second.until = std::max(found->second.until, now + connection::kCallbackMargin);
  return "the telephone rings: answering";
}

std::optional<Cause> Callbacks::miss(LinkId link) {
  const auto found = waiting_.find(index(link));
  const Waiting missed = found->second;
  waiting_.erase(found);
  return Cause{CauseCode::CallbackMissed, missed.answered
                                              ? "it rang, and no carrier came"
                                              : "no ring within " + to_text(missed.within)};
}

bool Callbacks::hanging_up(LinkId link) const {
  return waiting_.contains(index(link)) && due(link) == kNever;
}

bool Callbacks::listening(LinkId link) const { return due(link) != kNever; }

Instant Callbacks::due_of(LinkId link) const {
  const auto found = waiting_.find(index(link));
  return found == waiting_.end() ? kNever : found->second.until;
}

}  // namespace redial::engine
