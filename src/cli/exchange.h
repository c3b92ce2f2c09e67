// SPDX-License-Identifier: Apache-2.0
// `redial exchange`: a telephone exchange with virtual Hayes modems on ptys and TCP ports, for
// `redial dial`, an emulated PC, a terminal or another dialler; and an access server to call.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace redial::cli {

struct ExchangeOptions {
  std::string plan;                 // a TOML file; what follows is added to it
  std::vector<std::string> modems;  // NUMBER, NUMBER=PATH, NUMBER=2217:127.0.0.1:PORT
  std::vector<std::string> isp;     // numbers that the access server answers
  std::string accounts;             // credentials.toml, mode 0600; empty: no password asked
  std::vector<std::string> busy, no_answer, voice;  // numbers with that fate
  std::optional<uint32_t> rate_bps, latency_ms;     // of the modems named above
  std::string control;                              // a Unix socket for commands; empty: none
};

/// Takes commands from standard input (ExchangeDesk). Runs until SIGINT or SIGTERM, then 0; or the
/// ErrorKind of what was wrong.
int exchange(const ExchangeOptions& options);

}  // namespace redial::cli
