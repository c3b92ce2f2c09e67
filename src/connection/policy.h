// SPDX-License-Identifier: Apache-2.0
// The policy table: cause x phase -> action. Total: no empty cell, no default. Nothing else in the
// program may decide to redial, to hold or to stop; `redial explain` prints these rows.
#pragma once

#include <string_view>

#include "core/cause.h"

namespace redial::connection {

enum class Action : uint8_t {
  Redial,      // a failed attempt: dial again after the back-off (or the entry's RedialSeconds)
  Restore,     // an established link died: dial again at once, unless it was short or flaps
  HoldAuth,    // refused: the same password will be wrong again; hold 15 min, doubling to 6 h
  HoldNumber,  // the number is refused: hold 1 h, doubling to 6 h
  AwaitEdit,   // nothing changes by trying: rest until the entry or a command changes it
  Stop,        // wanted: rest, and say so
  Renew,       // the session's limit: a fresh call where session_redial is set, else rest
  Await,       // the hour or the day's budget ends it: dial again as soon as they allow
  Keep,        // nothing was going on, or it is ending already: what was decided stands
};
constexpr size_t kActions = 9;

Action action_for(CauseCode cause, Phase phase);

/// What may be luckier within the same try (TryNextAlternateOnFail, several lines): after Redial,
/// HoldNumber and AwaitEdit only.
enum class Luck : uint8_t {
  Nothing,      // it would fail the same way, or it is the far end's word
  OtherNumber,  // this number is engaged, silent or refused; another may not be
  OtherLine,    // this device is missing, taken or dead; another may not be
};
Luck luck_of(CauseCode cause, Phase phase);

std::string_view name(Action action);
std::string_view text(Action action);  // as `redial explain` puts it

}  // namespace redial::connection
