// SPDX-License-Identifier: Apache-2.0
// What `redial doctor` prints.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/columns.h"
#include "cli/doctor.h"
#include "migrate/doctor_rules.h"
#include "phonebook/text.h"

namespace redial::cli {

using migrate::Diagnosis;
using migrate::DoctorRow;
using migrate::DoctorRule;
using migrate::Health;
using phonebook::shown;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::array<size_t, 5> kWidths = {1, 15, 26, 26, 22};
constexpr size_t kTextWidth = 92;

std::string mark(Health health) {
  switch (health) {
    case Health::Good: return "";
    case Health::Limit: return "~";
    case Health::Finding: return "!";
  }
  return "";
}

std::string indented(const std::string& first, const std::string& text) {
  std::string out;
  for (const std::string& line : broken(text, kTextWidth - first.size())) {
    out += (out.empty() ? first : std::string(first.size(), ' ')) + line + "\n";
  }
  return out;
}

std::string cited(const std::vector<std::string_view>& why) {
  return why.empty() ? "" : fmt::format("why: {}", fmt::join(why, ", "));
}

void add_table(const Diagnosis& diagnosis, bool why, std::string& out) {
  if (diagnosis.rows.empty()) return;
  out += columns(
      kWidths, std::array<std::string, 5>{"", "failure", "noticed", "redialled", "should change"});
  for (const DoctorRow& row : diagnosis.rows) {
    out += columns(kWidths,
                   std::array<std::string, 5>{mark(row.health), std::string(title(row.trouble)),
                                              text(row.noticed), text(row.redialled), row.change});
    if (why && !row.why.empty()) out += indented("     ", cited(row.why));
  }
}

void add_connection(const Diagnosis& diagnosis, bool why, std::string& out) {
  out += fmt::format("{} \"{}\"  ({})\n", diagnosis.source, shown(diagnosis.name), diagnosis.where);
  for (const migrate::NamedFinding& finding : diagnosis.named) {
    out += indented("!  ", finding.text);
    if (why && !finding.why.empty()) out += indented("     ", cited(finding.why));
  }
  add_table(diagnosis, why, out);
  out += "\n";
}

/// The rules that were cited, in the table's order.
std::vector<const DoctorRule*> cited_rules(const Examined& examined) {
  std::set<std::string_view> ids;
  for (const Diagnosis& diagnosis : examined.connections) {
    for (const auto& finding : diagnosis.named) ids.insert(finding.why.begin(), finding.why.end());
    for (const DoctorRow& row : diagnosis.rows) ids.insert(row.why.begin(), row.why.end());
  }
  std::vector<const DoctorRule*> rules;
  for (const DoctorRule& rule : migrate::doctor_rules()) {
    if (ids.contains(rule.id)) rules.push_back(&rule);
  }
  return rules;
}

size_t findings(const Diagnosis& diagnosis) {
  return diagnosis.named.size() + static_cast<size_t>(std::ranges::count(
                                      diagnosis.rows, Health::Finding, &DoctorRow::health));
}

std::string counted(size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string summary(const Examined& examined) {
  const size_t count = examined.connections.size();
  if (count == 0) {
    return examined.by_name ? "no connection is in it\n"
                            : "no connection was found on this machine, neither of ours nor of "
                              "wvdial, pppd, NetworkManager or OpenWrt; name a file\n";
  }
  size_t found = 0, healthy = 0, limits = 0;
  bool foreign = false;
  for (const Diagnosis& diagnosis : examined.connections) {
    found += findings(diagnosis);
    healthy += diagnosis.healthy() ? 1 : 0;
    limits +=
        static_cast<size_t>(std::ranges::count(diagnosis.rows, Health::Limit, &DoctorRow::health));
    foreign |= diagnosis.source != "Redial";
  }
  std::string out = fmt::format("{}, {} healthy; {}", counted(count, "connection"), healthy,
                                counted(found, "finding"));
  if (found > 0) out += " (!)";
  if (limits > 0)
    out += fmt::format("; {} that nothing there can change (~)", counted(limits, "limit"));
  out += "\n";
  if (foreign) out += "redial doctor --why: the rule behind each row, and where it is from\n";
  return out;
}

Json rows_json(const Diagnosis& diagnosis) {
  Json rows = Json::array();
  for (const DoctorRow& row : diagnosis.rows) {
    rows.push_back({{"failure", name(row.trouble)},
                    {"health", name(row.health)},
                    {"noticed", row.noticed.yes},
                    {"within", row.noticed.within},
                    {"by", row.noticed.by},
                    {"redialled", row.redialled.yes},
                    {"until", row.redialled.until},
                    {"change", row.change},
                    {"why", row.why}});
  }
  return rows;
}

Json connection_json(const Diagnosis& diagnosis) {
  Json named = Json::array();
  for (const auto& finding : diagnosis.named) {
    named.push_back({{"text", finding.text}, {"why", finding.why}});
  }
  return {{"source", diagnosis.source},   {"name", diagnosis.name},
          {"where", diagnosis.where},     {"healthy", diagnosis.healthy()},
          {"findings", std::move(named)}, {"rows", rows_json(diagnosis)}};
}

}  // namespace

std::string doctor_text(const Examined& examined, bool why) {
  std::string out;
  for (const Diagnosis& diagnosis : examined.connections) add_connection(diagnosis, why, out);
  if (why) {
    const auto rules = cited_rules(examined);
    if (!rules.empty()) out += "The rules (F1 to F14: docs/failures.md)\n";
    for (const DoctorRule* rule : rules) {
      out += fmt::format("  {} ({})\n", rule->id, rule->failure);
      out += indented("    ", std::string(rule->fact));
      out += indented("    from ", std::string(rule->source));
    }
    if (!rules.empty()) out += "\n";
  }
  return out + summary(examined);
}

std::string doctor_json(const Examined& examined) {
  Json connections = Json::array();
  for (const Diagnosis& diagnosis : examined.connections) {
    connections.push_back(connection_json(diagnosis));
  }
  Json rules = Json::array();
  for (const DoctorRule* rule : cited_rules(examined)) {
    rules.push_back({{"id", rule->id},
                     {"fact", rule->fact},
                     {"failure", rule->failure},
                     {"source", rule->source}});
  }
  Json unreadable = Json::array();
  for (const Error& error : examined.unreadable) unreadable.push_back(error.text);
  const Json whole = {{"status", doctor_status(examined)}, {"connections", std::move(connections)},
                      {"rules", std::move(rules)},         {"looked_at", examined.looked_at},
                      {"complaints", examined.complaints}, {"unreadable", std::move(unreadable)}};
  return whole.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace redial::cli
