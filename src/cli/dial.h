// SPDX-License-Identifier: Apache-2.0
// `redial dial ENTRY [ENTRY ...]`: progress the way rasdial shows it, then it stays, redials, and
// ends on Ctrl-C with a clean hang-up. A host of its own in the foreground.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/dial_tun.h"
#include "cli/workspace.h"
#include "engine/effects.h"

namespace redial::cli {

struct DialOptions {
  Sources sources;
  std::vector<std::string> entries;                 // what they need first is dialled as well
  std::vector<std::string> socks;                   // "[ENTRY=]127.0.0.1:1080"
  std::vector<std::string> forwards;                // "[ENTRY=]8080:10.0.0.5:80"
  TunWish tun;                                      // an interface, whatever the entry says
  std::string user, phone;                          // in place of the entry's; empty: as it says
  bool phone_by_rules = false;                      // ... though it does not begin with +
  std::string from;                                 // a location, in place of the entries' own
  bool on_demand = false;                           // dialled by traffic, whatever the entry says
  std::string capture;                              // a pcap of the frames; empty: none
  std::string record;                               // a transcript for a replay; empty: none
  std::string terminal;                             // "before", "after"; empty: as the entry says
  std::optional<phonebook::Credential> credential;  // none: from the files, or asked for
  std::function<void(const engine::Event&)> on_event;  // whoever else is told; may be empty
  bool wait = false;   // keep trying when the line's device is not there at the start
  bool plain = false;  // no countdown, no colours
  bool json = false;   // one object a line
};

/// 0 after Ctrl-C or sessions that ended as wanted; else the kind of the error.
int dial(const DialOptions& options);

}  // namespace redial::cli
