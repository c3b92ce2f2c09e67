// SPDX-License-Identifier: Apache-2.0
#include "core/time.h"

#include <fmt/format.h>

namespace redial {

std::string to_text(Duration duration) {
  const int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000) {
    return ms % 1000 == 0 ? fmt::format("{} s", ms / 1000)
                          : fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100);
  }
  const int64_t s = ms / 1000;
  if (s < 3600) {
    return s % 60 == 0 ? fmt::format("{} min", s / 60) : fmt::format("{} min {} s", s / 60, s % 60);
  }
  const int64_t min = s / 60;
  return min % 60 == 0 ? fmt::format("{} h", min / 60)
                       : fmt::format("{} h {} min", min / 60, min % 60);
}

std::string to_seconds(Duration duration) {
  const int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return fmt::format("{}{}.{:03}", ms < 0 ? "-" : "", std::abs(ms) / 1000, std::abs(ms) % 1000);
}

}  // namespace redial
