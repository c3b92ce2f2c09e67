// SPDX-License-Identifier: Apache-2.0
#include "engine/dialling.h"

#include <fmt/format.h>

#include "phonebook/text.h"

namespace redial::engine {

using phonebook::shown;
using telephony::CanonicalNumber;
using telephony::NumberProblem;
using telephony::Translation;

Result<telephony::Location> location_of(const phonebook::Location& declared,
                                        const std::vector<phonebook::CallingCard>& cards,
                                        const phonebook::CardSecret* secret) {
  telephony::Location made;
  made.name = declared.name;
  made.country_code = declared.country_code;
  made.area_code = declared.area_code;
  made.outside_local = declared.outside_local;
  made.outside_long_distance = declared.outside_long_distance;
  made.long_distance_carrier = declared.long_distance_carrier;
  made.international_carrier = declared.international_carrier;
  made.cancel_call_waiting = declared.cancel_call_waiting;
  if (declared.dial) {
    const bool pulse = *declared.dial == phonebook::DialBy::Pulse;
    made.signalling = pulse ? telephony::Signalling::Pulse : telephony::Signalling::Tone;
  }
  made.local = declared.local;
  made.long_distance = declared.long_distance;
  made.international = declared.international;
  for (const phonebook::AreaRule& rule : declared.area_rules) {
    made.area_rules.push_back({rule.area_code, rule.prefixes, rule.except, rule.dial});
  }
  if (declared.calling_card.empty()) return made;
  const phonebook::CallingCard* card = phonebook::find_card(cards, declared.calling_card);
  if (card == nullptr) {
    return fail(ErrorKind::NotFound,
                fmt::format("location {}: its calling card {} does not exist; nothing is dialled "
                            "from it; declare [calling_card.\"{}\"] in redial.toml",
                            shown(declared.name), shown(declared.calling_card),
                            shown(declared.calling_card)));
  }
  made.card = telephony::CallingCard{.name = card->name,
                                     .local = card->local,
                                     .long_distance = card->long_distance,
                                     .international = card->international,
                                     .number = secret ? secret->number : std::nullopt,
                                     .pin = secret ? secret->pin : std::nullopt};
  return made;
}

bool by_the_rules(const phonebook::Entry& entry, const phonebook::Number& number) {
  const bool asks = number.use_dialing_rules || telephony::is_canonical(number.digits);
  return entry.use_dialing_rules.value_or(asks);
}

namespace {

/// What the number leaves out is where one is.
Result<CanonicalNumber, NumberProblem> canonical(const phonebook::Number& number,
                                                 const telephony::Location& from) {
  if (telephony::is_canonical(number.digits)) return telephony::parse_canonical(number.digits);
  const bool abroad = number.country_code != 0 && number.country_code != from.country_code;
  const bool no_area = number.area_code.empty() && number.country_code == 0;
  return telephony::make_canonical(abroad ? number.country_code : from.country_code,
                                   no_area ? from.area_code : number.area_code, number.digits);
}

}  // namespace

Result<Translation> dialled_number(const phonebook::Entry& entry, const phonebook::Number& number,
                                   const telephony::Location* from) {
  if (!by_the_rules(entry, number)) {
    return telephony::as_written(number.digits, "no dialling rules are asked for");
  }
  if (from == nullptr) {
    Translation made = telephony::as_written(number.digits, "no location is declared");
    made.notes.emplace_back(
        "asks for dialling rules, and no location is declared, so it is dialled as it is written; "
        "declare [[location]] in redial.toml, or set use_dialing_rules = false");
    return made;
  }
  const auto parsed = canonical(number, *from);
  if (!parsed) {
    return fail(ErrorKind::Unsupported,
                fmt::format("the phone number \"{}\", column {}: {}", shown(number.digits),
                            parsed.error().column, parsed.error().text));
  }
  return telephony::translate(*parsed, *from);
}

Result<std::vector<Translation>> dialled_numbers(const phonebook::Entry& entry,
                                                 const telephony::Location* from) {
  std::vector<Translation> all;
  for (const phonebook::Number& number : entry.numbers) {
    auto one = dialled_number(entry, number, from);
    if (!one) {
      return fail(one.error().kind, fmt::format("{}: {}", shown(entry.name), one.error().text));
    }
    all.push_back(*std::move(one));
  }
  return all;
}

}  // namespace redial::engine
