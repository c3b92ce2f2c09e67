// SPDX-License-Identifier: Apache-2.0
// The command line of `rasdial` as Windows has it (docs/rasdial.md), and RAS error numbers as exit
// statuses.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cause.h"
#include "core/result.h"
#include "core/secret.h"

namespace redial::cli {

struct RasdialWords {
  enum class Verb : uint8_t { List, Dial, Disconnect, Help };
  Verb verb = Verb::List;
  std::string entry, user, domain, phone, phonebook;
  std::optional<Secret> password;  // "*": none here, see below
  bool ask_password = false;
  bool by_rules = false;  // the location's rules apply to `phone`
};

/// The words after the program's name. Options begin with / or -, in any case. Errors: Usage, or
/// Unsupported for what Windows knows and we do not.
Result<RasdialWords> parse_rasdial(std::span<const std::string> words);
/// Which of the words is the password, to be overwritten where others can read it.
std::optional<size_t> password_word(std::span<const std::string> words);

/// What `rasdial` exits with: the number less 600; 255 when that is no status.
int rasdial_status(int ras_error);
/// "Remote Access error 676 - the line is busy (BUSY)."
std::string rasdial_error(int ras_error, const std::string& text);

constexpr int kRasCannotOpenPhonebook = 621, kRasCannotLoadPhonebook = 622, kRasNoEntry = 623;
constexpr int kRasNoDevice = 608, kRasUnknown = 635, kRasNoConnection = 668, kRasDialing = 756;
constexpr int kRasScriptSyntax = 752, kInvalidParameter = 87;

}  // namespace redial::cli
