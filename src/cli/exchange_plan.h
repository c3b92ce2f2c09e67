// SPDX-License-Identifier: Apache-2.0
// What `redial exchange` is to serve: modems with their faces and dialects, and the dial plan. From
// a TOML file (docs/exchange.md) or from the command line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "lab/exchange.h"
#include "phonebook/lines.h"
#include "phonebook/phonebook.h"

namespace redial::cli {

constexpr size_t kExchangeModemsMax = 1000;
constexpr size_t kExchangeNumbersMax = 10'000;

struct ExchangeModem {
  lab::ModemConfig config;
  std::string pty;     // where a link to its pty is made; empty: none
  std::string listen;  // 127.0.0.1:PORT; empty: the modem has a pty
  phonebook::Transport transport = phonebook::Transport::Rfc2217;
};

/// A number of the dial plan that no modem of the plan has, or that does not ring.
struct ExchangeNumber {
  std::string number;
  bool isp = false;    // an access server answers
  uint32_t ports = 1;  // of the access server
  lab::Fate fate = lab::Fate::Ring;
};

struct ExchangePlan {
  std::vector<ExchangeModem> modems;
  std::vector<ExchangeNumber> numbers;
  std::string accounts;  // credentials.toml, as written; empty: no password is asked
  std::string control;   // a Unix socket's path, as written; empty: none
  std::optional<uint32_t> trunks;
  std::vector<phonebook::Diagnostic> diagnostics;
};

ExchangePlan read_exchange_plan(std::string_view octets, std::string_view file_name);

/// --modem NUMBER, NUMBER=PATH, or NUMBER=2217:127.0.0.1:PORT; raw: and telnet: alike.
Result<ExchangeModem> exchange_modem(const std::string& said);

/// "busy", "no-answer", ...; as the plan and the commands write them.
std::optional<lab::Fate> fate_named(std::string_view word);

}  // namespace redial::cli
