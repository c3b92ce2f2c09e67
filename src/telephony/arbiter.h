// SPDX-License-Identifier: Apache-2.0
// Who has which line (TAPI: one owner of the active call on an address; RAS: ports for dialling
// out, in, or both). One owner per line; those who wait get it in the order they came.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "core/ids.h"
#include "core/outbox.h"

namespace redial::telephony {

/// The link owns the line from now on, until it is released.
struct Granted {
  LinkId link;
  LineId line;
  bool operator==(const Granted&) const = default;
};
/// Somebody wants to dial: the listening owner is to stop listening and release the line.
struct Yield {
  LinkId owner;
  LineId line;
  bool operator==(const Yield&) const = default;
};
using ArbiterAction = std::variant<Granted, Yield>;

/// Callers out come before listeners, since listening is what a line does when nobody needs it; a
/// listener yields, but never while it rings or has a call. A line that went to nobody is free.
class LineArbiter {
 public:
  using Actions = Outbox<ArbiterAction, 2>;
  static constexpr size_t kLineOctets = 8;  // what a line costs while nobody waits for it

  /// Grants the first line of `acceptable` that is free; else asks a listener to yield one, and the
  /// link waits. A link that waits already gives up its former request.
  Actions request(LinkId link, std::span<const LineId> acceptable, bool answering);
  /// The line is hung up and closed: it goes to whoever has waited longest.
  Actions release(LineId line);
  /// The link no longer waits. What it owns it keeps.
  void withdraw(LinkId link);
  /// A listening owner's line rings, or has an answered call (true), or is quiet again (false).
  Actions on_call(LineId line, bool in_progress);

  std::optional<LinkId> owner(LineId line) const;
  /// Its listener was asked to yield it, and is about to release it.
  bool yields(LineId line) const {
    return index(line) < lines_.size() && lines_[index(line)].yielding;
  }
  /// Places in the queues of a line, void ones included: bounded by the links that wait.
  size_t places(LineId line) const;
  bool waits(LinkId link) const { return waiters_.contains(link); }

 private:
  struct Place {  // in a line's queue; void when the link waits no longer, or anew
    LinkId link;
    uint64_t ticket;
  };
  struct Line {
    OptionalId<LinkId> owner;
    bool answering = false;  // the owner listens
    bool in_call = false;
    bool yielding = false;  // the owner was asked
  };
  static_assert(sizeof(Line) == kLineOctets);
  struct Queues {
    std::deque<Place> callers, listeners;
  };

  Line& at(LineId id);
  bool valid(const Place& place) const;
  std::optional<LinkId> next(std::deque<Place>& queue);
  void grant(LineId id, LinkId link, bool answering, Actions& out);
  bool ask_to_yield(LineId id, Line& line, Actions& out);

  std::vector<Line> lines_;             // by index
  std::map<LineId, Queues> queues_;     // of lines that somebody waits for, or did
  std::map<LinkId, uint64_t> waiters_;  // link -> its ticket
  uint64_t last_ticket_ = 0;
};

}  // namespace redial::telephony
