// SPDX-License-Identifier: Apache-2.0
// A keyfile of NetworkManager's of unknown origin.
#include <cstddef>
#include <cstdint>

#include "migrate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  read_and_write(migrate::Source::NetworkManager, {{"/nm/a.nmconnection", text_of(data, size)}});
  return 0;
}
