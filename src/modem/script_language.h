// SPDX-License-Identifier: Apache-2.0
// Which of other programs' script languages a file is in: chat scripts lie in /etc/chatscripts
// under any name, and Windows does not care for the case of ".SCP".
#pragma once

#include <cstdint>
#include <string_view>

namespace redial::modem {

enum class ScriptLanguage : uint8_t { None, Scp, Chat };

/// By the name's ending (.scp, .chat); without one of them by what the text says.
ScriptLanguage script_language(std::string_view file_name, std::string_view octets);

}  // namespace redial::modem
