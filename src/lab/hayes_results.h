// SPDX-License-Identifier: Apache-2.0
// The result codes of a Hayes modem (ITU-T V.250 5.7.1 and the numbers vendors agreed on).
#pragma once

#include <cstdint>

#include "lab/hayes.h"

namespace redial::lab {

enum class HayesModem::Result : uint8_t {
  Ok,
  Ring,
  NoCarrier,
  Error,
  NoDialtone,
  Busy,
  NoAnswer,
  Voice,
  Delayed,
  Blacklisted,
};

}  // namespace redial::lab
