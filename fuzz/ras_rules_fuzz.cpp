// SPDX-License-Identifier: Apache-2.0
// A RAS directory of unknown origin, its files parted by NULs: every entry that is read gets its
// rows, and each says what it has to say.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "migrate/doctor.h"
#include "migrate/ras_rules.h"

using namespace redial;
using namespace redial::migrate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static_cast<void>(read_enable_unimodem(as_text({data, size})));
  std::string_view left = as_text({data, size});
  std::vector<SourceFile> files;
  for (const char* name : {"rasphone.pbk", "SERIAL.INI", "MODEM.INF", "ras.reg"}) {
    const size_t end = std::min(left.find('\0'), left.size());
    files.push_back({name, std::string(left.substr(0, end))});
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  Reading reading;
  read_ras_rules(files, reading);
  for (const Connection& connection : reading.connections) {
    for (const DoctorRow& row : diagnose(connection, reading.report).rows) {
      REDIAL_ASSERT(!text(row.noticed).empty() && !text(row.redialled).empty());
      REDIAL_ASSERT((row.health == Health::Good) == row.change.empty());
    }
  }
  return 0;
}
