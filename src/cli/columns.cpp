// SPDX-License-Identifier: Apache-2.0
#include "cli/columns.h"

#include <algorithm>

namespace redial::cli {
namespace {

/// Characters, not octets: of UTF-8 only what begins one.
size_t length(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::vector<std::string> broken(std::string_view text, size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (length(line) + 1 + length(word) <= width) {
      line.append(" ").append(word);
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::string columns(std::span<const size_t> widths, std::span<const std::string> cells) {
  std::vector<std::vector<std::string>> blocks;
  size_t height = 1;
  for (size_t i = 0; i < cells.size(); ++i) {
    blocks.push_back(broken(cells[i], widths[i]));
    height = std::max(height, blocks.back().size());
  }
  std::string out;
  for (size_t row = 0; row < height; ++row) {
    std::string line;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const std::string& cell = row < blocks[i].size() ? blocks[i][row] : std::string();
      line += cell;
      const size_t used = length(cell);
      line.append(used < widths[i] ? widths[i] - used + 2 : 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

}  // namespace redial::cli
