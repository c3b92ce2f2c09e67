// SPDX-License-Identifier: Apache-2.0
// Any control frame on its way into a capture: as long as it was, and the password of the link
// nowhere in it.
#include <cstddef>
#include <cstdint>

#include "core/check.h"
#include "ppp/redact.h"

using namespace redial;

/// Two octets of protocol, then the information.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  ByteReader reader({data, size});
  const auto protocol = reader.u16();
  if (!protocol) return 0;
  const ByteView information = reader.rest();
  const Secret secret("s3same");
  const Bytes kept = ppp::redacted(*protocol, information, secret);
  REDIAL_ASSERT(kept.size() == information.size());
  const bool control = *protocol >= 0x8000;
  if (!control) REDIAL_ASSERT(same(kept, information));
  if (control) REDIAL_ASSERT(as_text(kept).find(secret.reveal()) == std::string_view::npos);
  return 0;
}
