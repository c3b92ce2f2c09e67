// SPDX-License-Identifier: Apache-2.0
// `redial exchange`: a telephone exchange with virtual Hayes modems on ptys, for `redial dial`, an
// emulated PC, a terminal or another dialler; and an access server to call.
#pragma once

#include <string>
#include <vector>

namespace redial::cli {

struct ExchangeOptions {
  std::vector<std::string> modems;  // NUMBER or NUMBER=PATH: a modem, and a link to its pty
  std::vector<std::string> isp;     // numbers that the access server answers
  std::string accounts;             // credentials.toml, mode 0600; empty: no password asked
  std::vector<std::string> busy, no_answer, voice;  // numbers with that fate
  uint32_t rate_bps = 28800;
  uint32_t latency_ms = 20;
};

/// Runs until SIGINT or SIGTERM, then 0; or the ErrorKind of what was wrong.
int exchange(const ExchangeOptions& options);

}  // namespace redial::cli
