// SPDX-License-Identifier: Apache-2.0
// What `redial dial A [B ...]` is to hold up: the entries that were named and those that they need
// first, each with its lines, its password and its services.
#pragma once

#include <string>
#include <vector>

#include "cli/dial.h"
#include "telephony/dialing_rules.h"

namespace redial::cli {

struct WantedEntry {
  phonebook::Entry entry;
  bool named = true;  // on the command line; false: only another entry needs it
  std::vector<engine::BoundLine> lines;
  phonebook::Credential credential;
  std::vector<telephony::Translation> numbers;  // of the entry, as they are dialled from here
  engine::LinkScripts scripts{};                // where a file of another program's says it
  std::vector<std::string> socks, forwards;
};

/// The named ones in their order, then whatever they need first; none twice. Warnings go to
/// standard error, passwords are asked for where they are not kept. Errors: an entry that is
/// unknown, demands what cannot be had, or needs itself in the end; services of no entry.
Result<std::vector<WantedEntry>> wanted_entries(const DialOptions& options,
                                                const Workspace& workspace);

/// "ENTRY=VALUE" of a wish for one of several entries; without "ENTRY=" it is for the only one.
struct ServiceWish {
  std::string entry;  // empty: does not say
  std::string value;
};
ServiceWish service_wish(const std::string& text, const std::vector<std::string>& entries);

}  // namespace redial::cli
