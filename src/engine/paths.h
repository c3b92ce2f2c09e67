// SPDX-License-Identifier: Apache-2.0
// The path beyond each peer: probes sent by the link itself and answers taken off it, for the links
// that are watched so: those with targets, and those that are used (connection/path_watch.h).
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "connection/path_watch.h"
#include "core/ids.h"
#include "engine/config.h"
#include "ppp/action.h"

namespace redial::engine {

class Paths {
 public:
  struct Step {
    std::vector<Bytes> packets;  // to be sent into the link
    std::optional<Cause> dead;
    std::string note;  // empty: nothing to be told
  };

  /// The link is up: watched at once when its entry names targets, else when it is used.
  /// What is returned is for people: a target that this peer makes impossible; mostly empty.
  std::string on_up(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses, Instant now);
  void on_down(LinkId link) { records_.erase(index(link)); }
  /// A packet of the user's. True: the next deadline may have come nearer.
  bool on_sent(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses, Instant now);
  /// True: an answer to a probe, not for the user. Packets that are due because of it: `step`.
  bool on_received(LinkId link, ByteView packet, Instant now, Step& step);
  /// A frame came that is none.
  void on_damaged(LinkId link);
  Step on_deadline(LinkId link, Instant now);
  Instant due(LinkId link) const { return records_.empty() ? kNever : due_of(link); }
  bool watches(LinkId link) const { return !records_.empty() && records_.contains(index(link)); }

 private:
  Instant due_of(LinkId link) const;
  struct Record {
    connection::PathWatch watch;
    const DialPlan* plan;
    std::vector<wire::ProbeTarget> targets;  // addresses filled in
    uint32_t local;
    uint16_t tag;
    uint16_t number = 0;
  };
  Record& record(LinkId link, const DialPlan& plan, const ppp::LinkUp& addresses, Instant now);

  std::unordered_map<uint32_t, Record> records_;  // by link; only looked up, never walked
};

}  // namespace redial::engine
