// SPDX-License-Identifier: Apache-2.0
// One setting as it acts on one connection. A table of rules with such actions is what a reader of
// options consists of; what the action does not dispose of ends as its rule says.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "migrate/foreign.h"
#include "migrate/lines.h"

namespace redial::migrate {

struct Applied {
  Reading& reading;
  Connection& connection;
  SettingId id;
  std::string value;

  void end(Column column, std::string how) const {
    reading.report.end_if_open(id, column, std::move(how));
  }
  /// A value that means nothing: told with its place, and without effect.
  void bad(std::string_view wanted) const;

  phonebook::Entry& entry() const { return connection.entry; }
  phonebook::LineSpec& device() const { return connection.device; }
  ForeignRules& rules() const { return connection.rules; }

  template <class T>
  void tell(Said<T>& into, T what) const {
    into = Told<T>{std::move(what), id};
  }
};

/// Applies one setting; nullptr where nothing is to be done.
using Action = void (*)(const Applied&);

// Actions that several predecessors share.
void set_user(const Applied& a);
void set_password(const Applied& a);
void set_device_path(const Applied& a);
void set_speed(const Applied& a);
void set_dns(const Applied& a);
void set_dial_within(const Applied& a);
/// The access point of a mobile network: a command of the modem's initialisation.
void set_access_point(const Applied& a);
/// A command of the modem's initialisation.
void add_init(const Applied& a);

/// Echoes that find a dead peer later than that find nobody's trouble: watch.dead_peer_bound ends
/// here too.
constexpr Duration kEchoBoundMost = 1h;
/// What lcp-echo-interval and lcp-echo-failure make of watch.*, once both are known.
void set_watch(Report& report, Connection& connection);

/// Whether the commands switch off how a lost carrier or a hang-up is told: &C0, &D0.
bool hides_carrier(std::string_view command);

}  // namespace redial::migrate
