// SPDX-License-Identifier: Apache-2.0
// Faults on request: what is typed at a running `redial exchange`, one command a line.
#pragma once

#include <string>
#include <string_view>

#include "cli/lab_network.h"

namespace redial::cli {

class ExchangeDesk {
 public:
  explicit ExchangeDesk(LabNetwork& network) : network_(network) {}

  /// Does it and says what was done; or says what is wrong, and nothing is done. May be several
  /// lines; empty for an empty line.
  std::string obey(std::string_view line);

 private:
  LabNetwork& network_;
};

}  // namespace redial::cli
