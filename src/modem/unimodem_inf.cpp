// SPDX-License-Identifier: Apache-2.0
// A setup file, from [Manufacturer] to the values that are written for each model. Source: Windows
// Driver Kit, "INF Manufacturer Section", "INF Models Section", "INF DDInstall Section", "INF
// AddReg Directive", "Specifying the Include and Needs".
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <memory>

#include "modem/modem_key.h"
#include "modem/setup_add_reg.h"
#include "modem/setup_inf.h"
#include "modem/unimodem.h"

namespace redial::modem {
namespace {

using chars::lower;
using chars::same_word;
using chars::shown;

constexpr size_t kKeptOctetsMax = 64 << 20;

/// A file with the AddReg sections that were read of it.
struct Loaded {
  Loaded(std::string_view octets, std::string_view name) : inf(octets, name) {}
  SetupInf inf;
  uint32_t number = 0;  // of the Findings
  std::map<std::string, std::vector<AddRegLine>> add_reg;
};

class InfReader {
 public:
  InfReader(std::string_view octets, std::string_view name, const LoadInf& load) : load_(load) {
    files_.push_back(std::make_unique<Loaded>(octets, name));
    files_[0]->number = findings_.file(name);
  }

  InfFile read() {
    if (main().source().readable()) {
      manufacturers();
      if (made_.modems.empty()) other_class();
      if (made_.modems.empty() && findings_.errors() == 0 && main().source().errors() == 0)
        findings_.error({0, {}},
                        "no model is described; nothing can be dialled with it; give a setup file "
                        "of modems, with [Manufacturer]");
    }
    for (const auto& file : files_)
      for (Diagnostic& said : file->inf.source().take()) keep(std::move(said));
    for (Diagnostic& said : findings_.take()) keep(std::move(said));
    sort();
    return std::move(made_);
  }

 private:
  SetupInf& main() { return files_[0]->inf; }
  Findings::At place(const Loaded& file, std::string_view at) {
    return {file.number, const_cast<Loaded&>(file).inf.source().place(at)};
  }
  void keep(Diagnostic said) { made_.diagnostics.push_back(std::move(said)); }
  void sort();
  void other_class();
  void manufacturers();
  void manufacturer(const SetupLine& line);
  void models(const std::string& section, std::string_view decoration);
  void model(const SetupLine& line, std::string_view decoration);
  std::string install_section(const std::string& name, std::string_view decoration);
  const ModemDescription* described(const std::string& section, const SetupLine& model);
  void install(Loaded& file, const std::string& section, size_t depth, ModemKey& into);
  void include(Loaded& from, const SetupField& name, bool needed);
  void need(Loaded& from, const SetupField& section, size_t depth, ModemKey& into);
  void add_reg(Loaded& file, const SetupField& section, ModemKey& into);

