// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "migrate/lines.h"
#include "migrate/ras_keys.h"
#include "migrate/ras_ports.h"
#include "modem/inf.h"
#include "modem/inf_lexer.h"
#include "phonebook/pbk.h"
#include "phonebook/pbk_document.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;

namespace {

using enum Column;

bool named(const SourceFile& file, std::string_view name) {
  return same_word(base_name(file.path), name);
}

bool ends_in(std::string_view path, std::string_view end) {
  return path.size() > end.size() && same_word(path.substr(path.size() - end.size()), end);
}

bool is_utf16(std::string_view octets) { return octets.starts_with("\xff\xfe"); }

/// What regedit writes, as far as it is ASCII: names and numbers are all that is looked for.
std::string as_ascii(std::string_view octets) {
  if (!is_utf16(octets)) return std::string(octets);
  std::string out;
  for (size_t i = 2; i + 1 < octets.size(); i += 2) {
    out += octets[i + 1] == 0 && octets[i] != 0 ? octets[i] : '?';
  }
  return out;
}

bool is_registry(std::string_view octets) {
  const std::string begin = as_ascii(octets.substr(0, 200));
  return begin.find("REGEDIT4") != std::string::npos ||
         begin.find("Windows Registry Editor Version") != std::string::npos;
}

bool is_phonebook(const SourceFile& file) {
  if (ends_in(file.path, ".pbk")) return true;
  bool media = false, device = false;
  for (const IniLine& line : ini_lines(file.octets)) {
    media = media || (line.key == "MEDIA" && !line.section.empty());
    device = device || line.key == "DEVICE";
  }
  return media && device;
}

bool has_command_init(std::string_view octets) {
  return octets.find("COMMAND_INIT=") != std::string_view::npos ||
         octets.find("COMMAND_DIAL=") != std::string_view::npos;
}

class RasReader {
 public:
  RasReader(std::span<const SourceFile> files, Reading& reading)
      : files_(files), reading_(reading) {}

  void read() {
    for (const SourceFile& file : files_) read_surroundings(file);
    for (const SourceFile& file : files_) {
      if (ras_file_kind(file) == RasFile::Phonebook) read_phonebook(file);
    }
    const bool used = std::ranges::any_of(reading_.connections, [](const Connection& connection) {
      return !connection.device.description.empty();
    });
    if (!used) reading_.descriptions.clear();
    end_descriptions(used);
    for (const auto& [name, lines] : scripts_) {
      for (const SettingId id : lines) {
        reading_.report.end_if_open(id, NotNeeded, "no entry runs this script");
      }
    }
  }

 private:
  void read_surroundings(const SourceFile& file);
  void read_modem_inf(const SourceFile& file);
  void read_serial(const SourceFile& file);
  void read_registry(const SourceFile& file);
  SettingId add(const SourceFile& file, uint32_t line, uint32_t column, std::string_view section,
                std::string_view key, std::string_view value, bool secret);
  void account(const SourceFile& file);
  void read_phonebook(const SourceFile& file);
  void add_connection(const SourceFile& file, phonebook::Entry entry);
  phonebook::LineSpec device_for(std::string_view port, const phonebook::Entry& entry) const;
  void end_descriptions(bool used);
  void bind_script(Connection& connection);

  std::span<const SourceFile> files_;
  Reading& reading_;
  std::vector<RasPort> ports_;
  std::vector<std::string> sections_;                      // of MODEM.INF, that can be used
  std::map<std::string, std::vector<SettingId>> scripts_;  // sections of SWITCH.INF, their lines
  std::vector<SettingId> described_;                       // the lines of MODEM.INF
  Said<bool> unimodem_;
};

SettingId RasReader::add(const SourceFile& file, uint32_t line, uint32_t column,
                         std::string_view section, std::string_view key, std::string_view value,
                         bool secret) {
  std::string written;
  if (!section.empty()) written = fmt::format("[{}]", clean(section));
  return reading_.report.add(
      {.file = file.path,
       .line = line,
       .column = column,
       .section = std::move(written),
       .key = clean(key),
       .value = secret && !value.empty() ? std::string(kCovered) : clean(value)});
}

void RasReader::read_surroundings(const SourceFile& file) {
  const RasFile kind = ras_file_kind(file);
  if (kind == RasFile::Registry) return read_registry(file);
  const bool plain =
      kind == RasFile::ModemInf || kind == RasFile::ScriptInf || kind == RasFile::SerialIni;
  if (!plain || !readable(file, reading_)) return;
  if (kind == RasFile::ModemInf) return read_modem_inf(file);
  if (kind == RasFile::SerialIni) return read_serial(file);
  const bool is_switch = named(file, "SWITCH.INF");
  if (is_switch) reading_.scripts = file.octets;
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) {
      if (is_switch) scripts_.try_emplace(std::string(line.section));
      continue;
    }
    // What is sent may be a password, and often is.
    const SettingId id = add(file, line.line, line.column, line.section,
                             line.form == IniLine::Form::Odd ? line.value : line.key, "-", true);
    if (is_switch) {
      scripts_[std::string(line.section)].push_back(id);
    } else {
      reading_.report.end(id, Dropped,
                          "copy the file beside redial.toml, where an X.25 entry finds it");
    }
  }
}

