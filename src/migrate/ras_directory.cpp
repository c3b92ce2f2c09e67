// SPDX-License-Identifier: Apache-2.0
#include "migrate/ras_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "migrate/lines.h"
#include "migrate/ras_book.h"
#include "migrate/ras_keys.h"
#include "migrate/ras_registry.h"
#include "modem/inf.h"
#include "phonebook/text.h"

namespace redial::migrate {

using phonebook::same_word;
using phonebook::shown;

namespace {

using enum Column;

bool named(std::string_view path, std::string_view name) {
  return same_word(base_name(path), name);
}

bool ends_in(std::string_view path, std::string_view end) {
  return path.size() > end.size() && same_word(path.substr(path.size() - end.size()), end);
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

class DirectoryReader {
 public:
  DirectoryReader(std::span<const SourceFile> files, Reading& reading)
      : files_(files), reading_(reading) {}

  RasDirectory read() {
    // Who says it first counts: what was set up for RAS, what the system has, what entries say.
    each(RasFileKind::SerialIni, &DirectoryReader::read_serial);
    each(RasFileKind::ModemInf, &DirectoryReader::read_modem_inf);
    each(RasFileKind::Registry, &DirectoryReader::read_registry);
    each(RasFileKind::SwitchInf, &DirectoryReader::read_switches);
    each(RasFileKind::PadInf, &DirectoryReader::read_pads);
    each(RasFileKind::Phonebook, &DirectoryReader::read_book);
    return std::move(directory_);
  }

 private:
  /// Files under RAS' own names; where there is none, those that look like it. Copies of MODEM.INF
  /// and of phonebooks lie about.
  void each(RasFileKind kind, void (DirectoryReader::*reader)(const SourceFile&)) {
    std::vector<const SourceFile*> named, alike;
    for (const SourceFile& file : files_) {
      if (ras_file_kind(file) == kind) {
        (is_named_ras_file(file.path) ? named : alike).push_back(&file);
      }
    }
    if (kind == RasFileKind::Registry) std::ranges::copy(alike, std::back_inserter(named));
    for (const SourceFile* file : named.empty() ? alike : named) (this->*reader)(*file);
  }
  SettingId add(const SourceFile& file, const IniLine& line, bool shown_value = true);

  void read_serial(const SourceFile& file);
  RasPort* serial_port(const SourceFile& file, const IniLine& line);
  void serial_setting(const SourceFile& file, const IniLine& line, SettingId id, RasPort& port);
  void read_modem_inf(const SourceFile& file);
  void read_registry(const SourceFile& file);
  std::vector<RasSection> read_scripts(const SourceFile& file);
  void read_switches(const SourceFile& file) {
    if (directory_.switch_inf == nullptr) directory_.switches = read_scripts(file);
    if (directory_.switch_inf == nullptr) directory_.switch_inf = &file;
  }
  void read_pads(const SourceFile& file) {
    if (directory_.pad_inf == nullptr) directory_.pads = read_scripts(file);
    if (directory_.pad_inf == nullptr) directory_.pad_inf = &file;
  }
  void read_book(const SourceFile& file) { read_ras_book(file, directory_, reading_); }

  std::span<const SourceFile> files_;
  Reading& reading_;
  RasDirectory directory_;
};

/// Of a line that is neither [section] nor KEY=value the whole is its key.
SettingId DirectoryReader::add(const SourceFile& file, const IniLine& line, bool shown_value) {
  const bool odd = line.form == IniLine::Form::Odd;
  std::string value = odd ? std::string() : clean(line.value);
  // What a script sends may be a password, and often is.
  if (!shown_value && !value.empty()) value = kCovered;
  return reading_.report.add(
      {.file = file.path,
       .line = line.line,
       .column = line.column,
       .section = line.section.empty() ? std::string() : fmt::format("[{}]", clean(line.section)),
       .key = clean(odd ? line.value : line.key),
       .value = std::move(value)});
}

RasPort* DirectoryReader::serial_port(const SourceFile& file, const IniLine& line) {
  RasPort* port = directory_.ports.add(line.section);
  if (port == nullptr) {
    warn(reading_, file.path, line.line, 1,
         line.section.empty() || line.section.size() > kRasNameMax
             ? "is no name of a port; its settings are left out; write [COM1]"
             : fmt::format("more than {} ports; this one is left out; NT has no more",
                           kRasPortsMax));
    return nullptr;
  }
  port->in_serial_ini = true;
  fill(port->where, fmt::format("{} line {}", file.path, line.line));
  return port;
}

void DirectoryReader::read_serial(const SourceFile& file) {
  if (!readable(file, reading_)) return;
  std::string port;  // by name: the list may grow
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) {
      const RasPort* begun = serial_port(file, line);
      port = begun == nullptr ? std::string() : begun->name;
      continue;
    }
    const SettingId id = add(file, line);
    if (line.form == IniLine::Form::Odd) {
      if (line.value.starts_with('[')) port.clear();  // what follows is not the port's before it
      warn(reading_, file.path, line.line, line.column,
           fmt::format("{} is neither [COM1] nor KEY=value; it is left out; correct the line",
                       shown(line.value)));
      reading_.report.end(id, Dropped, "is neither [COM1] nor KEY=value");
    } else if (port.empty()) {
      reading_.report.end(id, Dropped, "belongs to no port");
    } else {
      serial_setting(file, line, id, *directory_.ports.add(port));
    }
  }
}

/// Which key holds the modem's name has varied; DEVICETYPE has held its kind as well.
void DirectoryReader::serial_setting(const SourceFile& file, const IniLine& line, SettingId id,
                                     RasPort& port) {
  const RasKey* key = find_ras_key(line.key);
  const bool names_device = same_word(line.key, "DEVICENAME") || same_word(line.key, "DEVICE") ||
                            same_word(line.key, "DEVICETYPE");
  if (!port.bound_by || (names_device && port.device.empty())) port.bound_by = id;
  if (same_word(line.key, "INITIALBPS")) {
    const uint32_t bps = port_rate(line.value);
    if (port.initial_bps == 0) port.initial_bps = bps;
    if (bps == 0) {
      warn(reading_, file.path, line.line, line.column,
           fmt::format("INITIALBPS={} is no rate; the modem's usual one is taken; write a number "
                       "of bit/s",
                       shown(line.value)));
      return reading_.report.end(id, Dropped, "is no rate");
    }
  } else if (names_device) {
    bool kind = false;
    for (const char* word : {"modem", "pad", "switch", "null"}) {
      kind = kind || same_word(line.value, word);
    }
    fill(kind ? port.device_kind : port.device, line.value);
    return reading_.report.end(id, Translated, "its section of MODEM.INF describes the line");
  }
  reading_.report.end(
      id, key == nullptr ? NotNeeded : key->column,
      std::string(key == nullptr ? "Windows' own bookkeeping of the port" : key->text));
}

/// It is taken over as it is: whoever uses a section of it finds it described as before.
void DirectoryReader::read_modem_inf(const SourceFile& file) {
  if (!readable(file, reading_)) return;
  const modem::InfFile inf = modem::read_modem_inf(file.octets, file.path);
  for (const modem::Diagnostic& d : inf.diagnostics) {
    warn(reading_, file.path, d.line, d.column, d.text);
  }
  const bool first = directory_.modem_inf == nullptr;
  if (first) {
    directory_.modem_inf = &file;
    for (const modem::ModemDescription& modem : inf.modems) {
      directory_.modems.push_back({.modem = modem, .file = &file});
    }
  }
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) continue;
    const SettingId id = add(file, line);
    if (first) {
      directory_.inf_lines.push_back(id);
    } else {
      reading_.report.end(id, NotNeeded, "RAS reads one MODEM.INF, and there is another");
    }
  }
}

