// SPDX-License-Identifier: Apache-2.0
// What holds of every reader of foreign configuration, whatever it is given: each setting ends in
// one column, and what is written of it reads as it was meant, or is refused.
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/check.h"
#include "migrate/native.h"
#include "migrate/sources.h"
#include "modem/inf.h"

namespace redial {

inline void read_and_write(migrate::Source source, std::vector<migrate::SourceFile> files) {
  migrate::Reading reading =
      migrate::read_source({.source = source, .path = "/fuzz", .files = std::move(files)});
  size_t sum = 0;
  for (const size_t count : reading.report.counts()) sum += count;
  REDIAL_ASSERT(sum == reading.report.settings().size());
  if (phonebook::has_errors(reading.diagnostics)) return;
  const migrate::NativeFiles native = migrate::write_native(reading, "fuzz", "/fuzz", {});
  REDIAL_ASSERT(native.entries.size() == reading.connections.size());
  (void)modem::read_modem_inf(native.descriptions, "fuzz.inf");
}

inline std::string text_of(const uint8_t* data, size_t size) {
  return std::string(as_text({data, size}));
}

}  // namespace redial
