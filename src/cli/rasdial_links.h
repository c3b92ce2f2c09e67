// SPDX-License-Identifier: Apache-2.0
// Links that `rasdial` left running: a record for each in a folder of the user's, locked by the
// process that holds the link for as long as it lives.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "io/descriptor.h"

namespace redial::cli {

struct HeldLink {
  std::string entry;
  pid_t process = 0;
  std::string file;
};

/// $XDG_RUNTIME_DIR/redial, root's /run/redial, else one under /tmp; ours alone, or an error.
Result<std::string> links_folder();

/// Those whose process lives; records of dead ones are removed.
std::vector<HeldLink> held_links(const std::string& folder);

/// The record of this process; held as long as the descriptor. Busy: another process has the entry.
Result<io::Descriptor> hold_link(const std::string& folder, const std::string& entry);

/// SIGTERM, and waits for the record to be given up; false: it was not within the time.
bool release_link(const HeldLink& link, Duration within);

}  // namespace redial::cli
