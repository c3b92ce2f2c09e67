// SPDX-License-Identifier: Apache-2.0
// An /etc/config/network of unknown origin.
#include <cstddef>
#include <cstdint>

#include "migrate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  read_and_write(migrate::Source::OpenWrt, {{"/etc/config/network", text_of(data, size)}});
  return 0;
}
