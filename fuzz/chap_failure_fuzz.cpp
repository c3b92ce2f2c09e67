// SPDX-License-Identifier: Apache-2.0
// Any text as an MS-CHAP Failure: what is read lies inside it, and every number has a cause.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "ppp/chap_failure.h"

using namespace redial;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = as_text({data, size});
  const ppp::ChapFailure failure = ppp::parse_chap_failure(text);
  REDIAL_ASSERT(failure.message.size() <= text.size());
  REDIAL_ASSERT(failure.message.empty() || text.ends_with(failure.message));
  REDIAL_ASSERT(!name(ppp::cause_of(failure)).empty());
  return 0;
}
