// SPDX-License-Identifier: Apache-2.0
// Connections that were described elsewhere as files of our own: entries and lines, descriptions of
// modems, scripts, credentials. Files of one stem in the folder "imported" beside redial.toml.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// The folder that imports own: what is in it is written anew by each, nothing else ever is.
constexpr std::string_view kImportedFolder = "imported";
// What the names of its files end in, behind the stem.
constexpr std::string_view kBookEnd = ".toml";
constexpr std::string_view kDescriptionsEnd = ".inf";
constexpr std::string_view kKeysEnd = ".reg";
constexpr std::string_view kScriptsEnd = ".switch.inf";
constexpr std::string_view kPadsEnd = ".pad.inf";
constexpr std::string_view kCredentialsEnd = ".credentials.toml";

/// What there is beside this import: redial.toml, its phonebooks, other imports.
struct Taken {
  std::vector<std::string> entries;
  std::vector<phonebook::LineSpec> lines;
};

struct NativeFiles {
  std::string phonebook;     // STEM.toml: lines and entries
  std::string descriptions;  // STEM.inf; empty: none is needed, and so with what follows
  std::string modem_keys;    // STEM.reg, of mode 0600: what is sent to a modem may be a PIN
  std::string scripts;       // STEM.switch.inf, of mode 0600: what it sends may be a password
  std::string pads;          // STEM.pad.inf, of mode 0600
  std::string credentials;   // STEM.credentials.toml, of mode 0600
  std::vector<phonebook::Entry> entries;  // as they are in `phonebook`
  std::vector<phonebook::LineSpec> lines;
  std::vector<std::string> notes;  // for people, a sentence each

  /// Nothing that could be dialled, used or logged on with.
  bool empty() const { return entries.empty() && lines.empty() && credentials.empty(); }
};

/// A device that a line of redial.toml has already is bound to that line; one that says nothing but
/// where the device is (LineSpec::bare) has the rest from here, under its own name. Names that are
/// taken get the source's in brackets. Errors go to `reading.diagnostics`: nothing is to be written
/// then.
NativeFiles write_native(Reading& reading, std::string_view stem, std::string_view source_path,
                         const Taken& taken);

/// Sections of MODEM.INF that read as these descriptions.
std::string write_modem_inf(const std::vector<modem::ModemDescription>& modems);

}  // namespace redial::migrate
