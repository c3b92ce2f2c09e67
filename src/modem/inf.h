// SPDX-License-Identifier: Apache-2.0
// Reader of NT RAS script files, one language: MODEM.INF, SWITCH.INF, PAD.INF (KB Q125975, Q102782,
// Q120015; grammar in docs/formats.md).
// Bounded; every complaint has file, line, column and remedy.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "modem/description.h"

namespace redial::modem {

struct Diagnostic {
  enum class Severity : uint8_t { Warning, Error };
  Severity severity = Severity::Warning;
  uint32_t line = 0, column = 0;  // from 1
  std::string text;               // fact, consequence, remedy
  uint16_t ras_error = 0;         // 653..660, 700 where RAS had a number
  std::string file{};             // empty: the one that was asked for
  bool operator==(const Diagnostic&) const = default;
};

struct InfFile {
  std::vector<ModemDescription> modems;  // in file order, aliases resolved
  /// Sections of SWITCH.INF and PAD.INF: what they say to a host is in `dial`; see switch_inf.h.
  std::vector<ModemDescription> scripts;
  std::vector<Diagnostic> diagnostics;  // sections with errors are in neither
};

constexpr size_t kInfOctetsMax = 4 << 20;

/// Never fails as a whole: what can be read is read, the rest is diagnosed.
InfFile read_modem_inf(std::string_view octets, std::string_view file_name);

/// Expands the macros by the settings. Errors: 653/654 macro missing, 693 not binary, 700 too long.
Result<CompiledDescription> compile(const ModemDescription& description,
                                    const ModemSettings& settings);

/// Ends the initialisation with what the line itself needs. Echo off: a modem that falls into
/// command state in mid-call would otherwise send our frames back at us, and NO CARRIER would never
/// be followed by silence. Without DTR the escape must work, or a call could never be ended:
/// MODEM.INF sections switch it off (S2=128), because RAS hung up by DTR (KB Q127881).
void fit_to_line(CompiledDescription& compiled, bool has_dtr);

}  // namespace redial::modem
