// SPDX-License-Identifier: Apache-2.0
// A registry export from anybody: it is read, every complaint has a place, and what was read is
// what a lookup finds.
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/check.h"
#include "modem/reg_file.h"

namespace {

using namespace redial::modem;

std::vector<const RegKey*> keys_of(const RegFile& file) {
  std::vector<const RegKey*> keys;
  for (const RegKey& key : file.keys) keys.push_back(&key);
  return keys;
}

/// What is written of a file reads as the same keys and values.
void check_written(const RegFile& file) {
  const RegFile again = read_reg_file(write_reg_file(keys_of(file)), "written");
  REDIAL_ASSERT(again.keys.size() == file.keys.size());
  for (size_t i = 0; i < file.keys.size(); ++i) {
    REDIAL_ASSERT(again.keys[i].path == file.keys[i].path);
    REDIAL_ASSERT(again.keys[i].values.size() == file.keys[i].values.size());
    for (size_t v = 0; v < file.keys[i].values.size(); ++v) {
      const RegValue &one = file.keys[i].values[v], &other = again.keys[i].values[v];
      REDIAL_ASSERT(one.name == other.name && one.removed == other.removed);
      REDIAL_ASSERT(text_of(one) == text_of(other) && number_of(one) == number_of(other));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
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
  check_written(file);
  return 0;
}
