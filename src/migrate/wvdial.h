// SPDX-License-Identifier: Apache-2.0
// wvdial.conf, as wvdial.conf(5) describes it: [Dialer Defaults], [Dialer NAME], sections that are
// inherited.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

/// Has a [Dialer ...] section.
bool is_wvdial(std::string_view octets);
void read_wvdial(const SourceFile& file, Reading& reading);
/// What becomes of each option, for docs/migrating.md.
std::vector<Rule> wvdial_rules();

}  // namespace redial::migrate