  const LoadInf& load_;
  Findings findings_;
  std::vector<std::unique_ptr<Loaded>> files_;  // the first is the one that was asked for
  std::map<std::string, bool> included_;        // lower case -> found
  std::map<std::string, std::optional<ModemDescription>> by_section_;
  std::map<std::string, std::string> section_of_;  // model in lower case -> its install section
  std::vector<std::string> installing_;            // sections, as one needs the other
  InfFile made_;
  size_t work_ = 0;
  size_t kept_ = 0;
  bool full_ = false;
};

void InfReader::sort() {
  const auto order = [&](const Diagnostic& said) {
    const auto file = std::ranges::find_if(
        files_, [&](const auto& one) { return one->inf.source().name() == said.file; });
    return std::tuple(file - files_.begin(), said.line, said.column);
  };
  std::ranges::stable_sort(made_.diagnostics, {}, order);
}

/// Ports, USB, Net: what such a file does not have of a modem is no fault of it.
void InfReader::other_class() {
  for (const SetupLine& line : main().lines("Version")) {
    if (!same_word(line.key, "Class") || line.fields.empty()) continue;
    const std::string& name = line.fields[0].text;
    if (same_word(name, "Modem") || name.empty()) return;
    findings_ = Findings();
    findings_.file(main().source().name());
    findings_.error(place(*files_[0], line.at),
                    fmt::format("this is a setup file of the class {}, not of modems; nothing can "
                                "be dialled with it; give the file whose Class is Modem",
                                shown(name)));
    return;
  }
}

void InfReader::manufacturers() {
  for (const SetupLine& line : main().lines("Manufacturer")) {
    if (full_) return;
    manufacturer(line);
  }
}

/// "%Mfg% = Models, NTx86, NTamd64": the models are in [Models.NTx86], ... and in [Models]. A name
/// alone is that of its models' section too.
void InfReader::manufacturer(const SetupLine& line) {
  if (line.fields.empty() || line.fields[0].text.empty()) return;
  const std::string& section = line.fields[0].text;
  bool any = false;
  for (size_t i = 1; i < line.fields.size(); ++i) {
    const std::string decorated = section + "." + line.fields[i].text;
    any = any || main().has(decorated);
    models(decorated, line.fields[i].text);
  }
  any = any || main().has(section);
  models(section, "");
  if (!any)
    findings_.error(place(*files_[0], line.at),
                    fmt::format("there is no section [{}] with the models of this manufacturer; "
                                "they are left out; add it, or correct the name",
                                shown(section)));
}

void InfReader::models(const std::string& section, std::string_view decoration) {
  for (const SetupLine& line : main().lines(section)) {
    if (full_) return;
    if (line.has_key && !line.fields.empty()) model(line, decoration);
  }
}

/// "%Desc% = Install, hardware-id": the same model for several ids or systems is one.
void InfReader::model(const SetupLine& line, std::string_view decoration) {
  std::string name = line.key;
  if (name.starts_with('%') && name.ends_with('%'))
    findings_.warning(place(*files_[0], line.at),
                      fmt::format("there is no string {} in [Strings]; the model has this for its "
                                  "name; add it",
                                  shown(name)));
  const std::string section = install_section(line.fields[0].text, decoration);
  if (section.empty()) {
    findings_.error(place(*files_[0], line.fields[0].at.empty() ? line.at : line.fields[0].at),
                    fmt::format("{}: there is no section [{}]; the model is left out; add the "
                                "section, or correct its name",
                                shown(name), shown(line.fields[0].text)));
    return;
  }
  if (const auto known = section_of_.find(lower(name)); known != section_of_.end()) {
    // Another system's section of the same model: the first one counts.
    const std::string base = lower(line.fields[0].text);
    if (known->second == base) return;
    name = fmt::format("{} ({})", name, line.fields[0].text);
    if (section_of_.contains(lower(name))) return;
  }
  section_of_.emplace(lower(name), lower(line.fields[0].text));
  const ModemDescription* modem = described(section, line);
  if (modem == nullptr) return;
  kept_ += weight(*modem);
  if (made_.modems.size() >= kUnimodemModelsMax || kept_ > kKeptOctetsMax) {
    full_ = true;
    findings_.error(place(*files_[0], line.at),
                    "more models than are read of one file; this one and the rest are left out; "
                    "split the file");
    return;
  }
  ModemDescription copy = *modem;
  copy.alias_of = copy.name;  // the first model of the same section; none: this is the first
  if (copy.alias_of.empty()) by_section_[lower(section)]->name = name;
  copy.name = std::move(name);
  copy.source =
      fmt::format("{} line {}", main().source().name(), place(*files_[0], line.at).place.line);
  made_.modems.push_back(std::move(copy));
}

/// The section that an NT would take, which looks for its own before the one of Windows 95; empty
/// when there is none. A model of a decorated section is one for that system.
std::string InfReader::install_section(const std::string& name, std::string_view decoration) {
  std::vector<std::string> systems = {"ntx86", "ntamd64", "ntarm64", "ntarm", "ntia64", "nt"};
  if (!decoration.empty())
    systems.insert(systems.begin(), lower(decoration.substr(0, decoration.find('.'))));
  for (const std::string& system : systems) {
    std::string whole = fmt::format("{}.{}", name, system);
    if (main().has(whole)) return whole;
  }
  return main().has(name) ? name : std::string();
}

const ModemDescription* InfReader::described(const std::string& section, const SetupLine& model) {
  const auto [found, added] = by_section_.try_emplace(lower(section));
  if (added) {
    ModemKey key;
    install(*files_[0], section, 0, key);
    if (full_) return nullptr;
    found->second = describe(key, "", "", place(*files_[0], model.at), findings_);
  }
  return found->second ? &*found->second : nullptr;
}

/// What the section needs comes first, so that its own values take the place of those.
void InfReader::install(Loaded& file, const std::string& section, size_t depth, ModemKey& into) {
  const std::string named = fmt::format("{}/{}", file.number, lower(section));
  if (std::ranges::find(installing_, named) != installing_.end() || full_) return;
  installing_.push_back(named);
  const std::vector<SetupLine>& lines = file.inf.lines(section);
  const auto each = [&](std::string_view key, const auto& act) {
    for (const SetupLine& line : lines) {
      if (!line.has_key || !same_word(line.key, key)) continue;
      for (const SetupField& field : line.fields)
        if (!field.text.empty()) act(field);
    }
  };
  const bool needs = std::ranges::any_of(
      lines, [](const SetupLine& line) { return line.has_key && same_word(line.key, "Needs"); });
  each("Include", [&](const SetupField& field) { include(file, field, needs); });
  each("Needs", [&](const SetupField& field) { need(file, field, depth + 1, into); });
  each("AddReg", [&](const SetupField& field) { add_reg(file, field, into); });
  installing_.pop_back();
}

/// Without Needs only the system's own copying of drivers would look into it.
void InfReader::include(Loaded& from, const SetupField& name, bool needed) {
  const std::string named = lower(name.text);
  const auto [known, added] = included_.try_emplace(named, false);
  if (!added || same_word(name.text, main().source().name())) return;
  if (files_.size() > kIncludedMax) {
    findings_.warning(place(from, name.at),
                      fmt::format("more than {} files are included; {} is left out; include fewer",
                                  kIncludedMax, shown(name.text)));
    return;
  }
  const bool plain = name.text.find_first_of("/\\:") == std::string::npos;
  const Result<std::string> octets =
      load_ && plain ? load_(name.text) : Result<std::string>(fail(ErrorKind::NotFound, ""));
  if (!octets && !needed) return;
  if (!octets) {
    findings_.warning(place(from, name.at),
                      fmt::format("{}, which is included, is not at hand; what is needed of it is "
                                  "missing; put it beside this file",
                                  shown(name.text)));
    return;
  }
  known->second = true;
  files_.push_back(std::make_unique<Loaded>(*octets, name.text));
  files_.back()->number = findings_.file(name.text);
}

/// A section of this file or of one that is included, by its exact name.
void InfReader::need(Loaded& from, const SetupField& section, size_t depth, ModemKey& into) {
  if (depth > kNeedsDepthMax) {
    findings_.warning(place(from, section.at),
                      fmt::format("sections need sections more than {} deep; [{}] is left out; "
                                  "name its AddReg sections directly",
                                  kNeedsDepthMax, shown(section.text)));
    return;
  }
  for (const auto& file : files_) {
    if (!file->inf.has(section.text)) continue;
    return install(*file, section.text, depth, into);
  }
  const bool missing = std::ranges::any_of(included_, [](const auto& one) { return !one.second; });
  if (missing) return;  // it is in the file that is not at hand, and that has been said
  findings_.warning(place(from, section.at),
                    fmt::format("there is no section [{}], which is needed, in this file or those "
                                "it includes; its values are missing; correct the name",
                                shown(section.text)));
}

void InfReader::add_reg(Loaded& file, const SetupField& section, ModemKey& into) {
  if (!file.inf.has(section.text)) {
    findings_.warning(place(file, section.at),
                      fmt::format("there is no section [{}]; its values are missing; add it, or "
                                  "correct the name",
                                  shown(section.text)));
    return;
  }
  const auto [found, added] = file.add_reg.try_emplace(lower(section.text));
  if (added) found->second = read_add_reg(file.inf, section.text, file.number, findings_);
  work_ += found->second.size();
  if (work_ > kSetupWorkMax) {
    if (!std::exchange(full_, true))
      findings_.error(place(file, section.at),
                      fmt::format("the models write more than {} values; this one and the rest are "
                                  "left out; split the file",
                                  kSetupWorkMax));
    return;
  }
  for (const AddRegLine& line : found->second) line.carry_out(into);
}

}  // namespace

InfFile read_unimodem_inf(std::string_view octets, std::string_view file_name,
                          const LoadInf& load) {
  return InfReader(octets, file_name, load).read();
}

}  // namespace redial::modem
