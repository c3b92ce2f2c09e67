// SPDX-License-Identifier: Apache-2.0
// A registry export from anybody: it is read, every complaint has a place, and what was read is
// what a lookup finds.
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "modem/reg_file.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial::modem;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const RegFile file = read_reg_file(octets, "fuzz");
  REDIAL_ASSERT(file.generation != 0 || !file.diagnostics.empty());
  for (const Diagnostic& diagnostic : file.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());
  size_t looked_up = 0;  // the property, not the patience of the machine, is what is tested
  for (const RegKey& key : file.keys) {
    if (key.removed || ++looked_up > 50) continue;
    REDIAL_ASSERT(find_key(file, key.path) == &key);
    (void)children_of(file, key.path);
    for (const RegValue& value : key.values) {
      if (!value.removed) REDIAL_ASSERT(find_value(key, value.name) == &value);
      (void)texts_of(value);
      (void)number_of(value);
    }
  }
  return 0;
}
