// SPDX-License-Identifier: Apache-2.0
#include "migrate/repair.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/lines.h"
#include "migrate/ras_ports.h"
#include "modem/inf.h"
#include "phonebook/pbk.h"
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

bool ends_in(std::string_view name, std::string_view end) {
  return name.size() > end.size() && same_word(name.substr(name.size() - end.size()), end);
}

/// The modem description of that name: its file and the name as written there.
struct Described {
  const RasFile* file = nullptr;
  modem::ModemDescription modem;
};

class Planner {
 public:
  Planner(const std::vector<RasFile>& files, const RepairWishes& wishes)
      : files_(files), wishes_(wishes) {}

  Result<RepairPlan> plan() {
    if (auto ok = sort_files(); !ok) return tl::make_unexpected(std::move(ok).error());
    std::vector<RasPort> ports;
    if (serial_ini_) ports = read_serial_ini(serial_ini_->octets, serial_ini_->name, complaints());
    for (const RasFile* book : books_) add_phonebook_ports(book->octets, book->name, ports);
    for (const RasPort& port : ports) bind(port);
    for (const auto& [port, path] : wishes_.paths) {
      const bool known = std::ranges::any_of(
          ports, [&wanted = port](const RasPort& each) { return same_word(each.name, wanted); });
      if (known) continue;
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
    for (const RasFile& file : files_) {
      if (same_word(file.name, kConfigFile)) {
        return fail(ErrorKind::Refused,
                    "redial.toml: is in the directory already, and this would replace it; nothing "
                    "is done; move it away, or work with it");
      }
      if (ends_in(file.name, ".pbk")) {
        books_.push_back(&file);
        plan_.phonebooks.push_back(file.name);
        continue;
      }
      if (same_word(file.name, "SERIAL.INI")) serial_ini_ = &file;
      if (same_word(file.name, "SWITCH.INF")) {
        for (const IniLine& line : ini_lines(file.octets)) {
          if (line.form == IniLine::Form::Section) scripts_.emplace_back(line.section);
        }
      }
      if (same_word(file.name, "MODEM.INF")) {
        modem_inf_ = &file;
        modems_ = modem::read_modem_inf(file.octets, file.name).modems;
      }
      plan_.carried_over.push_back(file.name);
    }
    if (!books_.empty() || serial_ini_ || modem_inf_) return {};
    return fail(ErrorKind::NotFound,
                "no phonebook (.pbk), SERIAL.INI or MODEM.INF is in it; nothing is done; name the "
                "directory that was System32\\Ras");
  }

  static std::string names_of(const std::vector<RasPort>& ports) {
    std::string names;
    for (size_t i = 0; i < ports.size() && i < 8; ++i) names += ", " + shown(ports[i].name);
    return names.empty() ? "is none" : "are" + names.substr(1);
  }

  /// What NT reached by other ways than a serial port is no line of ours.
  static bool is_serial(const RasPort& port) {
    for (const char* kind : {"isdn", "vpn", "pppoe", "x25", "atm", "framerelay", "irda", "sonet"}) {
      if (same_word(port.device_kind, kind) || same_word(port.media, kind)) return false;
    }
    return true;
  }

  std::string path_of(const RasPort& port) const {
    for (const auto& [name, path] : wishes_.paths) {
      if (same_word(name, port.name)) return path;
    }
    return device_of_port(port.name);
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
    RepairedLine line;
    line.device = port.device;
    line.spec.name = port.name;
    line.spec.path = path_of(port);
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

  /// A section of MODEM.INF is a description like any other here; without one the built-in serves.
  void describe(const RasPort& port, RepairedLine& line) {
    const auto found = std::ranges::find_if(modems_, [&](const modem::ModemDescription& modem) {
      return same_word(modem.name, port.device);
    });
    line.was = fmt::format(
        "{} by {}", port.device.empty() ? "bound to no modem" : "bound to " + shown(port.device),
        port.where);
    const modem::ModemDescription* modem = &modem::hayes();
    line.spec.description = "builtin:hayes";
    if (found != modems_.end() && found->name.find(':') == std::string::npos) {
      modem = &*found;
      line.spec.description = modem_inf_->name + ":" + found->name;
      line.was += ": by MODEM.INF, so nobody watched an established link";
    }
    if (const auto compiled = modem::compile(*modem, {})) {
      line.corrections = compiled->corrections;
    } else {
      plan_.notes.push_back(fmt::format("{}: {}; the built-in description is used instead",
                                        shown(port.name), compiled.error().text));
      line.spec.description = "builtin:hayes";
    }
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
    for (const RasFile* book : books_) books.push_back({book->name, book->octets});
    phonebook::Book read = phonebook::combine(config, books);
    for (phonebook::Entry entry : read.entries) {
      // A script that SWITCH.INF has is found there: the file stays beside redial.toml.
      if (has_script(entry.script)) entry.script.clear();
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

  bool has_script(std::string_view name) const {
    return !name.empty() && std::ranges::any_of(scripts_, [&](const std::string& section) {
      return same_word(section, name);
    });
  }

  const std::vector<RasFile>& files_;
  const RepairWishes& wishes_;
  RepairPlan plan_;
  std::vector<const RasFile*> books_;
  const RasFile* serial_ini_ = nullptr;
  const RasFile* modem_inf_ = nullptr;
  std::vector<modem::ModemDescription> modems_;
  std::vector<std::string> scripts_;  // sections of SWITCH.INF
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

Result<RepairPlan> plan_repair(const std::vector<RasFile>& files, const RepairWishes& wishes) {
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
