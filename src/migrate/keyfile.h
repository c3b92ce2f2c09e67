// SPDX-License-Identifier: Apache-2.0
// NetworkManager's keyfiles (nm-settings-keyfile(5)): one connection a file. Those that are PPP
// links, or could be, become connections; the others stay with NetworkManager.
#pragma once

#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// Has [connection] with an id or a type.
bool is_keyfile(std::string_view octets);
void read_keyfile(const SourceFile& file, Reading& reading);
/// What becomes of each property, for docs/migrating.md.
std::vector<Rule> keyfile_rules();

}  // namespace redial::migrate
