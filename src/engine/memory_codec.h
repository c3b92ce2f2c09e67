// SPDX-License-Identifier: Apache-2.0
// The journal of what outlives the process, as text: a line for each time that something was
// remembered, the latest of a link or line counting. A line that was torn or damaged is left out.
//
//   redial-memory 1
//   CHECK BOOT AT KIND NAME KEY=VALUE ...                            (separated by tabs)
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "connection/memory.h"
#include "core/result.h"

namespace redial::engine {

/// When something was written. Instants of two boots cannot be compared; all that is certain then
/// is how long ago the later boot was.
struct Moment {
  uint32_t boot = 0;  // which one; any number that differs from boot to boot
  Instant at{};       // CLOCK_BOOTTIME
  bool operator==(const Moment&) const = default;
};

struct MemoryRecord {
  std::string name;  // of the entry, or of the line
  Moment written;
  std::variant<connection::LinkMemory, connection::LineMemory> what;
  bool operator==(const MemoryRecord&) const = default;
};

constexpr std::string_view kMemoryHead = "redial-memory 1\n";
constexpr size_t kMemoryOctetsMax = 16 << 20;
constexpr size_t kMemoryRecordOctetsMax = 256 << 10;
constexpr size_t kRememberedMax = 100'000;  // links and lines
constexpr size_t kRememberedNumbersMax = 256, kRememberedFailuresMax = 1000, kNameMax = 1024;

/// One line, its end included.
std::string to_record(const MemoryRecord& record);
/// BadFile: damaged, out of range, or written by a later version.
Result<MemoryRecord> parse_record(std::string_view line);

/// Everything that is remembered, as it is at one moment.
struct Memories {
  std::map<std::string, connection::LinkMemory, std::less<>> links;
  std::map<std::string, connection::LineMemory, std::less<>> lines;
  size_t damaged =
      0;  // lines that were left out; one without an end was being written, and is none
  bool operator==(const Memories&) const = default;
};
/// BadFile: no journal of this version.
Result<Memories> read_memories(std::string_view text, Moment now);
/// A whole journal; what is blank is left out.
std::string write_memories(const Memories& memories, Moment now);

}  // namespace redial::engine
