// SPDX-License-Identifier: Apache-2.0
// A number and a redial.toml of unknown origin: the first line is dialled from every location of
// the rest. Whatever comes out can be dialled, is bounded, and shows nothing of a card.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "core/bytes.h"
#include "core/check.h"
#include "engine/dialling.h"
#include "modem/number.h"
#include "phonebook/toml.h"

using namespace redial;

namespace {

constexpr std::string_view kCardNumber = "80031415926535897932";

void check(const telephony::Translation& made) {
  REDIAL_ASSERT(dialled_text(made).find(kCardNumber) == std::string::npos);
  REDIAL_ASSERT(displayed_text(made).find(kCardNumber) == std::string::npos);
  if (made.reach == telephony::Reach::AsWritten || !made.dialled) return;
  const std::string_view dialled = made.dialled->reveal();
  REDIAL_ASSERT(dialled.size() <= telephony::kNumberMax);
  REDIAL_ASSERT(modem::dialable(dialled) == dialled);
  for (const bool can : {false, true}) {
    REDIAL_ASSERT(modem::dialable(modem::fit(dialled, {can, can, can})).has_value());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets = as_text({data, size});
  const size_t end = std::min(octets.find('\n'), octets.size());
  const std::string_view written = octets.substr(0, end);

  if (const auto number = telephony::parse_canonical(written)) {
    const auto again = telephony::parse_canonical(to_text(*number));
    REDIAL_ASSERT(again.has_value());
    REDIAL_ASSERT(again->country_code == number->country_code);
    REDIAL_ASSERT(again->area_code == number->area_code && again->number == number->number);
  }
  phonebook::Entry entry;
  entry.numbers.emplace_back().digits = written;
  entry.numbers.emplace_back().digits = written;
  entry.numbers.back().use_dialing_rules = true;
  const auto config = phonebook::read_config(octets.substr(end), "redial.toml");
  const phonebook::CardSecret secret{Secret(std::string(kCardNumber)), Secret("2718")};
  for (const phonebook::Location& declared : config.locations) {
    for (const phonebook::CardSecret* known :
         std::initializer_list<const phonebook::CardSecret*>{&secret, nullptr}) {
      const auto from = engine::location_of(declared, config.calling_cards, known);
      if (!from) continue;
      for (const phonebook::Number& number : entry.numbers) {
        const auto made = engine::dialled_number(entry, number, &*from);
        if (made) check(*made);
      }
    }
  }
  return 0;
}
