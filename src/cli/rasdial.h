// SPDX-License-Identifier: Apache-2.0
// `rasdial`, for scripts that were written for Windows: its syntax, its texts, its exit statuses. A
// link that came up is held, watched and redialled by a process of its own until /DISCONNECT.
#pragma once

namespace redial::cli {

/// Whether the program was called by this name.
bool called_as_rasdial(const char* program);
/// The exit status: RAS's error number less 600, 255 beyond.
int rasdial(int argc, char** argv);

}  // namespace redial::cli
