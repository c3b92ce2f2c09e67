// SPDX-License-Identifier: Apache-2.0
// The keys of Windows' phonebooks ([MS-RRASM] 2.2.2 and what newer files have), of SERIAL.INI and
// of RAS in the registry, and what becomes of each.
#pragma once

#include <span>
#include <string_view>

#include "migrate/setting.h"

namespace redial::migrate {

struct RasKey {
  std::string_view names;  // parted by blanks
  Column column = Column::NotNeeded;
  std::string_view text;
  bool secret = false;
  enum class Of : uint8_t { Any, Vpn, Mobile } of = Of::Any;  // without such a link it says nothing
};

std::span<const RasKey> ras_keys();
/// Without regard to case; nullptr: not known.
const RasKey* find_ras_key(std::string_view name);

}  // namespace redial::migrate
