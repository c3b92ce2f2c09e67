// SPDX-License-Identifier: Apache-2.0
// What is dialled for an entry's numbers from where one is: declared locations and cards become
// those of telephony/dialing_rules.h, and each number is translated or taken as it is written.
#pragma once

#include <vector>

#include "core/result.h"
#include "phonebook/credentials.h"
#include "phonebook/entry.h"
#include "phonebook/location.h"
#include "telephony/dialing_rules.h"

namespace redial::engine {

/// NotFound: the location's calling card is not among `cards`. `secret` may be null: not known.
Result<telephony::Location> location_of(const phonebook::Location& declared,
                                        const std::vector<phonebook::CallingCard>& cards,
                                        const phonebook::CardSecret* secret);

/// Whether the entry wants the dialling rules applied to this number of its.
bool by_the_rules(const phonebook::Entry& entry, const phonebook::Number& number);

/// One number. `from` may be null: no location is declared, and it is dialled as it is written.
/// What a number does not say, country or area, is the location's.
Result<telephony::Translation> dialled_number(const phonebook::Entry& entry,
                                              const phonebook::Number& number,
                                              const telephony::Location* from);
/// All of them, in the entry's order. The first error, with the entry's name.
Result<std::vector<telephony::Translation>> dialled_numbers(const phonebook::Entry& entry,
                                                            const telephony::Location* from);

}  // namespace redial::engine
