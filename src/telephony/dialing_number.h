// SPDX-License-Identifier: Apache-2.0
// Telephone numbers that mean the same everywhere: TAPI's canonical address, "+1 (425) 555-0100",
// and E.164 as people write it, "+14255550100". No dialling codes in them: those are a location's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace redial::telephony {

constexpr size_t kNumberMax = 128;     // octets as written; RAS_MaxPhoneNumber, RAS error 723
constexpr size_t kE164DigitsMax = 15;  // country code included (E.164 §6.1)
constexpr uint32_t kNorthAmerica = 1;  // area codes of three digits, numbers of seven
constexpr size_t kNanpArea = 3, kNanpNumber = 7;

struct CanonicalNumber {
  uint32_t country_code = 0;  // 1 to 999
  std::string area_code;      // digits; empty: none, or not told apart from the number
  std::string number;         // digits
  std::string written;        // the number with its blanks and hyphens, for people
  std::string extension;      // dialled behind it: pauses, and digits for whoever answers
  std::string subaddress;     // ISDN, after "|"; no modem can dial it
  bool more = false;          // further addresses follow on lines of their own
  bool operator==(const CanonicalNumber&) const = default;
};

/// What is wrong and where; `text` is fact, consequence, remedy.
struct NumberProblem {
  size_t column = 1;  // from 1
  std::string text;
  bool operator==(const NumberProblem&) const = default;
};

/// Begins with "+", and so is the same wherever it is dialled from.
bool is_canonical(std::string_view text);
Result<CanonicalNumber, NumberProblem> parse_canonical(std::string_view text);
/// The parts as a phonebook keeps them. `number` may have blanks and hyphens.
Result<CanonicalNumber, NumberProblem> make_canonical(uint32_t country_code,
                                                      std::string_view area_code,
                                                      std::string_view number);
/// Why no area of that country has this code; none: all is well. An area code is written without
/// the prefix for long distance: +44 (20), not +44 (020).
std::optional<std::string> area_problem(uint32_t country_code, std::string_view area_code);
/// "+1 (425) 555-0100".
std::string to_text(const CanonicalNumber& number);

}  // namespace redial::telephony
