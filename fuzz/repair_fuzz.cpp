// SPDX-License-Identifier: Apache-2.0
// A RAS directory of unknown origin, its files one after the other behind NULs: whatever is
// planned, the configuration that would be written is read again and has the same lines.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "migrate/repair.h"
#include "phonebook/toml.h"

using namespace redial;
using namespace redial::migrate;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view left = as_text({data, size});
  std::vector<SourceFile> files;
  for (const char* name : {"rasphone.pbk", "SERIAL.INI", "MODEM.INF", "router.pbk"}) {
    const size_t end = std::min(left.find('\0'), left.size());
    files.push_back({name, std::string(left.substr(0, end))});
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  const auto plan = plan_repair(files, {});
  if (!plan) return 0;
  const phonebook::Config config = phonebook::read_config(plan->config, "redial.toml");
  REDIAL_ASSERT(config.phonebooks == plan->phonebooks);
  REDIAL_ASSERT(config.lines.size() <= plan->lines.size());
  return 0;
}
