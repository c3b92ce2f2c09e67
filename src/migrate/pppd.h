// SPDX-License-Identifier: Apache-2.0
// pppd's configuration as it lies in /etc/ppp: options, options.ttyX, peers, pap-secrets,
// chap-secrets, and the chat scripts that `connect` names.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "migrate/foreign.h"

namespace redial::migrate {

enum class PppdFile : uint8_t { No, Options, Peer, Secrets, Chat };

/// By name and place, and for a file of another name by its words: most are options of pppd's.
PppdFile pppd_file_kind(const SourceFile& file);

/// All files of one installation at once: they name each other.
void read_pppd(std::span<const SourceFile> files, Reading& reading);

/// What becomes of each option, for docs/migrating.md.
std::vector<Rule> pppd_rules();

}  // namespace redial::migrate
