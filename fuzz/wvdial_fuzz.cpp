// SPDX-License-Identifier: Apache-2.0
// wvdial.conf of unknown origin.
#include <cstddef>
#include <cstdint>

#include "migrate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  read_and_write(migrate::Source::Wvdial, {{"/etc/wvdial.conf", text_of(data, size)}});
  return 0;
}
