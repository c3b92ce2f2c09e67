// SPDX-License-Identifier: Apache-2.0
// How a modem is run: what the user wants of it, and what it can do with a number (V.250 §6.3.1).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace redial::modem {

/// What a modem can wait for in the midst of a number (Unimodem's DialOptions).
struct DialAbilities {
  bool dial_tone = true;      // W
  bool quiet_answer = true;   // @
  bool billing_tone = false;  // $: not in V.250, so only of modems that say so
  bool operator==(const DialAbilities&) const = default;
};

/// How the user wants this modem run; nullopt leaves a feature at the description's default.
struct ModemSettings {
  std::optional<bool> speaker, hw_flow_control, compression, error_control;
  bool auto_dial = true;  // false: manual dialling (<autodial_off>)
  /// Macros that shall be in one of their further states: {"hwflowcontrol", "soft"}.
  std::map<std::string, std::string> states{};
  std::optional<bool> pulse;            // false: tone; nullopt: as the description dials
  bool blind = false;                   // dial without waiting for a dial tone
  std::vector<std::string> extra_init;  // sent after `init`; "AT" and <cr> are added when missing
  Duration dial_within = 60s;           // carrier must be up by then (S7 and margin)
};

}  // namespace redial::modem
