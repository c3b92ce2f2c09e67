// SPDX-License-Identifier: Apache-2.0
#include "migrate/repair_mark.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace redial::migrate {
namespace {

constexpr std::string_view kFirst = "redial-repair 1";
constexpr std::string_view kLast = "complete";

/// The next line without its end; nullopt when none ends any more.
std::optional<std::string_view> take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

template <class Number>
bool take_number(std::string_view& line, int base, Number& into) {
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), into, base);
  const auto used = static_cast<size_t>(end - line.data());
  if (error != std::errc() || used >= line.size() || line[used] != ' ') return false;
  line.remove_prefix(used + 1);
  return true;
}

std::optional<MarkedFile> to_file(std::string_view line) {
  MarkedFile file;
  if (!take_number(line, 16, file.sum) || !take_number(line, 10, file.octets)) return std::nullopt;
  if (line.empty()) return std::nullopt;
  file.path = line;
  return file;
}

}  // namespace

uint64_t fingerprint(std::string_view octets) {
  uint64_t sum = 0xcbf29ce484222325;
  for (const char octet : octets) {
    sum = (sum ^ static_cast<uint8_t>(octet)) * 0x100000001b3;
  }
  return sum;
}

std::string write_mark(const std::vector<MarkedFile>& files, std::string_view old_name) {
  std::vector<MarkedFile> sorted = files;
  std::ranges::sort(sorted, {}, &MarkedFile::path);
  std::string out = fmt::format(
      "# Made by redial repair in place of what is now {}. To have that back: redial repair\n"
      "# --undo. The list below tells what has been changed here since; do not edit it.\n{}\n",
      old_name, kFirst);
  for (const MarkedFile& file : sorted) {
    out += fmt::format("{:016x} {} {}\n", file.sum, file.octets, file.path);
  }
  return out + std::string(kLast) + "\n";
}

std::optional<std::vector<MarkedFile>> read_mark(std::string_view octets) {
  if (octets.size() > kMarkOctetsMax) return std::nullopt;
  std::optional<std::string_view> line = take_line(octets);
  while (line && line->starts_with('#')) line = take_line(octets);
  if (line != kFirst) return std::nullopt;
  std::vector<MarkedFile> files;
  while ((line = take_line(octets)) && line != kLast) {
    auto file = to_file(*line);
    if (!file || files.size() == kMarkedFilesMax) return std::nullopt;
    files.push_back(*std::move(file));
  }
  if (!line) return std::nullopt;  // its end is missing: it was being written
  return files;
}

}  // namespace redial::migrate
