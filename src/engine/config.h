// SPDX-License-Identifier: Apache-2.0
// What an engine is told of its lines, its links and its answering ports; see plan.h for where it
// comes from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/secret.h"
#include "engine/recovery.h"
#include "modem/before_ppp.h"
#include "modem/description.h"
#include "phonebook/entry.h"
#include "ppp/session.h"
#include "wire/path_probe.h"

namespace redial::engine {

/// One line device, however it is opened.
struct LineConfig {
  std::string name;
  std::shared_ptr<const modem::CompiledDescription> description;  // null: a direct line, no modem
  /// The same for a line that turns out to have no DTR; null: that cannot be.
  std::shared_ptr<const modem::CompiledDescription> without_circuits{};
  LineRecovery recovery{};
  bool greeting = false;  // direct: a Windows null modem wants its word first (KB Q122318)
};

/// A line's two descriptions; see LineConfig.
struct DescriptionPair {
  std::shared_ptr<const modem::CompiledDescription> with_circuits, without_circuits;
};

/// What a modem is given for a number, by the dialling rules.
struct DialledNumber {
  Secret digits;
  bool covered = false;  // a calling card's number or PIN is in it: told to nobody
};

/// One wanted connection, shared by nothing: strings live here once per entry.
struct DialPlan {
  phonebook::Entry entry;
  ppp::SessionConfig session;
  std::vector<LineId> lines;             // in order of preference
  std::vector<DialledNumber> dialled{};  // for each of the entry's; empty: as they are written
  std::shared_ptr<const modem::BeforePppConfig> before_ppp;  // null: no script, nothing answered
  std::vector<wire::ProbeTarget> path_targets{};             // of the entry's watch.path
  Duration attempt_bound = 5min;
};

/// One answering port.
struct AnswerPlan {
  std::string name;
  ppp::SessionConfig session;
  LineId line{};
  uint32_t give_peer = 0;  // the caller's address, IPv4 in host byte order
};

/// PrerequisiteEntry: `first` must be up before `link` is dialled.
struct Dependence {
  LinkId link, first;
};

}  // namespace redial::engine