void DirectoryReader::read_registry(const SourceFile& file) {
  if (file.octets.size() > kSourceOctetsMax) {
    return refuse(
        reading_, file.path, 0, 0,
        "is larger than an export of RAS can be; nothing is imported; export its key alone");
  }
  read_ras_registry(file, directory_, reading_);
}

std::vector<RasSection> DirectoryReader::read_scripts(const SourceFile& file) {
  std::vector<RasSection> sections;
  if (!readable(file, reading_)) return sections;
  for (const IniLine& line : ini_lines(file.octets)) {
    if (line.form == IniLine::Form::Section) {
      sections.push_back({.name = std::string(line.section), .lines = {}});
      continue;
    }
    const SettingId id = add(file, line, false);
    if (sections.empty()) {
      reading_.report.end(id, NotNeeded, "stands before the first section");
    } else {
      sections.back().lines.push_back(id);
    }
  }
  return sections;
}

/// What an entry for a pad, or with a script in brackets, writes.
std::string_view without_brackets(std::string_view name) {
  if (name.starts_with('[')) name.remove_prefix(1);
  if (name.ends_with(']')) name.remove_suffix(1);
  return name;
}

}  // namespace

RasFileKind ras_file_kind(const SourceFile& file) {
  if (modem::is_reg_file(file.octets)) return RasFileKind::Registry;
  if (named(file.path, "SERIAL.INI")) return RasFileKind::SerialIni;
  if (named(file.path, "SWITCH.INF")) return RasFileKind::SwitchInf;
  if (named(file.path, "PAD.INF")) return RasFileKind::PadInf;
  if (named(file.path, "MODEM.INF") || has_command_init(file.octets)) return RasFileKind::ModemInf;
  return is_phonebook(file) ? RasFileKind::Phonebook : RasFileKind::No;
}

