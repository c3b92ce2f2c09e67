// SPDX-License-Identifier: Apache-2.0
// A RAS directory of unknown origin: the same octets as each of its files.
#include <cstddef>
#include <cstdint>

#include "migrate_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial;
  const std::string text = text_of(data, size);
  read_and_write(migrate::Source::Ras, {{"/ras/SERIAL.INI", text},
                                        {"/ras/MODEM.INF", text},
                                        {"/ras/a.reg", "REGEDIT4\n" + text},
                                        {"/ras/rasphone.pbk", text}});
  return 0;
}
