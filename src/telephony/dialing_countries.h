// SPDX-License-Identifier: Apache-2.0
// Country codes as ITU-T E.164 assigns them, and how a call is dialled from each country, as rules
// in TAPI's letters (docs/dialing.md). A country whose numbering plan we are not sure of has no
// rules: its locations write their own.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace redial::telephony {

/// E country code, F area code, G the number in its area; digits stand for themselves.
struct Country {
  uint16_t code = 0;
  std::string_view name;           // the best known of those that share the code
  std::string_view local;          // within an area; empty: not known
  std::string_view long_distance;  // within the country
  std::string_view international;
};

/// In the order of their codes as text: +1, +20, +211, ...
std::span<const Country> countries();
/// Null: the ITU has assigned no such code.
const Country* country_of(uint32_t code);
/// The country whose code the digits begin with; no code begins with another one.
const Country* country_at_front(std::string_view digits);

/// "+49 (Germany)"; "+999" for a code that nobody has.
std::string country_text(uint32_t code);

/// What a rule dials before the area code or number: "1" of "1FG", "" of "FG".
std::string_view prefix_of(std::string_view rule);

}  // namespace redial::telephony
