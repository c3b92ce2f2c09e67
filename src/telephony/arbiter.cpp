// SPDX-License-Identifier: Apache-2.0
#include "telephony/arbiter.h"

namespace redial::telephony {

LineArbiter::Actions LineArbiter::request(LinkId link, std::span<const LineId> acceptable,
                                          bool answering) {
  Actions out;
  waiters_.erase(link);
  for (const LineId id : acceptable) {
    if (lines_[id].owner) continue;
    grant(id, link, answering, out);
    return out;
  }
  const uint64_t ticket = ++last_ticket_;
  waiters_[link] = ticket;
  for (const LineId id : acceptable) {
    Line& line = lines_[id];
    std::deque<Place>& queue = answering ? line.listeners : line.callers;
    // Places of links that were served elsewhere would pile up in front of a line held for days.
    if (queue.size() > 2 * waiters_.size() + 8)
      std::erase_if(queue, [&](const Place& place) { return !valid(place); });
    queue.push_back({link, ticket});
  }
  if (answering) return out;
  for (const LineId id : acceptable) {
    // One line is enough; one that yields already may be on its way to an earlier caller.
    if (ask_to_yield(id, lines_[id], out)) break;
  }
  return out;
}

LineArbiter::Actions LineArbiter::release(LineId id) {
  Actions out;
  Line& line = lines_[id];
  line.owner.reset();
  line.answering = line.in_call = line.yielding = false;
  if (const auto caller = next(line.callers)) {
    grant(id, *caller, false, out);
  } else if (const auto listener = next(line.listeners)) {
    grant(id, *listener, true, out);
  }
  return out;
}

void LineArbiter::withdraw(LinkId link) { waiters_.erase(link); }

LineArbiter::Actions LineArbiter::on_call(LineId id, bool in_progress) {
  Actions out;
  Line& line = lines_[id];
  line.in_call = in_progress;
  if (in_progress) {
    line.yielding = false;  // the call goes first; who wants to dial asks again after it
    return out;
  }
  while (!line.callers.empty() && !valid(line.callers.front())) line.callers.pop_front();
  if (!line.callers.empty()) ask_to_yield(id, line, out);
  return out;
}

std::optional<LinkId> LineArbiter::owner(LineId id) const {
  const auto found = lines_.find(id);
  return found == lines_.end() ? std::nullopt : found->second.owner;
}

size_t LineArbiter::places(LineId id) const {
  const auto found = lines_.find(id);
  return found == lines_.end() ? 0 : found->second.callers.size() + found->second.listeners.size();
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
  Line& line = lines_[id];
  waiters_.erase(link);
  line.owner = link;
  line.answering = answering;
  line.in_call = line.yielding = false;
  out.push(Granted{link, id});
}

bool LineArbiter::ask_to_yield(LineId id, Line& line, Actions& out) {
  if (!line.owner || !line.answering || line.in_call || line.yielding) return false;
  line.yielding = true;
  out.push(Yield{*line.owner, id});
  return true;
}

}  // namespace redial::telephony
