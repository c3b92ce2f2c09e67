// SPDX-License-Identifier: Apache-2.0
// What `redial repair` prints.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/repair.h"
#include "cli/replace_directory.h"
#include "phonebook/text.h"

namespace redial::cli {

using phonebook::shown;
using Json = nlohmann::ordered_json;

namespace {

std::string last_part(const std::string& path) { return path.substr(path.rfind('/') + 1); }

std::string head(const Repaired& repaired) {
  const std::string folder = shown(repaired.directory);
  if (!repaired.done) {
    return fmt::format("{}: this is what a repair would do (KB Q153376); nothing is done\n",
                       folder);
  }
  return fmt::format(
      "{}: repaired (KB Q153376)\n"
      "  the old directory is {}; back: redial repair --undo {}\n"
      "  dial with: redial dial --config {}/redial.toml ENTRY\n",
      folder, shown(old_name(repaired.directory)), folder, folder);
}

void add_lines(const Repaired& repaired, std::string& out) {
  if (repaired.plan.lines.empty()) return;
  out += "\nLines\n";
  for (const migrate::RepairedLine& line : repaired.plan.lines) {
    out += fmt::format("  {:<6}{} at {} bit/s, {}\n", shown(line.spec.name), shown(line.spec.path),
                       line.spec.speed_bps, shown(line.spec.description));
    out += fmt::format("        was {}\n", line.was);
    for (const std::string& correction : line.corrections) {
      out += fmt::format("        corrected: {}\n", correction);
    }
  }
}

void add_steps(const Repaired& repaired, std::string& out) {
  out += "\nThe eleven steps of KB Q153376\n";
  for (const migrate::RepairStep& step :
       migrate::steps_of(repaired.plan, repaired.done, last_part(old_name(repaired.directory)))) {
    out += fmt::format("  {:>2}  {:<34} {:<11} {}\n", step.number, step.article, name(step.state),
                       step.here);
  }
}

std::string call_text(const TestCall& call) {
  switch (call.outcome) {
    case TestCall::Outcome::Carrier:
      return fmt::format("{} for {}: {} after {}; hung up", shown(call.number), shown(call.entry),
                         call.said, to_text(call.took));
    case TestCall::Outcome::NoCarrier:
      return fmt::format("{} for {}: NO CARRIER UP: {}", shown(call.number), shown(call.entry),
                         call.said);
    case TestCall::Outcome::NotOpened: return "NOT OPENED: " + call.said;
    case TestCall::Outcome::NoEntry: return call.said;
  }
  return "";
}

void add_calls(const Repaired& repaired, std::string& out) {
  if (!repaired.done) return;
  out += "\nTest calls\n";
  if (!repaired.called) out += "  none were placed\n";
  for (const TestCall& call : repaired.calls) {
    out += fmt::format("  {:<6}{}\n", shown(call.line), call_text(call));
    for (const std::string& note : call.notes) out += fmt::format("        note: {}\n", note);
  }
}

void add_notes(const Repaired& repaired, std::string& out) {
  const auto& plan = repaired.plan;
  if (plan.notes.empty() && plan.complaints.empty() && repaired.kept.empty()) return;
  out += "\nNeeds a hand\n";
  for (const std::string& note : plan.notes) out += "  " + note + "\n";
  for (const phonebook::Diagnostic& said : plan.complaints) out += "  " + to_text(said) + "\n";
  for (const std::string& name : repaired.kept) {
    out += fmt::format("  what was changed after an earlier repair is kept in {}\n", shown(name));
  }
}

Json lines_json(const Repaired& repaired) {
  Json list = Json::array();
  for (const migrate::RepairedLine& line : repaired.plan.lines) {
    list.push_back({{"name", line.spec.name},
                    {"path", line.spec.path},
                    {"speed_bps", line.spec.speed_bps},
                    {"description", line.spec.description},
                    {"was", line.was},
                    {"corrections", line.corrections}});
  }
  return list;
}

Json calls_json(const Repaired& repaired) {
  Json list = Json::array();
  for (const TestCall& call : repaired.calls) {
    list.push_back({{"line", call.line},
                    {"entry", call.entry},
                    {"number", call.number},
                    {"outcome", name(call.outcome)},
                    {"said", call.said},
                    {"notes", call.notes}});
  }
  return list;
}

}  // namespace

std::string repair_text(const Repaired& repaired) {
  std::string out = head(repaired);
  add_lines(repaired, out);
  add_steps(repaired, out);
  add_calls(repaired, out);
  add_notes(repaired, out);
  return out;
}

std::string repair_json(const Repaired& repaired) {
  const std::string old = old_name(repaired.directory);
  Json steps = Json::array();
  for (const migrate::RepairStep& step :
       migrate::steps_of(repaired.plan, repaired.done, last_part(old))) {
    steps.push_back({{"number", step.number},
                     {"article", step.article},
                     {"state", name(step.state)},
                     {"here", step.here}});
  }
  std::vector<std::string> complaints;
  for (const phonebook::Diagnostic& said : repaired.plan.complaints) {
    complaints.push_back(to_text(said));
  }
  const Json whole = {{"directory", repaired.directory},
                      {"state", repaired.done ? "repaired" : "not repaired"},
                      {"old", old},
                      {"phonebooks", repaired.plan.phonebooks},
                      {"entries", repaired.plan.entries},
                      {"lines", lines_json(repaired)},
                      {"steps", std::move(steps)},
                      {"test_calls", calls_json(repaired)},
                      {"notes", repaired.plan.notes},
                      {"complaints", std::move(complaints)},
                      {"kept", repaired.kept}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int repair_status(const Repaired& repaired) {
  const bool all_carriers = std::ranges::all_of(repaired.calls, [](const TestCall& call) {
    return call.outcome == TestCall::Outcome::Carrier || call.outcome == TestCall::Outcome::NoEntry;
  });
  const bool needs_a_hand = !repaired.plan.notes.empty() || !repaired.plan.complaints.empty();
  return all_carriers && !needs_a_hand ? 0 : 1;
}

}  // namespace redial::cli
