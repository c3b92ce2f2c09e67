// SPDX-License-Identifier: Apache-2.0
// A RAS directory as NT left it, read once for all who want to know: import makes entries and lines
// of it, the doctor judges it, repair replaces it. Phonebooks of any generation, MODEM.INF,
// SWITCH.INF, PAD.INF, SERIAL.INI, and a registry export that may lie beside them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"
#include "migrate/ras_ports.h"
#include "modem/reg_file.h"

namespace redial::migrate {

enum class RasFileKind : uint8_t {
  No,
  Phonebook,
  ModemInf,
  SwitchInf,
  PadInf,
  SerialIni,
  Registry,
};

/// By content; by name, in whatever case, where that could be something else.
RasFileKind ras_file_kind(const SourceFile& file);
/// By its name alone: what is expected to be one, and cannot be read.
bool is_named_ras_file(std::string_view path);

/// Sections of an INF file, and the lines that stand in them.
struct RasSection {
  std::string name;
  std::vector<SettingId> lines;
};

struct RasEntry {
  phonebook::Entry entry;
  ForeignRules rules;  // with the places of its redial settings
  uint32_t line = 0;
};

struct RasBook {
  const SourceFile* file = nullptr;
  std::vector<RasEntry> entries;  // those that can be dialled
};

/// One description of a modem, wherever it stands.
struct RasModem {
  modem::ModemDescription modem;
  const SourceFile* file = nullptr;
  bool in_registry = false;  // of Unimodem; else of MODEM.INF
};

struct RasDirectory {
  std::vector<RasBook> books;
  RasPorts ports;
  std::vector<RasModem> modems;
  const SourceFile *modem_inf = nullptr, *switch_inf = nullptr, *pad_inf = nullptr;
  std::string modem_keys;  // the modems of the registry, as a .reg of their own
  /// Their settings are open: what becomes of them is for the reader's user to say, once it is
  /// known who uses them.
  std::vector<SettingId> inf_lines, key_values;
  std::vector<RasSection> switches, pads;
  Said<bool> unimodem;  // EnableUnimodem
};

/// Views into `files`. Every setting is in `reading.report`; those that are not open have ended.
RasDirectory read_ras_directory(std::span<const SourceFile> files, Reading& reading);

/// The description of the device on that port: of MODEM.INF or the registry; nullptr: none there,
/// the built-in one serves.
const RasModem* modem_of(const RasDirectory& directory, const RasPort* port,
                         std::string_view device);
/// Without regard to case, with or without the brackets an entry writes; nullptr: none.
const RasSection* find_section(const std::vector<RasSection>& sections, std::string_view name);

/// False: its line is bound to MODEM.INF, and nobody watches an established call (KB Q153376).
/// nullopt: nothing says so.
Said<bool> unimodem_of(const RasDirectory& directory, const phonebook::Entry& entry);

}  // namespace redial::migrate
