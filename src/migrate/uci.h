// SPDX-License-Identifier: Apache-2.0
// OpenWrt's /etc/config/network in the form of UCI: interfaces over PPP become connections, the
// others stay with OpenWrt.
#pragma once

#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// Has a line "config interface" or "config device".
bool is_uci_network(std::string_view octets);
void read_uci(const SourceFile& file, Reading& reading);
/// What becomes of each option of an interface over PPP, for docs/migrating.md.
std::vector<Rule> uci_rules();

}  // namespace redial::migrate
