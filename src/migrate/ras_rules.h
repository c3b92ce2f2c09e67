// SPDX-License-Identifier: Apache-2.0
// What RAS itself would do about the failures of each entry of a directory or phonebook: by the
// phonebook's redial settings, and by what its port is bound to (KB Q153376, Q150808).
#pragma once

#include <span>
#include <string_view>

#include "migrate/foreign.h"

namespace redial::migrate {

/// By its name: a phonebook, SERIAL.INI, MODEM.INF, a .reg.
bool is_ras_file(std::string_view path);

/// EnableUnimodem of a .reg export, UTF-16 or 8-bit; nullopt: it is not in it.
struct EnableUnimodem {
  bool on = true;
  uint32_t line = 0;
};
std::optional<EnableUnimodem> read_enable_unimodem(std::string_view reg);

/// The connections of one directory: rules and names, nothing that could be dialled. The reading's
/// settings are those that the rules cite.
void read_ras_rules(std::span<const SourceFile> files, Reading& reading);

}  // namespace redial::migrate
