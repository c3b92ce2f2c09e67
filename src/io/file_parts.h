// SPDX-License-Identifier: Apache-2.0
// What the sources about files share: errors of the system as ours, folders of paths, whole writes.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace redial::io {

/// "PATH: FACT: what errno says"; NotFound, Permission or BadFile.
tl::unexpected<Error> fail_with(int error, const std::string& path, const char* fact);
/// "." for a name alone, "/" for one in the root.
std::string folder_of(const std::string& path);
/// All of it; 0 or errno.
int write_all(int fd, std::string_view octets);

}  // namespace redial::io
