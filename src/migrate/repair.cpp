// SPDX-License-Identifier: Apache-2.0
#include "migrate/repair.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/ras_directory.h"
#include "modem/inf.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"
#include "phonebook/toml_tree.h"

namespace redial::migrate {

using phonebook::Diagnostic;
using phonebook::LineSpec;
using phonebook::same_word;
using phonebook::shown;
using phonebook::toml_quoted;

namespace {

constexpr uint32_t kSpeedBps = 115200;

class Planner {
 public:
  Planner(const std::vector<SourceFile>& files, const RepairWishes& wishes)
      : files_(files), wishes_(wishes) {}

  Result<RepairPlan> plan() {
    if (auto ok = sort_files(); !ok) return tl::make_unexpected(std::move(ok).error());
    Reading reading;
    directory_ = read_ras_directory(read_, reading);
    if (auto ok = judge(std::move(reading.diagnostics)); !ok) {
      return tl::make_unexpected(std::move(ok).error());
    }
    const std::vector<RasPort>& ports = directory_.ports.all();
    for (const RasPort& port : ports) bind(port);
    for (const auto& [port, path] : wishes_.paths) {
      if (directory_.ports.find(port) != nullptr) continue;
      return fail(ErrorKind::NotFound,
                  fmt::format("--port {}={}: no port of that name is in the directory; nothing is "
                              "done; there {}",
                              shown(port), shown(path), names_of(ports)));
    }
    if (plan_.lines.empty()) {
      plan_.notes.push_back(
          "no port with a modem was found: declare lines in redial.toml yourself, [[line]] with "
          "name, kind and path");
    }
    write_config();
    check();
    return std::move(plan_);
  }

 private:
  std::vector<Diagnostic>& complaints() { return plan_.complaints; }

  Result<void> sort_files() {
    bool known = false;
    for (const SourceFile& file : files_) {
      if (same_word(file.path, kConfigFile)) {
        return fail(ErrorKind::Refused,
                    "redial.toml: is in the directory already, and this would replace it; nothing "
                    "is done; move it away, or work with it");
      }
      const RasFileKind kind = ras_file_kind(file);
      // A copy under another name is carried over, and read by nobody.
      const bool copy = kind == RasFileKind::Phonebook && !is_named_ras_file(file.path);
      const bool book = kind == RasFileKind::Phonebook && !copy;
      if (!copy) read_.push_back(file);
      known = known || book || kind == RasFileKind::SerialIni || kind == RasFileKind::ModemInf;
      (book ? plan_.phonebooks : plan_.carried_over).push_back(file.path);
    }
    if (known) return {};
    return fail(ErrorKind::NotFound,
                "no phonebook (.pbk), SERIAL.INI or MODEM.INF is in it; nothing is done; name the "
                "directory that was System32\\Ras");
  }

  /// What of the phonebooks is wrong is told when they are read again; of MODEM.INF, by `redial
  /// modem check`: its sections are not changed, and most of them are of no line.
  Result<void> judge(std::vector<Diagnostic> said) {
    for (Diagnostic& each : said) {
      if (each.severity == Diagnostic::Severity::Error) {
        each.text += "; nothing is done";
        return fail(ErrorKind::BadFile, to_text(each));
      }
      const bool elsewhere =
          (directory_.modem_inf != nullptr && directory_.modem_inf->path == each.file) ||
          std::ranges::find(plan_.phonebooks, each.file) != plan_.phonebooks.end();
      if (!elsewhere) phonebook::report(complaints(), std::move(each));
    }
    return {};
  }

  static std::string names_of(const std::vector<RasPort>& ports) {
    std::string names;
    for (size_t i = 0; i < ports.size() && i < 8; ++i) names += ", " + shown(ports[i].name);
    return names.empty() ? "is none" : "are" + names.substr(1);
  }

  const std::string* wish_for(const RasPort& port) const {
    for (const auto& [name, path] : wishes_.paths) {
      if (same_word(name, port.name)) return &path;
    }
    return nullptr;
  }

  void bind(const RasPort& port) {
    if (!is_serial(port)) {
      plan_.notes.push_back(
          fmt::format("{} ({}): no line is made of it: it is reached by {}, not "
                      "by a modem",
                      shown(port.name), port.where,
                      shown(port.device_kind.empty() ? port.media : port.device_kind)));
      return;
    }
    const std::string* wish = wish_for(port);
    if (!has_modem(port) && wish == nullptr) return;  // a COM port that nobody ever dialled on
    RepairedLine line;
    line.device = port.device;
    line.spec.name = port.name;
    line.spec.path = wish != nullptr ? *wish : device_of_port(port.name, port.driver);
    line.spec.speed_bps = port.initial_bps != 0 ? port.initial_bps : kSpeedBps;
    if (line.spec.path.empty()) {
      plan_.notes.push_back(
          fmt::format("{0} ({1}): which device that is here cannot be known; no "
                      "line is made of it; say it: --port \"{0}\"=/dev/ttyUSB0",
                      shown(port.name), port.where));
      return;
    }
    describe(port, line);
    plan_.lines.push_back(std::move(line));
  }

