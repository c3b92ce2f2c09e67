// SPDX-License-Identifier: Apache-2.0
#include "core/check.h"

#include <cstdio>
#include <cstdlib>

namespace redial {

void assertion_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "redial: assertion failed: %s (%s:%d)\n", what, file, line);
  std::abort();
}

}  // namespace redial
