// SPDX-License-Identifier: Apache-2.0
// The options of pppd, each with its number of arguments and what becomes of it. After pppd(8) of
// 2.4.9 and 2.5, and the manuals of the plugins that come with it.
#pragma once

#include <span>
#include <string_view>

#include "migrate/apply.h"

namespace redial::migrate {

struct PppdOption {
  std::string_view names;  // parted by blanks: they mean the same
  uint8_t arguments = 0;
  Column column = Column::NotNeeded;
  std::string_view text;
  Action action = nullptr;
  bool secret = false;  // its argument is never shown
};

std::span<const PppdOption> pppd_options();
/// nullptr: no option of that name.
const PppdOption* find_pppd_option(std::string_view name);

}  // namespace redial::migrate
