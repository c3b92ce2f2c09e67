// SPDX-License-Identifier: Apache-2.0
// The mark in a directory that `redial repair` has made: that it is complete, and what each of its
// files was like. By it, and by nothing else, such a directory is told from the one NT left.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace redial::migrate {

constexpr std::string_view kMarkFile = "redial-repair.txt";
constexpr size_t kMarkOctetsMax = 4 << 20;
constexpr size_t kMarkedFilesMax = 20'000;

struct MarkedFile {
  std::string path;  // relative to the directory
  uint64_t octets = 0;
  uint64_t sum = 0;  // fingerprint() of them
  bool operator==(const MarkedFile&) const = default;
};

/// Tells a file that was edited from one that was not; no protection against malice (FNV-1a).
uint64_t fingerprint(std::string_view octets);

/// Sorted by path. `old_name`: what the directory that it replaces is called now.
std::string write_mark(const std::vector<MarkedFile>& files, std::string_view old_name);
/// Nullopt: no mark, or only part of one.
std::optional<std::vector<MarkedFile>> read_mark(std::string_view octets);

}  // namespace redial::migrate