  /// A section of MODEM.INF is a description like any other here, and so is a modem's key in the
  /// registry; without one the built-in serves.
  void describe(const RasPort& port, RepairedLine& line) {
    line.was = fmt::format(
        "{} by {}", port.device.empty() ? "bound to no modem" : "bound to " + shown(port.device),
        port.where);
    const RasModem* modem = modem_of(directory_, &port, port.device);
    line.spec.description =
        modem == nullptr ? "builtin:hayes" : modem->file->path + ":" + modem->modem.name;
    if (modem != nullptr && !modem->in_registry && !port.by_tapi) {
      line.was += ": by MODEM.INF, so nobody watched an established link";
    }
    const auto compiled = modem::compile(modem == nullptr ? modem::hayes() : modem->modem, {});
    if (compiled) line.corrections = compiled->corrections;
  }

  void write_config() {
    std::string& out = plan_.config;
    out =
        "# Made by redial repair: the ports of this directory as lines, every one of them "
        "watched.\n"
        "# Yours from now on: it is never written again. Every key: docs/configuration.md.\n";
    std::string books;
    for (const std::string& name : plan_.phonebooks) {
      books += (books.empty() ? "" : ", ") + toml_quoted(name);
    }
    out += fmt::format("phonebooks = [{}]\n", books);
    for (const RepairedLine& line : plan_.lines) {
      out += fmt::format("\n[[line]]  # {}\nname = {}\nkind = \"modem\"\npath = {}\n", line.was,
                         toml_quoted(line.spec.name), toml_quoted(line.spec.path));
      out += fmt::format("description = {}\nspeed = {}\n", toml_quoted(line.spec.description),
                         line.spec.speed_bps);
    }
  }

  /// Read back as the program will read it.
  void check() {
    const phonebook::Config config = phonebook::read_config(plan_.config, std::string(kConfigFile));
    std::vector<phonebook::PhonebookFile> books;
    for (const RasBook& book : directory_.books) {
      books.push_back({.name = book.file->path, .octets = book.file->octets});
    }
    phonebook::Book read = phonebook::combine(config, books);
    for (phonebook::Entry entry : read.entries) {
      // A script that SWITCH.INF has is found there: the file stays beside redial.toml.
      if (find_section(directory_.switches, entry.script)) entry.script.clear();
      if (find_section(directory_.switches, entry.script_before)) entry.script_before.clear();
      if (find_section(directory_.pads, entry.x25_pad)) entry.script_compiled = true;
      const std::vector<std::string> demands = phonebook::unsupported(entry);
      plan_.entries += demands.empty() ? 1 : 0;
      for (const std::string& demand : demands) {
        plan_.notes.push_back(fmt::format("{}: {}", shown(entry.name), demand));
      }
    }
    for (Diagnostic& said : read.diagnostics) {
      phonebook::report(complaints(), std::move(said));
    }
  }

  const std::vector<SourceFile>& files_;
  const RepairWishes& wishes_;
  RepairPlan plan_;
  std::vector<SourceFile> read_;
  RasDirectory directory_;
};

std::string list(const std::vector<std::string>& names) {
  constexpr size_t kNamed = 6;
  std::string out;
  for (size_t i = 0; i < names.size() && i < kNamed; ++i) {
    out += (i == 0 ? "" : ", ") + shown(names[i]);
  }
  if (names.size() > kNamed) out += fmt::format(" and {} more", names.size() - kNamed);
  return out.empty() ? "none" : out;
}

std::string lines_text(const RepairPlan& plan) {
  std::vector<std::string> names;
  for (const RepairedLine& line : plan.lines) names.push_back(line.spec.name);
  return names.empty() ? "no port with a modem" : list(names) + ", each a monitored line";
}

}  // namespace

Result<RepairPlan> plan_repair(const std::vector<SourceFile>& files, const RepairWishes& wishes) {
  return Planner(files, wishes).plan();
}

std::string_view name(RepairStep::State state) {
  switch (state) {
    case RepairStep::State::Done: return "done";
    case RepairStep::State::NotNeeded: return "not needed";
    case RepairStep::State::ToDo: return "to do";
  }
  return "";
}

std::array<RepairStep, kRepairSteps> steps_of(const RepairPlan& plan, bool done,
                                              std::string_view old_name) {
  using enum RepairStep::State;
  const RepairStep::State made = done ? Done : ToDo;
  return {{
      {1, "open the network settings", NotNeeded, "one command does it all"},
      {2, "choose the Remote Access Service", Done,
       fmt::format("the directory: {} entries that can be dialled", plan.entries)},
      {3, "remove the service", NotNeeded, "the old directory serves until the new one is whole"},
      {4, "restart the computer", NotNeeded, "nothing has to be restarted"},
      {5, "rename Ras to Ras.old", made, fmt::format("kept as it is: {}", old_name)},
      {6, "open the network settings again", NotNeeded, "still the same command"},
      {7, "add a service", made, "redial.toml written anew, from what the ports say"},
      {8, "install the Remote Access Service", made, lines_text(plan)},
      {9, "restart the computer", NotNeeded, "the next call uses the new directory"},
      {10, "copy the phonebooks back", made, "byte for byte: " + list(plan.phonebooks)},
      {11, "make the other settings again", made, "taken over: " + list(plan.carried_over)},
  }};
}

}  // namespace redial::migrate
