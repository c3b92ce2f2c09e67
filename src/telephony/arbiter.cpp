// SPDX-License-Identifier: Apache-2.0
#include "telephony/arbiter.h"

namespace redial::telephony {

LineArbiter::Actions LineArbiter::request(LinkId link, std::span<const LineId> acceptable,
                                          bool answering) {
  Actions out;
  waiters_.erase(link);
  for (const LineId id : acceptable) {
    if (at(id).owner) continue;
    grant(id, link, answering, out);
    return out;
  }
  const uint64_t ticket = ++last_ticket_;
  waiters_[link] = ticket;
  for (const LineId id : acceptable) {
    Queues& queues = queues_[id];
    std::deque<Place>& queue = answering ? queues.listeners : queues.callers;
    // Places of links that were served elsewhere would pile up in front of a line held for days.
    if (queue.size() > 2 * waiters_.size() + 8)
      std::erase_if(queue, [&](const Place& place) { return !valid(place); });
    queue.push_back({link, ticket});
  }
  if (answering) return out;
  for (const LineId id : acceptable) {
    // One line is enough; one that yields already may be on its way to an earlier caller.
    if (ask_to_yield(id, at(id), out)) break;
  }
  return out;
}

LineArbiter::Actions LineArbiter::release(LineId id) {
  Actions out;
  at(id) = {};
  const auto found = queues_.find(id);
  if (found == queues_.end()) return out;
  auto& [callers, listeners] = found->second;
  if (const auto caller = next(callers)) {
    grant(id, *caller, false, out);
  } else if (const auto listener = next(listeners)) {
    grant(id, *listener, true, out);
  }
  if (callers.empty() && listeners.empty()) queues_.erase(found);
  return out;
}

void LineArbiter::withdraw(LinkId link) {
  waiters_.erase(link);
  if (waiters_.empty()) queues_.clear();
}

LineArbiter::Actions LineArbiter::on_call(LineId id, bool in_progress) {
  Actions out;
  Line& line = at(id);
  line.in_call = in_progress;
  if (in_progress) {
    line.yielding = false;  // the call goes first; who wants to dial asks again after it
    return out;
  }
  const auto found = queues_.find(id);
  if (found == queues_.end()) return out;
  std::deque<Place>& callers = found->second.callers;
  while (!callers.empty() && !valid(callers.front())) callers.pop_front();
  if (!callers.empty()) ask_to_yield(id, line, out);
  return out;
}

std::optional<LinkId> LineArbiter::owner(LineId id) const {
  if (index(id) >= lines_.size()) return std::nullopt;
  return lines_[index(id)].owner;
}

size_t LineArbiter::places(LineId id) const {
  const auto found = queues_.find(id);
  return found == queues_.end() ? 0 : found->second.callers.size() + found->second.listeners.size();
}

LineArbiter::Line& LineArbiter::at(LineId id) {
  if (index(id) >= lines_.size()) lines_.resize(index(id) + 1);
  return lines_[index(id)];
}

bool LineArbiter::valid(const Place& place) const {
  const auto found = waiters_.find(place.link);
  return found != waiters_.end() && found->second == place.ticket;
}

std::optional<LinkId> LineArbiter::next(std::deque<Place>& queue) {
  while (!queue.empty()) {
    const Place place = queue.front();
    queue.pop_front();
    if (valid(place)) return place.link;
  }
  return std::nullopt;
}

void LineArbiter::grant(LineId id, LinkId link, bool answering, Actions& out) {
  waiters_.erase(link);
  at(id) = {.owner = link, .answering = answering};
  out.push(Granted{link, id});
}

bool LineArbiter::ask_to_yield(LineId id, Line& line, Actions& out) {
  if (!line.owner || !line.answering || line.in_call || line.yielding) return false;
  line.yielding = true;
  out.push(Yield{*line.owner, id});
  return true;
}

}  // namespace redial::telephony
