// SPDX-License-Identifier: Apache-2.0
// Configuration of unknown origin: never a crash, and the entries that come out survive being
// written.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/bytes.h"
#include "core/check.h"
#include "phonebook/credentials.h"
#include "phonebook/toml.h"

using namespace redial;
using namespace redial::phonebook;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets = as_text({data, size});
  const Config config = read_config(octets, "fuzz.toml");
  for (const Diagnostic& d : config.diagnostics) REDIAL_ASSERT(!to_text(d).empty());
  const Book book = combine(config, {{"native.toml", std::string(octets)}});
  (void)read_credentials(octets, "credentials.toml");

  std::vector<Entry> expected = book.entries;
  const Book again = phonebook::apply({}, read_config(write_toml(expected), "again.toml"));
  REDIAL_ASSERT(again.entries.size() == expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    expected[i].source = again.entries[i].source;
    REDIAL_ASSERT(again.entries[i] == expected[i]);
  }
  return 0;
}
