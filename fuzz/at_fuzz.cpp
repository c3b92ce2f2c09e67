// SPDX-License-Identifier: Apache-2.0
// Whatever a modem says: lines stay bounded, every octet is taken at most once refused, and a line
// that has a meaning could have been foreseen from each of its beginnings.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "wire/at.h"

using redial::wire::AtReader;

namespace {

void look_at(std::string_view line) {
  const auto result = redial::wire::classify(line);
  if (!result) return;
  REDIAL_ASSERT(!redial::wire::name(result->code).empty());
  for (size_t begun = 0; begun <= line.size(); ++begun)
    REDIAL_ASSERT(redial::wire::may_become_result(line.substr(0, begun)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  AtReader reader;
  bool refused = false;
  for (size_t at = 0; at < size;) {
    const AtReader::Took took = reader.take(data[at]);
    REDIAL_ASSERT(reader.text().size() <= AtReader::kLineMax);
    REDIAL_ASSERT(reader.raw().size() >= reader.text().size());
    REDIAL_ASSERT(took != AtReader::Took::Nothing || !refused);
    refused = took == AtReader::Took::Nothing;
    if (!refused) ++at;
    if (took == AtReader::Took::Octet) continue;
    look_at(reader.text());
    // A line's own octets decide what is done with it, so that the fuzzer can choose.
    if (reader.text().size() % 3 == 1) {
      (void)reader.keep_line();
    } else {
      if (reader.text().size() % 3 == 2) reader.skip(2);
      reader.next_line();
    }
  }
  return 0;
}
