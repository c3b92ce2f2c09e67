// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "migrate/lines.h"
#include "migrate/native.h"
#include "migrate/ras_keys.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;

namespace {

using enum Column;

class Binder {
 public:
  Binder(std::span<const SourceFile> files, Reading& reading)
      : reading_(reading), directory_(read_ras_directory(files, reading)) {}

  void bind() {
    for (RasBook& book : directory_.books) {
      for (RasEntry& entry : book.entries) {
        if (reading_.connections.size() < kConnectionsMax) add(*book.file, std::move(entry));
      }
    }
    for (const RasPort& port : directory_.ports.all()) add_free(port);
    tell_unimodem();
    if (inf_used_) reading_.descriptions = directory_.modem_inf->octets;
    if (keys_used_) reading_.modem_keys = directory_.modem_keys;
    end_all(
        directory_.inf_lines, inf_used_ ? Kept : NotNeeded,
        inf_used_ ? "the file is kept as the lines' description" : "no line is described by it");
    end_all(
        directory_.key_values, keys_used_ ? Kept : NotNeeded,
        keys_used_ ? "the key is kept as the lines' description" : "no line is described by it");
    for (const auto* sections : {&directory_.switches, &directory_.pads}) {
      for (const RasSection& section : *sections) {
        end_all(section.lines, NotNeeded, "no entry runs this script");
      }
    }
  }

 private:
  void add(const SourceFile& file, RasEntry from);
  void add_free(const RasPort& port);
  void tell_unimodem();
  phonebook::LineSpec device_for(std::string_view port, std::string device);
  void bind_scripts(Connection& connection);
  void end_all(const std::vector<SettingId>& settings, Column column, std::string_view how) {
    for (const SettingId id : settings) reading_.report.end_if_open(id, column, std::string(how));
  }

  Reading& reading_;
  RasDirectory directory_;
  std::vector<std::string> used_;  // ports that entries have
  bool inf_used_ = false, keys_used_ = false;
};

phonebook::LineSpec Binder::device_for(std::string_view name, std::string device) {
  phonebook::LineSpec line;
  line.name = clean(name).substr(0, 40);
  const RasPort* port = directory_.ports.find(name);
  line.path = device_of_port(name, port == nullptr ? std::string_view() : port->driver);
  const auto known = reading_.names.find(line.path);
  if (known != reading_.names.end()) line.path = known->second;
  if (port != nullptr && port->initial_bps != 0) line.speed_bps = port->initial_bps;
  const RasModem* modem = modem_of(directory_, port, device);
  if (modem == nullptr && port != nullptr) modem = modem_of(directory_, port, port->device);
  if (modem == nullptr) return line;
  (modem->in_registry ? keys_used_ : inf_used_) = true;
  line.description =
      fmt::format("{}:{}", modem->in_registry ? kKeysEnd : kDescriptionsEnd, modem->modem.name);
  return line;
}

/// The scripts stay as they are written, in files that the entry names.
void Binder::bind_scripts(Connection& connection) {
  const phonebook::Entry& entry = connection.entry;
  const std::pair<const std::string*, std::string*> switches[] = {
      {&entry.script, &connection.script_section},
      {&entry.script_before, &connection.before_section}};
  for (const auto& [name, section] : switches) {
    const RasSection* script = find_section(directory_.switches, *name);
    if (script == nullptr) continue;
    *section = script->name;
    reading_.scripts = directory_.switch_inf->octets;
    end_all(script->lines, Kept, "the file is kept, and the entry's script names it");
  }
  if (!same_word(entry.device_type, "pad")) return;
  if (const RasSection* pad = find_section(directory_.pads, entry.x25_pad)) {
    connection.pad_section = pad->name;
    reading_.pads = directory_.pad_inf->octets;
    end_all(pad->lines, Kept, "the file is kept, and the entry's x25_pad names it");
  }
}

void Binder::add(const SourceFile& file, RasEntry from) {
  Connection connection;
  connection.source = Source::Ras;
  connection.name = from.entry.name;
  connection.file = file.path;
  connection.line = from.line;
  connection.rules = std::move(from.rules);
  using phonebook::EntryType;
  phonebook::Entry& entry = from.entry;
  if (entry.type == EntryType::Broadband) connection.carrier = Carrier::Pppoe;
  if (entry.type == EntryType::Vpn) connection.carrier = Carrier::Other;
  if (entry.type == EntryType::Direct || same_word(entry.device_type, "null")) {
    connection.carrier = Carrier::Cable;
  }
  if (connection.carrier == Carrier::Modem) {
    connection.rules.unimodem = unimodem_of(directory_, entry);
  }
  const std::vector<std::string> ports = std::exchange(entry.lines, {});
  for (size_t i = 0; i < ports.size(); ++i) {
    phonebook::LineSpec device = device_for(ports[i], entry.device);
    used_.push_back(ports[i]);
    if (connection.carrier == Carrier::Pppoe) device = {};
    if (i == 0) connection.device = device;
    if (i > 0 && !device.path.empty()) connection.spares.push_back(device);
  }
  connection.entry = std::move(entry);
  bind_scripts(connection);
  reading_.connections.push_back(std::move(connection));
}

void Binder::tell_unimodem() {
  if (!directory_.unimodem || directory_.unimodem->value) return;
  const Setting& setting = reading_.report.at(directory_.unimodem->at);
  warn(reading_, setting.file, setting.line, setting.column,
       "EnableUnimodem is 0, so with NT nobody watches an established call (KB Q153376)");
}

/// A port with a modem that no entry has is a line all the same.
void Binder::add_free(const RasPort& port) {
  if (!is_serial(port) || !has_modem(port)) return;
  const bool used = std::ranges::any_of(
      used_, [&](const std::string& name) { return same_word(name, port.name); });
  if (used) return;
  phonebook::LineSpec line = device_for(port.name, port.device);
  if (!line.path.empty()) reading_.lines.push_back(std::move(line));
}

}  // namespace

void read_ras(std::span<const SourceFile> files, Reading& reading) {
  Binder(files, reading).bind();
}

std::vector<Rule> ras_rules() {
  std::vector<Rule> out = {
      {"MODEM.INF", Kept, "the file is kept as the lines' description"},
      {"SWITCH.INF", Kept, "the file is kept, and the entry's script names it"},
      {"PAD.INF", Kept, "the file is kept, and the entry's x25_pad names it"}};
  for (const RasKey& key : ras_keys()) out.push_back({key.names, key.column, key.text});
  const std::vector<Rule> registry = {
      {".reg: Address, Friendly Name, Media Type of RAS\\TAPI DEVICES", Translated,
       "each port with a modem is a line, described by the modem of that name"},
      {".reg: AttachedTo of a modem", MadeSafer, find_ras_key("Port")->text},
      {".reg: FriendlyName of a modem", Translated, "the line's description"},
      {".reg: MaximumPortSpeed of a modem", Kept, "speed of the line"},
      {".reg: Init, Settings, Responses, UserInit ... of a modem", Kept,
       "the key is kept as the lines' description"},
      {".reg: DEVICEMAP\\SERIALCOMM", Translated,
       "path of the line: by NT's driver, a USB adapter or a built-in port"},
      {".reg: Telephony\\Locations", Dropped,
       "write a [[location]] into redial.toml, from which numbers are dialled"},
      {".reg: everything else", NotNeeded, "Windows' own bookkeeping"}};
  out.insert(out.end(), registry.begin(), registry.end());
  return out;
}

}  // namespace redial::migrate
