// SPDX-License-Identifier: Apache-2.0
// The binary values of a modem's key: what it may answer (ten octets each), what it can do
// (Properties), how its port is set (DCB). Source: Windows Driver Kit, modem devices: "Responses",
// "Properties", "DCB".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "modem/description.h"
#include "modem/modem_key.h"

namespace redial::modem {

constexpr size_t kUnimodemCommandMax = 256;     // octets, as kCommandMax of the dialogue
constexpr size_t kUnimodemResponsesMax = 2000;  // of one modem
constexpr uint32_t kRateLeast = 45, kRateMost = 100'000'000;  // bit/s that a modem may have

/// <cr>, <lf> and <hXX> become octets; any other <name> stands for itself.
std::string octets_named_in(std::string_view text);

std::vector<Response> read_responses(const ModemKey& key, Findings& findings);
void read_properties(const ModemKey& key, ModemDescription& into, Findings& findings);
void read_dcb(const ModemKey& key, ModemDescription& into, Findings& findings);

}  // namespace redial::modem
