// SPDX-License-Identifier: Apache-2.0
// A RAS directory as NT left it: phonebooks of any generation, MODEM.INF, SWITCH.INF, PAD.INF,
// SERIAL.INI, and a registry export that may lie beside them; or one phonebook alone.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

enum class RasFile : uint8_t { No, Phonebook, ModemInf, ScriptInf, SerialIni, Registry };

/// By content; by name, in whatever case, where that could be something else.
RasFile ras_file_kind(const SourceFile& file);

/// All files of one directory at once. Every device is bound to a line that is watched, whatever
/// it was bound to (KB Q153376).
void read_ras(std::span<const SourceFile> files, Reading& reading);

/// What becomes of each key, for docs/migrating.md.
std::vector<Rule> ras_rules();

}  // namespace redial::migrate