/// It is taken over as it is: whoever uses a section of it finds it described as before.
void RasReader::read_modem_inf(const SourceFile& file) {
  const modem::InfFile inf = modem::read_modem_inf(file.octets, file.path);
  for (const modem::ModemDescription& modem : inf.modems) sections_.push_back(modem.name);
  for (const modem::Diagnostic& d : inf.diagnostics) {
    warn(reading_, file.path, d.line, d.column, d.text);
  }
  reading_.descriptions = file.octets;
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) continue;
    const bool odd = line.form == IniLine::Form::Odd;
    described_.push_back(add(file, line.line, line.column, line.section,
                             odd ? line.value : line.key, odd ? std::string_view() : line.value,
                             false));
  }
}

void RasReader::end_descriptions(bool used) {
  for (const SettingId id : described_) {
    reading_.report.end(
        id, used ? Kept : NotNeeded,
        used ? "the file is kept as the lines' description" : "no line is described by it");
  }
}

void RasReader::read_serial(const SourceFile& file) {
  for (RasPort& port : read_serial_ini(file.octets, file.path, reading_.diagnostics)) {
    ports_.push_back(std::move(port));
  }
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) continue;
    const bool odd = line.form == IniLine::Form::Odd;
    const SettingId id =
        add(file, line.line, line.column, line.section, odd ? line.value : line.key,
            odd ? std::string_view() : line.value, false);
    const RasKey* key = find_ras_key(line.key);
    if (odd || key == nullptr) {
      reading_.report.end(id, NotNeeded, "Windows' own bookkeeping of the port");
    } else {
      reading_.report.end(id, key->column, std::string(key->text));
    }
  }
}

void RasReader::read_registry(const SourceFile& file) {
  if (file.octets.size() > kSourceOctetsMax) {
    return refuse(
        reading_, file.path, 0, 0,
        "is larger than an export of RAS can be; nothing is imported; export its key alone");
  }
  const SourceFile plain{file.path, as_ascii(file.octets)};
  for (const IniLine& line : ini_lines(plain.octets)) {
    if (line.form != IniLine::Form::Setting) continue;
    std::string_view key = line.key;
    if (key.size() >= 2 && key.front() == '"') key = key.substr(1, key.size() - 2);
    const SettingId id = add(file, line.line, line.column, line.section, key, line.value, false);
    if (!same_word(key, "EnableUnimodem")) {
      reading_.report.end(id, NotNeeded, "Windows' own bookkeeping");
      continue;
    }
    const bool on = line.value.find_first_of("123456789") != std::string_view::npos;
    unimodem_ = Told<bool>{on, id};
    reading_.report.end(id, on ? NotNeeded : MadeSafer,
                        std::string(find_ras_key("EnableUnimodem")->text));
    if (!on) {
      warn(reading_, file.path, line.line, line.column,
           "EnableUnimodem is 0: NT watched no established call (KB Q153376); here its lines are "
           "watched as any other");
    }
  }
}

/// Every key of every entry, by the table.
void RasReader::account(const SourceFile& file) {
  const phonebook::PbkDocument document = phonebook::PbkDocument::parse(file.octets);
  for (size_t at = 0; at < document.entries(); ++at) {
    for (const auto& setting : document.settings(at)) {
      const RasKey* key = find_ras_key(setting.key);
      const bool secret = (key != nullptr && key->secret) || same_word(setting.key, "Password");
      const SettingId id = add(file, setting.line, setting.column, document.entry(at).name,
                               setting.key, setting.value, secret);
      const bool component = setting.place.group == phonebook::PbkGroup::NetComponents;
      if (key != nullptr) {
        reading_.report.end(id, key->column, std::string(key->text));
      } else {
        reading_.report.end(id, component ? NotNeeded : Dropped,
                            component ? "bindings of Windows' network" : "no key that is known");
      }
    }
  }
}

