// SPDX-License-Identifier: Apache-2.0
// The files that a command works on: redial.toml, the phonebooks it names, the credentials. Found,
// read, never written.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/plan.h"
#include "io/port.h"
#include "phonebook/credentials.h"
#include "phonebook/toml.h"

namespace redial::cli {

/// As given on the command line; empty: not given.
struct Sources {
  std::string config, phonebook, credentials;
};

struct Workspace {
  std::string config_file;  // empty: none was found, built-in defaults
  std::string folder;       // what file names in it are relative to; empty or ends in "/"
  phonebook::Book book;
  std::vector<phonebook::LineSpec> lines;
  std::vector<phonebook::Location> locations;
  std::vector<phonebook::LostLocation> locations_lost;  // those with an error
  std::vector<phonebook::CallingCard> calling_cards;
  std::string default_location;                   // of [defaults]; empty: the first
  std::string credentials_file;                   // empty: none is named
  std::vector<std::string> imported_credentials;  // of imports, asked after it
  std::vector<Error> unreadable;                  // phonebooks that could not be read
  /// Told of each file that file_reader() has read; may be empty.
  std::function<void(const std::string& path, const std::string& octets)> on_file;
};

/// The redial.toml to be used: as given; beside the phonebook, when only that is given; else the
/// first of ./redial.toml, $XDG_CONFIG_HOME/redial/redial.toml, /etc/redial/redial.toml.
std::string find_config(const Sources& sources);

/// Errors: a file that was named on the command line cannot be read, or nothing was found at all.
Result<Workspace> load_workspace(const Sources& sources);

/// NotFound names those that are near, BadFile says what is wrong with the entry in its file.
Result<phonebook::Entry> find_entry(const Workspace& workspace, std::string_view name);

/// What the files say about this entry beyond what stops it: warnings, one line each.
std::vector<std::string> warnings_for(const Workspace& workspace, std::string_view entry);

/// Nullopt: the credentials do not name the entry, or there are none.
Result<std::optional<phonebook::Credential>> find_credential(const Workspace& workspace,
                                                             std::string_view entry);

/// What the credentials say of a calling card; nothing, when they do not name it or there are none.
Result<phonebook::CardSecret> find_card_secret(const Workspace& workspace, std::string_view card);

/// Where one is: the location of that name; of an empty one the default, null when none is
/// declared. NotFound names those that there are, BadFile says what is wrong with it in its file.
Result<const phonebook::Location*> find_location(const Workspace& workspace, std::string_view name);

/// Why redial.toml declares no location at all, when an error of it may be the reason.
std::optional<Error> unread_config(const Workspace& workspace);

/// Somebody can be asked.
bool at_terminal();

/// Reads what redial.toml names, from its folder; `consequence` ends its errors.
engine::ReadFile file_reader(
    const Workspace& workspace,
    std::string consequence = "the line cannot be used; correct its description in redial.toml");

/// What the entry does before PPP where a file of another program's says it (engine/script_file.h);
/// its warnings go to standard error.
Result<engine::LinkScripts> entry_script(const Workspace& workspace, phonebook::Entry& entry);

/// The entry's lines with their descriptions, in order of preference. `id` counts from 0.
Result<std::vector<engine::BoundLine>> bind(const Workspace& workspace,
                                            const phonebook::Entry& entry);

/// How io opens the line for this entry.
io::PortSpec port_spec(const phonebook::LineSpec& line, const phonebook::Entry& entry);

/// "redial: <text>" on standard error; the exit status of that kind of error.
int complain(const Error& error);

}  // namespace redial::cli
