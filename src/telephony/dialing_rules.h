// SPDX-License-Identifier: Apache-2.0
// Dialling rules: what is dialled for a number from where one is (TAPI's lineTranslateAddress; KB
// Q167220, Q820886). The same number is dialled otherwise from the office and from a hotel; the
// location is what differs. In words: docs/dialing.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "telephony/dialing_number.h"

namespace redial::telephony {

enum class Signalling : uint8_t { Tone, Pulse };
enum class Reach : uint8_t { AsWritten, Local, LongDistance, International };
std::string_view name(Reach reach);  // "long-distance"

/// How numbers of one area are dialled; TAPI's area code rules and toll lists in one form.
struct AreaRule {
  std::string area_code;
  std::vector<std::string> prefixes;  // of the number in the area; empty: all
  bool except = false;                // all numbers but those with the prefixes
  std::string dial;                   // a rule: "G", "FG", "1FG"
};

struct CallingCard {
  std::string name;
  // A rule for each reach; empty: such calls are dialled without the card. H: number, K: PIN.
  std::string local, long_distance, international;
  std::optional<Secret> number, pin;  // none: not known (yet)
};

struct Location {
  std::string name;
  uint32_t country_code = kNorthAmerica;
  std::string area_code;                                     // empty: the country has none
  std::string outside_local;                                 // "9,": what reaches an outside line
  std::optional<std::string> outside_long_distance;          // none: as for local calls
  std::string long_distance_carrier, international_carrier;  // N and S of the rules
  std::string cancel_call_waiting;                           // "*70,"; empty: nothing to cancel
  std::optional<Signalling> signalling;                      // none: as the line is set
  std::string local, long_distance, international;           // rules; empty: the country's
  std::vector<AreaRule> area_rules;                          // the first that fits counts
  std::optional<CallingCard> card;
};

/// A piece of what is dialled, and why; secrets are covered.
struct DialStep {
  std::string text;
  std::string why;
  bool operator==(const DialStep&) const = default;
};

struct Translation {
  Reach reach = Reach::AsWritten;
  bool covered = false;            // a card's number or PIN is in it
  std::optional<Secret> dialled;   // for the modem; none: the card's number or PIN is not known
  std::vector<DialStep> steps;     // in the order of dialling
  std::vector<std::string> notes;  // what is not as written, a line each
};

/// What the modem is given, with secrets as "***".
std::string dialled_text(const Translation& translation);
/// The same for people, with blanks between its steps.
std::string displayed_text(const Translation& translation);

/// BadFile: what keeps every number from being dialled from there.
Result<void> check(const Location& location);
/// Errors: BadFile, what the location lacks; Unsupported, more digits than can be dialled.
Result<Translation> translate(const CanonicalNumber& number, const Location& location);
/// A number that no rules apply to: it goes to the modem as it is.
Translation as_written(std::string_view number, std::string why);

}  // namespace redial::telephony
