// SPDX-License-Identifier: Apache-2.0
// `redial repair`: what KB Q153376 asks for in eleven steps, as a plan. A RAS directory that an
// upgrade left on MODEM.INF bindings becomes one in which every device is a monitored line; the
// phonebooks are taken over byte for byte. Pure: octets in, octets out.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "migrate/foreign.h"
#include "phonebook/lines.h"
#include "phonebook/phonebook.h"

namespace redial::migrate {

struct RepairWishes {
  std::map<std::string, std::string> paths;  // what a port is here: "COM1" -> "/dev/ttyUSB0"
};

/// A port of NT's that is a line of ours from now on.
struct RepairedLine {
  phonebook::LineSpec spec;
  std::string device;                    // as NT called it; empty: not told
  std::string was;                       // "bound to MODEM.INF by SERIAL.INI line 2"
  std::vector<std::string> corrections;  // so that it is watched; empty: it was already
};

struct RepairPlan {
  std::vector<RepairedLine> lines;
  std::vector<std::string> phonebooks;            // names, as they are
  std::vector<std::string> carried_over;          // other settings' files, unchanged
  std::string config;                             // redial.toml
  size_t entries = 0;                             // that can be dialled
  std::vector<std::string> notes;                 // what could not be bound, and what to do
  std::vector<phonebook::Diagnostic> complaints;  // about the phonebooks and redial.toml
};

constexpr std::string_view kConfigFile = "redial.toml";

/// `files`: those of the directory itself, not of folders in it, by their names. Errors: NotFound,
/// when nothing shows that this is a RAS directory, or a port of the wishes is not in it; Refused,
/// when it has a redial.toml already; BadFile, when a file cannot be read as what it is.
Result<RepairPlan> plan_repair(const std::vector<SourceFile>& files, const RepairWishes& wishes);

/// One of the article's steps, and what has become of it.
struct RepairStep {
  enum class State : uint8_t { Done, NotNeeded, ToDo };
  int number = 0;
  std::string_view article;  // what it asks for
  State state = State::NotNeeded;
  std::string here;  // what that is here
};
constexpr int kRepairSteps = 11;
/// `done`: false before the directory was replaced (--dry-run). `old_name`: "Ras.old".
std::array<RepairStep, kRepairSteps> steps_of(const RepairPlan& plan, bool done,
                                              std::string_view old_name);
std::string_view name(RepairStep::State state);  // "done", "not needed", "to do"

}  // namespace redial::migrate
