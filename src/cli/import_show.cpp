// SPDX-License-Identifier: Apache-2.0
// What `redial import` says: the account of every setting, and what was written.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/import.h"
#include "migrate/keyfile.h"
#include "migrate/pppd.h"
#include "migrate/ras.h"
#include "migrate/uci.h"
#include "migrate/wvdial.h"
#include "phonebook/text.h"

namespace redial::cli {

using migrate::Column;
using migrate::Setting;
using phonebook::shown;

namespace {

using Json = nlohmann::ordered_json;

constexpr Column kColumns[] = {Column::Kept, Column::Translated, Column::MadeSafer,
                               Column::NotNeeded, Column::Dropped};

std::string counted(size_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string setting_text(const Setting& setting) {
  std::string said = shown(setting.key);
  if (!setting.value.empty() && setting.value != setting.key) said += " = " + shown(setting.value);
  std::string where = shown(setting.file.substr(setting.file.rfind('/') + 1));
  where += fmt::format(":{}", setting.line);
  if (!setting.section.empty()) where += " " + shown(setting.section);
  return fmt::format("    {:<40} {:<28} {}\n", said, where, setting.how);
}

std::string source_text(const ImportedSource& source) {
  const auto counts = source.reading.report.counts();
  std::string out =
      fmt::format("{} ({}): {}, {}, {}\n", shown(source.set.path), migrate::name(source.set.source),
                  counted(source.native.entries.size(), "entry", "entries"),
                  counted(source.native.lines.size(), "line", "lines"),
                  counted(source.reading.report.settings().size(), "setting", "settings"));
  for (const Column column : kColumns) {
    const size_t count = counts[static_cast<size_t>(column)];
    if (count == 0) continue;
    out += fmt::format("  {}: {}\n", migrate::title(column), count);
    for (const Setting& setting : source.reading.report.settings()) {
      if (setting.ended == column) out += setting_text(setting);
    }
  }
  for (const phonebook::Diagnostic& d : source.reading.diagnostics) out += "  " + to_text(d) + "\n";
  for (const phonebook::Entry& entry : source.native.entries) {
    std::string lines;
    for (const std::string& line : entry.lines) lines += (lines.empty() ? "" : ", ") + line;
    out += fmt::format("  entry \"{}\" on line {}\n", shown(entry.name),
                       lines.empty() ? "none" : shown(lines));
  }
  return out;
}

Json setting_json(const Setting& setting) {
  return {{"file", setting.file},       {"line", setting.line},   {"column", setting.column},
          {"section", setting.section}, {"setting", setting.key}, {"value", setting.value},
          {"how", setting.how}};
}

}  // namespace

std::string import_text(const ImportResult& result) {
  std::string out;
  for (const ImportedSource& source : result.sources) out += source_text(source) + "\n";
  for (const std::string& note : result.notes) out += note + "\n";
  const std::string where = result.folder + "/" + std::string(migrate::kImportedFolder);
  if (result.nothing) return out + where + ": nothing is written\n";
  if (!result.changed) return out + where + ": all of it is there already; nothing is changed\n";
  std::string names;
  for (const std::string& name : result.written) names += (names.empty() ? "" : ", ") + name;
  if (names.empty()) names = "files of it that are no longer needed";
  return out + (result.dry_run
                    ? fmt::format("{}: would write {}; nothing is written\n", where, names)
                    : fmt::format("{}: {}\n", where, names));
}

std::string import_json(const ImportResult& result) {
  Json out;
  size_t settings = 0;
  for (const ImportedSource& source : result.sources)
    settings += source.reading.report.settings().size();
  out["source_settings"] = settings;
  for (const Column column : kColumns) {
    Json list = Json::array();
    for (const ImportedSource& source : result.sources) {
      for (const Setting& setting : source.reading.report.settings()) {
        if (setting.ended == column) list.push_back(setting_json(setting));
      }
    }
    out[std::string(migrate::name(column))] = std::move(list);
  }
  out["sources"] = Json::array();
  out["entries"] = Json::array();
  out["lines"] = Json::array();
  out["problems"] = Json::array();
  for (const ImportedSource& source : result.sources) {
    out["sources"].push_back({{"kind", migrate::name(source.set.source)},
                              {"path", source.set.path},
                              {"stem", source.stem},
                              {"settings", source.reading.report.settings().size()}});
    for (const auto& entry : source.native.entries) {
      out["entries"].push_back(
          {{"name", entry.name}, {"lines", entry.lines}, {"source", source.set.path}});
    }
    for (const auto& line : source.native.lines) {
      out["lines"].push_back({{"name", line.name}, {"path", line.path}, {"needs", line.needs}});
    }
    for (const auto& d : source.reading.diagnostics) {
      out["problems"].push_back(
          {{"file", d.file}, {"line", d.line}, {"column", d.column}, {"text", d.text}});
    }
  }
  out["notes"] = result.notes;
  out["folder"] = result.folder + "/" + std::string(migrate::kImportedFolder);
  out["written"] = result.written;
  out["changed"] = result.changed;
  out["nothing"] = result.nothing;
  out["dry_run"] = result.dry_run;
  return out.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

namespace {

std::string table(std::string_view title, const std::vector<migrate::Rule>& rules) {
  std::string out =
      fmt::format("## {}\n\n| your option | here | how, or why |\n|---|---|---|\n", title);
  for (const migrate::Rule& rule : rules) {
    std::string text(rule.text);
    for (size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
      text.insert(at, "\\");
    out += fmt::format("| `{}` | {} | {} |\n", rule.option, migrate::title(rule.column), text);
  }
  return out + "\n";
}

}  // namespace

std::string rules_text(std::string_view source) {
  std::string out;
  const auto add = [&](std::string_view title, const std::vector<migrate::Rule>& rules) {
    if (source == "all" || phonebook::same_word(source, title)) out += table(title, rules);
  };
  add("wvdial", migrate::wvdial_rules());
  add("pppd", migrate::pppd_rules());
  add("NetworkManager", migrate::keyfile_rules());
  add("OpenWrt", migrate::uci_rules());
  add("RAS", migrate::ras_rules());
  return out;
}

}  // namespace redial::cli
