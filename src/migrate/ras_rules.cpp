// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_rules.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/lines.h"
#include "migrate/ras_ports.h"
#include "modem/inf.h"
#include "phonebook/pbk.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;

namespace {

bool ends_in(std::string_view name, std::string_view end) {
  return name.size() > end.size() && same_word(name.substr(name.size() - end.size()), end);
}

/// UTF-16 little endian, as regedit has written since Windows 2000, down to the ASCII it holds.
std::string narrowed(std::string_view octets) {
  if (!octets.starts_with("\xff\xfe")) return std::string(octets);
  std::string out;
  for (size_t i = 2; i + 1 < octets.size(); i += 2) {
    const bool ascii = octets[i + 1] == 0 && (octets[i] & 0x80) == 0;
    out += ascii ? octets[i] : '?';
  }
  return out;
}

class RasReader {
 public:
  RasReader(std::span<const SourceFile> files, Reading& reading) : reading_(reading) {
    for (const SourceFile& file : files) {
      const std::string_view name = base_name(file.path);
      if (ends_in(name, ".pbk")) books_.push_back(&file);
      if (same_word(name, "SERIAL.INI")) serial_ini_ = &file;
      if (same_word(name, "MODEM.INF")) {
        modems_ = modem::read_modem_inf(file.octets, file.path).modems;
      }
      if (ends_in(name, ".reg")) registry(file);
    }
  }

  void read() {
    if (serial_ini_ != nullptr) {
      ports_ = read_serial_ini(serial_ini_->octets, serial_ini_->path, reading_.diagnostics);
    }
    for (const SourceFile* book : books_) read_book(*book);
  }

 private:
  void registry(const SourceFile& file) {
    const auto found = read_enable_unimodem(file.octets);
    if (!found) return;
    registry_ = {found->on, reading_.report.add({.file = file.path,
                                                 .line = found->line,
                                                 .column = 1,
                                                 .key = "EnableUnimodem",
                                                 .value = found->on ? "1" : "0"})};
  }

  void read_book(const SourceFile& file) {
    std::vector<RasPort> ports = ports_;
    add_phonebook_ports(file.octets, file.path, ports);
    const phonebook::Book book = phonebook::read_pbk(file.octets, file.path);
    for (const phonebook::Diagnostic& said : book.diagnostics) {
      phonebook::report(reading_.diagnostics, said);
    }
    for (const phonebook::Entry& entry : book.entries) {
      if (reading_.connections.size() == kConnectionsMax) return;
      reading_.connections.push_back(connection_of(file, entry, ports));
    }
  }

  Connection connection_of(const SourceFile& file, const phonebook::Entry& entry,
                           const std::vector<RasPort>& ports) {
    Connection made;
    made.source = Source::Ras;
    made.name = entry.name;
    made.file = file.path;
    made.entry = entry;
    if (entry.type == phonebook::EntryType::Broadband) made.carrier = Carrier::Pppoe;
    if (entry.type == phonebook::EntryType::Vpn) made.carrier = Carrier::Other;
    const SettingId at = reading_.report.add(
        {.file = file.path, .section = fmt::format("[{}]", entry.name), .key = entry.name});
    made.rules.redials_lost = Told<bool>{entry.redial.on_link_failure, at};
    made.rules.attempts = Told<int64_t>{entry.redial.attempts.value_or(0), at};
    if (entry.redial.pause) made.rules.pause = Told<Duration>{*entry.redial.pause, at};
    if (made.carrier == Carrier::Modem) bind(entry, ports, made);
    return made;
  }

  /// By the registry, else by the port: what SERIAL.INI binds, or MODEM.INF describes, is old.
  void bind(const phonebook::Entry& entry, const std::vector<RasPort>& ports, Connection& made) {
    if (registry_ && !registry_->value) made.rules.unimodem = registry_;
    if (made.rules.unimodem || entry.lines.empty()) return;
    const auto port = std::ranges::find_if(
        ports, [&](const RasPort& each) { return same_word(each.name, entry.lines.front()); });
    if (port == ports.end() || same_word(port->media, "rastapi")) return;
    const bool described = std::ranges::any_of(modems_, [&](const modem::ModemDescription& modem) {
      return same_word(modem.name, port->device);
    });
    if (!port->in_serial_ini && !described) return;
    const std::string& where = port->in_serial_ini ? serial_ini_->path : made.file;
    const std::string device = port->device.empty() ? "a modem" : port->device;
    const SettingId at =
        reading_.report.add({.file = where,
                             .line = port->line,
                             .column = 1,
                             .key = fmt::format("{} is bound to {}", port->name, device),
                             .value = {},
                             .how = {}});
    made.rules.unimodem = Told<bool>{false, at};
  }

  Reading& reading_;
  std::vector<const SourceFile*> books_;
  const SourceFile* serial_ini_ = nullptr;
  std::vector<modem::ModemDescription> modems_;
  std::vector<RasPort> ports_;
  Said<bool> registry_;
};

}  // namespace

bool is_ras_file(std::string_view path) {
  const std::string_view name = base_name(path);
  return ends_in(name, ".pbk") || ends_in(name, ".reg") || same_word(name, "SERIAL.INI") ||
         same_word(name, "MODEM.INF");
}

std::optional<EnableUnimodem> read_enable_unimodem(std::string_view reg) {
  if (reg.size() > kSourceOctetsMax) return std::nullopt;
  const std::string text = narrowed(reg);
  std::optional<EnableUnimodem> found;
  for (const IniLine& line : ini_lines(text)) {
    std::string_view key = line.key;
    if (key.size() >= 2 && key.front() == '"' && key.back() == '"') {
      key = key.substr(1, key.size() - 2);
    }
    const bool protocols = ends_in(line.section, "\\RAS\\Protocols");
    if (line.form != IniLine::Form::Setting || !protocols || !same_word(key, "EnableUnimodem")) {
      continue;
    }
    found = EnableUnimodem{
        .on = line.value.find_first_not_of("0", line.value.find(':') + 1) != std::string_view::npos,
        .line = line.line};
  }
  return found;
}

void read_ras_rules(std::span<const SourceFile> files, Reading& reading) {
  RasReader(files, reading).read();
}

}  // namespace redial::migrate
