// SPDX-License-Identifier: Apache-2.0
// redial.toml and native phonebooks (docs/configuration.md): lines, defaults, entries, and what is
// laid over entries that came from a .pbk.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "phonebook/entry_keys.h"
#include "phonebook/location.h"
#include "phonebook/phonebook.h"
#include "phonebook/script.h"

namespace redial::phonebook {

/// One [entry."name"]: laid over the entry of that name, or an entry of its own when it has a
/// number or a direct line.
struct Overlay {
  std::string entry;
  uint32_t line = 0, column = 0;
  std::vector<Setting> settings;
  bool usable = true;  // false: an error in it; the entry of that name is left out
};

struct Config {
  std::string file;
  std::vector<LineSpec> lines;
  std::vector<Location> locations;  // the first is where one is, unless an entry says
  std::vector<LostLocation> locations_lost;
  std::vector<CallingCard> calling_cards;
  std::vector<std::string> phonebooks;  // as written: relative to the file
  std::string credentials;              // as written; empty: none
  std::vector<NamedScript> scripts;
  std::vector<Setting> defaults;
  std::vector<Overlay> overlays;  // in file order
  std::vector<Diagnostic> diagnostics;
};

/// Reads redial.toml or a native phonebook: the format is the same.
Config read_config(std::string_view octets, std::string_view file_name);

/// `entry` with the configuration's [defaults] set.
Entry with_defaults(Entry entry, const Config& config);

/// The books one after the other, then the overlays. An overlay for an entry that is nowhere and
/// has neither number nor line without a modem is an error; so is a name that two books use.
Book apply(std::vector<Book> books, const Config& config);

struct PhonebookFile {
  std::string name;  // ends in .pbk or .toml
  std::string octets;
  bool imported = false;  // by `redial import`: its lines count, after those of redial.toml
};
/// The lines of redial.toml, and those that imported files bring under names of their own. A line
/// there that says only where its device is has the rest from an import's line of its name.
std::vector<LineSpec> lines_with_imported(const Config& config,
                                          const std::vector<PhonebookFile>& files);
/// All there is to know from redial.toml and the files that its `phonebooks` names, in order: reads
/// each, lays the overlays over them, and warns of entries for which there is no line. The
/// diagnostics of `config` come first.
Book combine(const Config& config, const std::vector<PhonebookFile>& files);

/// Lines as redial.toml has them; reading them back gives equal ones.
std::string write_toml(const std::vector<LineSpec>& lines);
/// Entries as a native phonebook; reading it back gives equal entries (but for `source`).
std::string write_toml(const std::vector<Entry>& entries);

}  // namespace redial::phonebook
