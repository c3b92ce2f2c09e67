// SPDX-License-Identifier: Apache-2.0
// `redial number NUMBER`: what would be dialled from where one is, and why (docs/dialing.md); and
// the same for an entry's numbers when it is dialled.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/workspace.h"
#include "telephony/dialing_rules.h"

namespace redial::cli {

/// Where one is, with the card's number and PIN if `secret` has them; nothing: none is declared.
Result<std::optional<telephony::Location>> place_of(const Workspace& workspace,
                                                    std::string_view location,
                                                    const phonebook::CardSecret* secret = nullptr);

/// For each of the entry's numbers, ready for the modem. What a calling card needs is in the
/// credentials, or asked for. Errors: Refused, when nobody can be asked.
Result<std::vector<telephony::Translation>> numbers_to_dial(const Workspace& workspace,
                                                            const phonebook::Entry& entry);
/// The same as it is shown beforehand: nobody is asked, and no credentials are read.
Result<std::vector<telephony::Translation>> numbers_to_show(const Workspace& workspace,
                                                            const phonebook::Entry& entry);

/// For people, or as one JSON object. Errors: no location, a number that is none.
Result<std::string> number_report(const Workspace& workspace, const std::string& number,
                                  const std::string& from, bool json);

/// `words`: the number as the shell has divided it. Prints; the exit status.
int number(const Sources& sources, const std::vector<std::string>& words, const std::string& from,
           bool json);

}  // namespace redial::cli
