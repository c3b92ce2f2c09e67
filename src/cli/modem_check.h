// SPDX-License-Identifier: Apache-2.0
// `redial modem check FILE...`: what each MODEM.INF, setup file (mdm*.inf) or registry export
// describes, and everything that is wrong with it. What kind of file it is, its text says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "modem/unimodem.h"

namespace redial::cli {

/// A file as it was found.
struct ModemFile {
  std::string name;
  Result<std::string> octets;
  modem::LoadInf load{};  // files that it includes
};

struct ModemReport {
  std::string text;  // lines for people, or one JSON document
  int status = 0;    // 0 clean, 1 with warnings, 2 with errors
};

ModemReport modem_report(const std::vector<ModemFile>& files, bool json);

/// Reads the files, prints the report on standard output, returns the exit status.
int modem_check(const std::vector<std::string>& files, bool json);

}  // namespace redial::cli
