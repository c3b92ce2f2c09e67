// SPDX-License-Identifier: Apache-2.0
// `redial modem show FILE [NAME]`: what becomes of a description or a script, as a person would
// read it: what is sent, what each answer means, what is added so that the line is watched.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "modem/inf.h"

namespace redial::cli {

/// `name` may be empty where the file has one thing to show. Errors: NotFound names what there is,
/// BadFile what is wrong, with line and column.
Result<std::string> modem_shown(const std::string& file, const std::string& octets,
                                const std::string& name, bool json);

/// One description, compiled with its own defaults.
Result<std::string> description_shown(const modem::ModemDescription& modem, bool json);

/// Reads the file ("builtin:hayes": the built-in description), prints; the exit status.
int modem_show(const std::string& file, const std::string& name, bool json);

}  // namespace redial::cli
