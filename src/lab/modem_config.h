// SPDX-License-Identifier: Apache-2.0
// What kind of modem stands at a line: its number, its pace, and the dialect it speaks.
#pragma once

#include <cstdint>
#include <string>

#include "core/time.h"
#include "lab/channel.h"

namespace redial::lab {

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
  uint16_t blacklist_after = 0;    // failed calls to one number until BLACKLISTED; 0: never
  Duration redial_delay = 0s;      // DELAYED when a number that failed is dialled sooner; 0: never
};

}  // namespace redial::lab
