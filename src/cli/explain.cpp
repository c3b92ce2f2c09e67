// SPDX-License-Identifier: Apache-2.0
#include "cli/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/dial_tun.h"
#include "cli/number.h"
#include "cli/redial_rules.h"
#include "connection/policy.h"
#include "phonebook/text.h"

namespace redial::cli {

using connection::Action;
using connection::PauseReason;
using phonebook::Entry;
using phonebook::shown;
using Json = nlohmann::ordered_json;

namespace {

constexpr Phase kBeforeUp[] = {Phase::Opening,      Phase::Preparing,      Phase::Dialing,
                               Phase::Establishing, Phase::Authenticating, Phase::Registering};

/// The action, or, where the phases differ, each with its phases.
std::string before_up(CauseCode cause) {
  std::string all;
  std::string_view last;
  for (const Phase phase : kBeforeUp) {
    const std::string_view action = name(connection::action_for(cause, phase));
    if (action == last) continue;
    all += all.empty() ? std::string(action) : fmt::format(", {} from {}", action, name(phase));
    last = action;
  }
  return all;
}

std::string wanted(const Entry& entry) {
  std::string out;
  for (const phonebook::Number& number : entry.numbers) {
    out += (out.empty() ? "dial " : ", then ") + shown(number.digits);
  }
  if (out.empty()) out = "connect";
  if (!entry.user.empty()) out += " as " + shown(entry.user);
  return out;
}

std::string_view word(phonebook::LineKind kind) {
  switch (kind) {
    case phonebook::LineKind::Modem: return "modem";
    case phonebook::LineKind::Direct: return "direct";
    case phonebook::LineKind::Tcp: return "tcp";
  }
  return "";
}

std::string line_text(const engine::BoundLine& line) {
  std::string out = fmt::format("{}: {} at {}", shown(line.spec.name), word(line.spec.kind),
                                shown(line.spec.path));
  if (!line.description) return out;
  const modem::ModemDescription& modem = line.description->description;
  return out + fmt::format(", {} ({})", shown(modem.name), shown(modem.source));
}

/// What the bounds are computed with; a modem of the built-in description where none is bound.
struct Basis {
  ppp::SessionConfig session;
  connection::LineTraits line;
};
Result<Basis> basis_of(const Explained& what) {
  auto session = engine::session_of(what.entry, nullptr);
  if (!session) return tl::make_unexpected(std::move(session).error());
  Basis basis{*std::move(session), engine::traits_of(what.lines)};
  if (what.lines.empty()) {
    const phonebook::LineSpec any{.name = "a modem line"};
    const auto description = engine::describe_line(any, what.entry, nullptr);
    if (description) basis.line = engine::traits_of(any, description->get());
  }
  return basis;
}

void add_numbers(const Explained& what, std::string& out) {
  if (what.numbers.empty()) return;
  out +=
      fmt::format("\nNumbers{}\n", what.from.empty() ? "" : ", dialled from " + shown(what.from));
  for (size_t i = 0; i < what.numbers.size(); ++i) {
    const telephony::Translation& number = what.numbers[i];
    out += fmt::format("  {}: {}  ({})\n", shown(what.entry.numbers[i].digits),
                       dialled_text(number), name(number.reach));
    for (const std::string& note : number.notes) out += fmt::format("    note: {}\n", note);
  }
}

Json numbers_json(const Explained& what) {
  Json numbers = Json::array();
  for (size_t i = 0; i < what.numbers.size(); ++i) {
    const telephony::Translation& number = what.numbers[i];
    numbers.push_back({{"number", what.entry.numbers[i].digits},
                       {"dialled", dialled_text(number)},
                       {"reach", name(number.reach)},
                       {"notes", number.notes}});
  }
  return numbers;
}

void add_lines(const Explained& what, std::string& out) {
  out += "\nLines\n";
  if (what.lines.empty()) {
    out += fmt::format(
        "  none: {}\n  the bounds below are those of a modem with the built-in "
        "description\n",
        what.unbound);
  }
  for (const engine::BoundLine& line : what.lines) {
    out += "  " + line_text(line) + "\n";
    if (!line.description) continue;
    for (const std::string& correction : line.description->corrections) {
      out += "    corrected: " + correction + "\n";
    }
  }
}

void add_script(const Explained& what, std::string& out) {
  const auto add = [&](std::string_view when, const std::shared_ptr<const modem::Script>& script) {
    if (!script) return;
    out += fmt::format("\n{}\n  script {}, at most {}\n", when, shown(script->name),
                       to_text(script->within));
    out += to_text(*script);
  };
  add("Before the number is dialled", what.scripts.before);
  add("Before PPP", what.scripts.script);
}

/// The rungs of the line's recovery ladder, in the order in which they are climbed.
std::vector<connection::Rung> rungs_of(const engine::BoundLine& line) {
  const connection::LadderTraits traits = engine::config_of(line).recovery.traits;
  std::vector<connection::Rung> rungs;
  for (const connection::RungRule& rule : connection::ladder()) {
    if (connection::has(traits, rule.rung)) rungs.push_back(rule.rung);
  }
  return rungs;
}

void add_recovery(const Explained& what, std::string& out) {
  for (const engine::BoundLine& line : what.lines) {
    out += fmt::format(
        "\nIf the device of {} does not answer: one rung further with each failed call\n",
        shown(line.spec.name));
    int number = 0;
    for (const connection::Rung rung : rungs_of(line)) {
      out += fmt::format("  {}. {}\n", ++number, connection::rule_of(rung).text);
    }
    if (line.spec.power_cycle.empty()) {
      out +=
          "  no power_cycle command is set for it in redial.toml: a modem that only that would "
          "cure stays down\n";
    }
  }
}

void add_system_changes(const Explained& what, std::string& out) {
  out += "\nWhat it changes in the system\n";
  for (const std::string& change : system_changes(what.entry)) out += "  " + change + "\n";
}

void add_detection(const Explained& what, const Basis& basis, std::string& out) {
  out += "\nHow soon a failure is noticed\n";
  for (const connection::WatchedBy& row :
       connection::detection(what.entry, basis.session, basis.line)) {
    out +=
        fmt::format("  {:<50}{:>14}  {}\n", text(row.failure), "<= " + to_text(row.bound), row.by);
  }
}

std::vector<Rule> rules_of(const Explained& what) {
  const bool modem = what.lines.empty() || std::ranges::any_of(what.lines, [](const auto& line) {
                       return line.description != nullptr;
                     });
  return redial_rules(what.entry, modem, what.lines.size());
}

/// What the bound does not hold without.
std::string provided(const Entry& entry) {
  std::string out;
  if (!entry.windows.empty() || entry.budget.any()) out += ", within hours and budget";
  if (!entry.prerequisite.empty()) out += ", once " + shown(entry.prerequisite) + " is up";
  return out;
}

void add_schedule(const Explained& what, const Basis& basis, std::string& out) {
  out += "\nWhat happens next, and when\n";
  for (const Rule& rule : rules_of(what)) out += fmt::format("  {:<14}{}\n", rule.name, rule.text);
  const auto restored = [&](PauseReason reason) {
    return to_text(connection::restore_bound(what.entry, basis.session, basis.line, reason));
  };
  out += fmt::format(
      "\nUp again, if network and peer work from then on{}, at the latest\n"
      "  {} after the death of a good link, {} after a first failed attempt\n",
      provided(what.entry), restored(PauseReason::LinkFailure),
      restored(what.entry.redial.pause ? PauseReason::PhonebookPause : PauseReason::BackOff));
}

void add_policy(std::string& out) {
  out += "\nThe policy table: what follows each cause, by the phase in which it strikes\n";
  out += fmt::format("  {:<20}{:>5}  {:<12}{:<12}{:<10}{:<10}{}\n", "cause", "RAS", "before up",
                     "up", "closing", "no call", "meaning");
  for (const PolicyRow& row : policy_rows()) {
    out += fmt::format("  {:<20}{:>5}  {:<12}{:<12}{:<10}{:<10}{}\n", name(row.cause),
                       number(ras_error(row.cause)), row.before_up, row.up, row.closing, row.idle,
                       text(row.cause));
  }
}

Json milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

Json lines_json(const Explained& what) {
  Json lines = Json::array();
  for (const engine::BoundLine& line : what.lines) {
    Json made = {{"name", line.spec.name},
                 {"kind", word(line.spec.kind)},
                 {"path", line.spec.path},
                 {"description",
                  line.description ? Json(line.description->description.name) : Json(nullptr)},
                 {"corrections", Json::array()}};
    if (line.description) made["corrections"] = line.description->corrections;
    for (const connection::Rung rung : rungs_of(line)) made["recovery"].push_back(name(rung));
    lines.push_back(std::move(made));
  }
  return lines;
}

Json policy_json() {
  Json rows = Json::array();
  for (size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<CauseCode>(i);
    Json actions = Json::object();
    for (size_t phase = 0; phase < kPhases; ++phase) {
      const auto at = static_cast<Phase>(phase);
      actions[std::string(name(at))] = name(connection::action_for(cause, at));
    }
    rows.push_back({{"cause", name(cause)},
                    {"ras_error", number(ras_error(cause))},
                    {"meaning", text(cause)},
                    {"actions", std::move(actions)}});
  }
  return rows;
}

/// Who calls whom, when the entry wants to be called back; empty: it does not.
std::string callback_of(const phonebook::Entry& entry) {
  if (entry.callback_mode == 0) return {};
  const bool required = entry.callback_mode == 2;
  return fmt::format(
      "{}; the server calls {}, and its call is waited for {} beyond the time that it tells",
      required ? "required" : "asked for, and the call goes on without",
      entry.callback_number.empty() ? "the number that it knows" : shown(entry.callback_number),
      to_text(connection::kCallbackMargin));
}

}  // namespace

std::vector<PolicyRow> policy_rows() {
  std::vector<PolicyRow> rows;
  for (size_t i = 0; i < kCauses; ++i) {
    const auto cause = static_cast<CauseCode>(i);
    const auto cell = [cause](Phase phase) {
      return std::string(name(connection::action_for(cause, phase)));
    };
    rows.push_back(
        {cause, cell(Phase::Waiting), before_up(cause), cell(Phase::Up), cell(Phase::Closing)});
  }
  return rows;
}

std::string explanation(const Explained& what) {
  std::string out = fmt::format("{}  ({})\n", shown(what.entry.name), shown(what.entry.source));
  out += "  wanted: " + wanted(what.entry) + "\n";
  for (const std::string& demand : what.refused) out += "  refused: " + demand + "\n";
  for (const std::string& less : what.reduced) out += "  note: " + less + "\n";
  if (const std::string text = callback_of(what.entry); !text.empty()) {
    out += "  callback: " + text + "\n";
  }
  add_numbers(what, out);
  add_lines(what, out);
  add_script(what, out);
  add_system_changes(what, out);
  if (const auto basis = basis_of(what)) {
    add_detection(what, *basis, out);
    add_recovery(what, out);
    add_schedule(what, *basis, out);
  }
  add_policy(out);
  return out;
}

std::string explanation_json(const Explained& what) {
  Json out = {
      {"entry", what.entry.name},
      {"source", what.entry.source},
      {"wanted", wanted(what.entry)},
      {"refused", what.refused},
      {"reduced", what.reduced},
      {"from", what.from.empty() ? Json(nullptr) : Json(what.from)},
      {"numbers", numbers_json(what)},
      {"script", what.scripts.script ? Json(what.scripts.script->name) : Json(nullptr)},
      {"script_before", what.scripts.before ? Json(what.scripts.before->name) : Json(nullptr)},
      {"lines", lines_json(what)},
      {"system_changes", system_changes(what.entry)}};
  if (what.entry.callback_mode != 0) out["callback"] = callback_of(what.entry);
  if (const auto basis = basis_of(what)) {
    Json detection = Json::array();
    for (const connection::WatchedBy& row :
         connection::detection(what.entry, basis->session, basis->line)) {
      detection.push_back({{"failure", name(row.failure)},
                           {"text", text(row.failure)},
                           {"noticed_by", row.by},
                           {"bound_ms", milliseconds(row.bound)}});
    }
    out["detection"] = std::move(detection);
    Json schedule = Json::object();
    for (const Rule& rule : rules_of(what)) schedule[std::string(rule.name)] = rule.text;
    out["schedule"] = std::move(schedule);
    out["restored_ms"] = milliseconds(connection::restore_bound(
        what.entry, basis->session, basis->line, PauseReason::LinkFailure));
  }
  out["policy"] = policy_json();
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

int explain(const Sources& sources, const std::string& entry, const std::string& from, bool json) {
  const auto workspace = load_workspace(sources);
  if (!workspace) return complain(workspace.error());
  auto found = find_entry(*workspace, entry);
  if (!found) return complain(found.error());
  if (!from.empty()) found->location = from;
  const auto place = find_location(*workspace, found->location);
  if (!place) return complain(place.error());
  auto scripts = entry_script(*workspace, *found);
  if (!scripts) return complain(scripts.error());
  for (const std::string& warning : warnings_for(*workspace, entry)) {
    fmt::print(stderr, "{}\n", warning);
  }
  Explained what{.entry = *found,
                 .lines = {},
                 .unbound = {},
                 .refused = phonebook::unsupported(*found),
                 .reduced = phonebook::reduced(*found),
                 .from = *place ? (*place)->name : std::string(),
                 .scripts = *std::move(scripts)};
  if (auto numbers = numbers_to_show(*workspace, *found)) {
    what.numbers = *std::move(numbers);
  } else {
    what.refused.push_back(numbers.error().text);
  }
  if (auto lines = bind(*workspace, *found)) {
    what.lines = *std::move(lines);
  } else if (lines.error().kind == ErrorKind::NotFound && workspace->lines.empty()) {
    what.unbound = lines.error().text;
  } else {
    return complain(lines.error());
  }
  fmt::print("{}", json ? explanation_json(what) : explanation(what));
  return what.refused.empty() ? 0 : static_cast<int>(ErrorKind::Unsupported);
}

}  // namespace redial::cli
