// SPDX-License-Identifier: Apache-2.0
// Text in columns, each cell broken at blanks, for tables that are to be read at a glance.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace redial::cli {

/// Lines of at most `width` characters; a longer word stands alone, unbroken.
std::vector<std::string> broken(std::string_view text, size_t width);
/// One row: cells side by side, two blanks between them, as many lines as the longest needs. The
/// last column is not padded.
std::string columns(std::span<const size_t> widths, std::span<const std::string> cells);

}  // namespace redial::cli
