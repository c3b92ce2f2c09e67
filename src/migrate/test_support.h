// SPDX-License-Identifier: Apache-2.0
// For tests of readers: settings found by their key.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "migrate/foreign.h"

namespace redial::migrate {

inline bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

inline size_t lines_with(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (text.substr(at, end - at).find(part) != std::string_view::npos) ++count;
    at = end + 1;
  }
  return count;
}

struct Ended {
  Column column = Column::Dropped;
  std::string how, value;
};

/// The first setting of that name; `file` may be the end of a path.
inline Ended ended(const Reading& reading, std::string_view key, std::string_view file = {}) {
  for (const Setting& setting : reading.report.settings()) {
    if (setting.key != key || !setting.file.ends_with(file)) continue;
    REQUIRE(setting.ended.has_value());
    return {*setting.ended, setting.how, setting.value};
  }
  FAIL("no setting " << key);
  return {};
}

}  // namespace redial::migrate
