// SPDX-License-Identifier: Apache-2.0
// Reader of Windows' dial-up scripts (.scp), after Microsoft's "Dial-Up Scripting Command Language"
// of 1995: proc main, variables, waitfor, transmit, if, while, goto. Compiled to the one script
// engine, which bounds every wait and the whole. Pure and bounded.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "modem/inf.h"
#include "modem/script.h"

namespace redial::modem {

struct ScpFile {
  std::optional<Script> script;  // none after an error
  std::vector<Diagnostic> diagnostics;
};

constexpr size_t kScpOctetsMax = 64 << 10;
constexpr size_t kScpVariablesMax = 256;
constexpr size_t kScpDepthMax = 32;  // blocks and brackets within each other

ScpFile read_scp(std::string_view octets, std::string_view name);

}  // namespace redial::modem
