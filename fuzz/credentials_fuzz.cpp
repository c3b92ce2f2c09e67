// SPDX-License-Identifier: Apache-2.0
// credentials.toml of unknown origin: never a crash, and no word of the file in what is said of it.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "phonebook/credentials.h"

using namespace redial;
using namespace redial::phonebook;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // A mark that no message has of itself; what contains it came from the file.
  constexpr std::string_view kMark = "s3same";
  const std::string_view octets = as_text({data, size});
  const Credentials credentials = read_credentials(octets, "credentials.toml");
  for (const Diagnostic& diagnostic : credentials.diagnostics) {
    const std::string said = to_text(diagnostic);
    REDIAL_ASSERT(!said.empty() && said.find(kMark) == std::string::npos);
  }
  const auto strangers = unused(credentials, {}, "credentials.toml");
  REDIAL_ASSERT(strangers.size() == credentials.by_entry.size());
  for (const Diagnostic& diagnostic : strangers) REDIAL_ASSERT(!to_text(diagnostic).empty());
  return 0;
}
