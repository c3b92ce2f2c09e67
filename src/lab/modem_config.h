// SPDX-License-Identifier: Apache-2.0
// What kind of modem stands at a line: its number, its pace, and the dialect it speaks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.h"
#include "lab/channel.h"

namespace redial::lab {

/// Dial digits alone: "T (555) 12-34" is "5551234".
std::string digits_of(std::string_view text);

/// Ways of a modem that a driver has to live with (telephony.md 1). All may change while it runs.
struct Habits {
  enum class Echo : uint8_t { AsSet, Always, Garbled };  // E1 and E0; despite E0; with wrong bits
  Echo echo = Echo::AsSet;
  bool numeric_codes = false;        // V0, whatever is set
  bool other_words = false;          // results in words that no description knows
  bool dcd_strapped = false;         // wired high
  bool dcd_sticks = false;           // a lost call is told in words; DCD falls with the hang-up
  bool loses_silently = false;       // DCD falls, and nothing is said
  bool ignores_dtr = false;          // as at &D0, whatever is set
  bool loses_first_command = false;  // after a reset: not heard, not echoed
  std::string after_reset;           // said after a reset, unasked; as octets
  Duration slower_by = 0s;           // thinks so much longer about a command
  uint16_t blacklist_after = 0;      // failed calls to one number until BLACKLISTED; 0: never
  Duration redial_delay = 0s;  // DELAYED when a number that failed is dialled sooner; 0: never
  bool operator==(const Habits&) const = default;
};

struct ModemConfig {
  std::string number;            // its subscriber line; several modems may share one (hunt group)
  Channel channel;               // what it sends with; the carrier runs at the slower end's rate
  Duration command_time = 30ms;  // how long it thinks about a command
  Duration train_time = 800ms;   // answer to CONNECT
  std::string product = "Redial virtual modem";  // ATI
  std::string connect_suffix;                    // after the rate: "/ARQ/V34/LAPM/V42BIS"
  std::string no_dialtone_text = "NO DIALTONE";  // V.250; others say "NO DIAL TONE"
  bool reports_voice = true;       // VOICE at X3 and X4; else the wait ends with NO CARRIER
  bool reports_no_answer = false;  // NO ANSWER after ringing in vain, also without '@'
  Habits habits;
};

}  // namespace redial::lab