bool is_named_ras_file(std::string_view path) {
  if (ends_in(path, ".pbk") || ends_in(path, ".reg")) return true;
  for (const char* name : {"SERIAL.INI", "MODEM.INF", "SWITCH.INF", "PAD.INF"}) {
    if (named(path, name)) return true;
  }
  return false;
}

RasDirectory read_ras_directory(std::span<const SourceFile> files, Reading& reading) {
  return DirectoryReader(files, reading).read();
}

const RasModem* modem_of(const RasDirectory& directory, const RasPort* port,
                         std::string_view device) {
  const auto find = [&](bool in_registry) -> const RasModem* {
    const auto found = std::ranges::find_if(directory.modems, [&](const RasModem& each) {
      return each.in_registry == in_registry && same_word(each.modem.name, device);
    });
    return found == directory.modems.end() ? nullptr : &*found;
  };
  // A port that TAPI has is driven by what the registry says.
  const bool tapi = port != nullptr && port->by_tapi;
  const RasModem* first = find(tapi);
  const RasModem* found = first != nullptr ? first : find(!tapi);
  // What cannot be run is no description; the built-in one serves.
  return found != nullptr && modem::compile(found->modem, {}) ? found : nullptr;
}

const RasSection* find_section(const std::vector<RasSection>& sections, std::string_view name) {
  const std::string_view wanted = without_brackets(name);
  if (wanted.empty()) return nullptr;
  const auto found = std::ranges::find_if(
      sections, [&](const RasSection& section) { return same_word(section.name, wanted); });
  return found == sections.end() || clean(found->name) != found->name ? nullptr : &*found;
}

Said<bool> unimodem_of(const RasDirectory& directory, const phonebook::Entry& entry) {
  if (directory.unimodem && !directory.unimodem->value) return directory.unimodem;
  const RasPort* port = entry.lines.empty() ? nullptr : directory.ports.find(entry.lines.front());
  if (port == nullptr || port->by_tapi || same_word(port->media, "rastapi") || !port->bound_by) {
    return directory.unimodem;
  }
  const RasModem* modem = modem_of(directory, port, port->device);
  const bool described = modem != nullptr && !modem->in_registry;
  if (!port->in_serial_ini && !described) return directory.unimodem;
  return Told<bool>{false, *port->bound_by};
}

}  // namespace redial::migrate
