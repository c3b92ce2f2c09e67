// SPDX-License-Identifier: Apache-2.0
// Whatever a SOCKS5 client says (RFC 1928): a message is read whole or not at all, the same however
// much of what follows has come, and never longer than one may be.
#include <cstddef>
#include <cstdint>

#include "core/bytes.h"
#include "core/check.h"
#include "io/socks.h"

using namespace redial;
using namespace redial::io;

namespace {

template <class Read>
void check(ByteView said, Read read) {
  const auto whole = read(said);
  REDIAL_ASSERT(whole.octets <= said.size() && whole.octets <= kSocksMessageMax);
  REDIAL_ASSERT(whole.octets != 0 || whole.broken || said.size() <= kSocksMessageMax);
  for (size_t have = 0; have < whole.octets; ++have) {
    const auto part = read(said.first(have));
    REDIAL_ASSERT(part.octets == 0 && !part.broken);
  }
  if (whole.octets != 0) REDIAL_ASSERT(read(said.first(whole.octets)).octets == whole.octets);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const ByteView said(data, size);
  check(said, read_socks_greeting);
  const SocksRequest request = read_socks_request(said);
  // How long an address of a type that nobody knows is, nobody knows either.
  const bool unknown = size > 3 && data[3] != 1 && data[3] != 3 && data[3] != 4;
  if (!unknown) check(said, read_socks_request);
  REDIAL_ASSERT(request.host.size() <= 255);
  if (request.octets == 0 || request.refused) return 0;
  const auto reply = socks_reply(SocksReply::Succeeded, 0x0a000001, request.port);
  // The reply has the form of a request: version, a code, 0, and an address.
  const auto again = read_socks_request(reply.view());
  REDIAL_ASSERT(again.octets == reply.size() || again.refused || again.broken);
  return 0;
}
