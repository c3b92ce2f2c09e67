// SPDX-License-Identifier: Apache-2.0
// A file of lines that only grows, shared by processes; now and then one of them writes it anew.
// Nothing is kept open between two calls, so that whoever comes next finds the file of that name.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace redial::io {

/// On disk when it returns, whole or not at all; a new file begins with `head`. A last line that a
/// killed writer left without its end is ended first. The folder is made when it is not there.
Result<void> append_line(const std::string& path, std::string_view head, std::string_view line);

/// What `anew` makes of the file takes its place (io::write_file); nobody appends meanwhile.
Result<void> rewrite(const std::string& path, size_t octets_max,
                     const std::function<std::string(std::string_view)>& anew);

}  // namespace redial::io
