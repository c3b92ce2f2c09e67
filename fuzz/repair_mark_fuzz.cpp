// SPDX-License-Identifier: Apache-2.0
// Marks of unknown origin: what is read is bounded, and reads the same when written.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "migrate/repair_mark.h"

using namespace redial;
using namespace redial::migrate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  auto files = read_mark(as_text({data, size}));
  if (!files) return 0;
  REDIAL_ASSERT(files->size() <= kMarkedFilesMax);
  std::ranges::stable_sort(*files, {}, &MarkedFile::path);
  const auto again = read_mark(write_mark(*files, "Ras.old"));
  REDIAL_ASSERT(again && again->size() == files->size());
  return 0;
}
