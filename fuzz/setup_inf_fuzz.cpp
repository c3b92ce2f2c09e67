// SPDX-License-Identifier: Apache-2.0
// A setup file from anybody, in any encoding: sections, fields and places.
#include <cstdint>
#include <string_view>

#include "core/check.h"
#include "modem/setup_inf.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace redial::modem;
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  SetupInf inf(octets, "fuzz");
  // Sections have the names that the file gives them; these are the ones that are asked for.
  for (const std::string_view section : {"a", "Strings", "Manufacturer", "Version", "Models"}) {
    for (const SetupLine& line : inf.lines(section)) {
      REDIAL_ASSERT(inf.source().place(line.at).line >= 1);
      for (const SetupField& field : line.fields) {
        REDIAL_ASSERT(field.text.size() <= kSetupFieldMax);
        REDIAL_ASSERT(inf.source().place(field.at).column >= 1);
      }
    }
  }
  for (const Diagnostic& said : inf.source().take())
    REDIAL_ASSERT(said.line >= 1 && said.column >= 1 && !said.text.empty());
  return 0;
}
