// SPDX-License-Identifier: Apache-2.0
// DSR (V.24 circuit 107): a modem that had it on when its port was opened, and has it off, has been
// switched off or pulled out. One that raises it for a call only (&S1) tells nothing by it.
#pragma once

#include <optional>
#include <string_view>

namespace redial::host {

constexpr std::string_view kDsrLost = "DSR dropped: the modem is switched off or disconnected";

class ReadyWatch {
 public:
  void reset() { first_.reset(); }
  /// What DSR is now; true once, when it is lost.
  bool lost(bool dsr) {
    if (!first_) first_ = dsr;
    if (!*first_ || dsr) return false;
    first_ = false;
    return true;
  }

 private:
  std::optional<bool> first_;  // as it was first seen
};

}  // namespace redial::host
