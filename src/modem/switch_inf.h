// SPDX-License-Identifier: Apache-2.0
// SWITCH.INF and PAD.INF (KB Q125975, Q126382, Q120015): a section that inf.h has read becomes a
// dial script, run by the one engine with a deadline on every wait.
#pragma once

#include <string>

#include "core/result.h"
#include "modem/inf.h"
#include "modem/script.h"

namespace redial::modem {

/// What an X.25 pad is told of an entry. User data and facilities often hold passwords: neither is
/// shown.
struct X25Fields {
  std::string address, user_data, facilities;
};

/// Errors: BadFile, what the section says cannot be run; Unsupported, a field it needs is not told.
Result<Script> compile_script(const ModemDescription& section, const X25Fields& fields);

}  // namespace redial::modem
