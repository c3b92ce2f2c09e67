// SPDX-License-Identifier: Apache-2.0
// What a dialogue needs only while it is under way (V.250 command state): the line being read, the
// command that was sent, what has been learnt so far. For dialogue*.cpp alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "modem/answer.h"
#include "modem/dialogue.h"
#include "wire/at.h"

namespace redial::modem {

using namespace state;

/// A line that ended with a bare <cr> is taken as over after this silence: <lf> would be here.
constexpr Duration kSettle = 100ms;
constexpr Duration kQuiet = 200ms;  // so long without an octet: drained
constexpr Duration kDrainMax = 3s;
constexpr Duration kNoResponsePause = 300ms;
/// A number that means nothing to anybody, while a call is made, may be a maker's CONNECT: DCD that
/// has risen says so, once no other result has followed for so long;
constexpr Duration kGuessWithCarrier = 1s;
/// where there is no DCD, silence: a ringing tone is told again within six seconds.
constexpr Duration kGuessWithoutCircuits = 10s;
constexpr uint8_t kNotesPerCommand = 16;  // a babbling modem must not fill the log
constexpr size_t kNotesPerStep = 4;       // leaves room in the Outbox for what matters

struct Dialogue::Work {
  wire::AtReader reader;
  Candidates candidates;           // of the line in it
  std::vector<std::string> parts;  // of the number, in the order of dialling; empty: none
  size_t part = 0;                 // that is dialled now, or next
  Instant dial_until{};            // of all of them
  std::string command;             // as sent last; its echo may come back
  std::string unknown;             // the last line nobody understood since then
  Instant settle_at = kNever;
  uint32_t drained = 0;                    // octets thrown away before the first command
  uint32_t carrier_bps = 0, port_bps = 0;  // from progress reports, for the CONNECT that tells less
  bool error_control = false;              // likewise
  uint8_t notes_left = kNotesPerCommand;
  std::string guess;          // the last such number since the call was begun
  Instant guess_at = kNever;  // it is taken for CONNECT then
  bool carrier_rose = false;  // DCD, since the call was begun
  bool rang = false;          // in this step: one is enough
  bool caller_heard = false;  // a listening script has seen its caller
};

/// The command's text with everything filled in.
std::string rendered(const Command& command, std::string_view number);

/// "ATZ": a command as people read it.
std::string shown_command(std::string_view command);

inline Send send_of(std::string_view text) {
  return Send{BoundedBytes<kCommandMax>(as_bytes(text))};
}

}  // namespace redial::modem