phonebook::LineSpec RasReader::device_for(std::string_view port,
                                          const phonebook::Entry& entry) const {
  phonebook::LineSpec line;
  line.name = clean(port).substr(0, 40);
  line.path = device_of_port(port);
  std::string device = entry.device;
  for (const RasPort& known : ports_) {
    if (!same_word(known.name, port)) continue;
    if (known.initial_bps >= 50 && known.initial_bps <= 4'000'000)
      line.speed_bps = known.initial_bps;
    if (device.empty()) device = known.device;
    if (known.in_serial_ini && std::ranges::find(sections_, device) == sections_.end()) {
      device = known.device;
    }
  }
  const auto section = std::ranges::find_if(
      sections_, [&](const std::string& name) { return same_word(name, device); });
  if (section != sections_.end()) line.description = *section;
  return line;
}

/// The script stays as it is written, in a file that the entry names.
void RasReader::bind_script(Connection& connection) {
  std::string_view wanted = connection.entry.script;
  if (wanted.starts_with('[')) wanted.remove_prefix(1);
  if (wanted.ends_with(']')) wanted.remove_suffix(1);
  if (wanted.empty()) return;
  for (const auto& [name, lines] : scripts_) {
    if (!same_word(name, wanted) || clean(name) != name) continue;
    connection.script_section = name;
    for (const SettingId id : lines) {
      reading_.report.end_if_open(id, Kept, "the file is kept, and the entry's script names it");
    }
  }
}

void RasReader::add_connection(const SourceFile& file, phonebook::Entry entry) {
  Connection connection;
  connection.source = Source::Ras;
  connection.name = entry.name;
  connection.file = file.path;
  connection.line = 1;
  using phonebook::EntryType;
  if (entry.type == EntryType::Broadband) connection.carrier = Carrier::Pppoe;
  if (entry.type == EntryType::Vpn) connection.carrier = Carrier::Other;
  if (entry.type == EntryType::Direct || same_word(entry.device_type, "null")) {
    connection.carrier = Carrier::Cable;
  }
  const std::vector<std::string> ports = std::exchange(entry.lines, {});
  for (size_t i = 0; i < ports.size(); ++i) {
    phonebook::LineSpec device = device_for(ports[i], entry);
    if (connection.carrier == Carrier::Pppoe) device = {};
    if (i == 0) connection.device = device;
    if (i > 0 && !device.path.empty()) connection.spares.push_back(device);
  }
  connection.rules.unimodem = unimodem_;
  connection.entry = std::move(entry);
  bind_script(connection);
  reading_.connections.push_back(std::move(connection));
}

void RasReader::read_phonebook(const SourceFile& file) {
  if (file.octets.size() > kSourceOctetsMax) {
    return refuse(reading_, file.path, 0, 0,
                  "is larger than is read; nothing is imported; split it");
  }
  account(file);
  add_phonebook_ports(file.octets, file.path, ports_);
  phonebook::Book book = phonebook::read_pbk(file.octets, file.path);
  for (phonebook::Diagnostic& d : book.diagnostics) {
    phonebook::report(reading_.diagnostics, std::move(d));
  }
  for (phonebook::Entry& entry : book.entries) {
    if (reading_.connections.size() < kConnectionsMax) add_connection(file, std::move(entry));
  }
}

}  // namespace

RasFile ras_file_kind(const SourceFile& file) {
  if (is_registry(file.octets)) return RasFile::Registry;
  if (named(file, "SERIAL.INI")) return RasFile::SerialIni;
  if (named(file, "SWITCH.INF") || named(file, "PAD.INF")) return RasFile::ScriptInf;
  if (named(file, "MODEM.INF") || has_command_init(file.octets)) return RasFile::ModemInf;
  return is_phonebook(file) ? RasFile::Phonebook : RasFile::No;
}

void read_ras(std::span<const SourceFile> files, Reading& reading) {
  RasReader(files, reading).read();
}

std::vector<Rule> ras_rules() {
  std::vector<Rule> out = {
      {"MODEM.INF", Kept, "the file is kept as the lines' description"},
      {"SWITCH.INF", Kept, "the file is kept, and the entry's script names it"},
      {"PAD.INF", Dropped, "copy the file beside redial.toml, where an X.25 entry finds it"}};
  for (const RasKey& key : ras_keys()) out.push_back({key.names, key.column, key.text});
  return out;
}

}  // namespace redial::migrate
