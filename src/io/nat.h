// SPDX-License-Identifier: Apache-2.0
// User-mode NAT for callers (libslirp): IP packets from a caller reach the host's network without
// root. Loopback services of the host are reached at `gateway`.
#pragma once

#include <functional>
#include <memory>

#include "core/bytes.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

struct NatSpec {
  uint32_t network = 0x0a400000;  // 10.64.0.0, host byte order
  uint32_t netmask = 0xffffff00;
  uint32_t gateway = 0x0a400001;  // 10.64.0.1: the access server; the host's loopback behind it
  uint32_t dns = 0x0a400003;      // 10.64.0.3
};

class Nat {
 public:
  virtual ~Nat() = default;
  virtual void receive(ByteView ip_packet) = 0;  // from a caller
};

/// `transmit` is called from the loop with each IP packet for a caller (look at its destination).
Result<std::unique_ptr<Nat>> make_nat(Loop& loop, const NatSpec& spec,
                                      std::function<void(ByteView)> transmit);

}  // namespace redial::io
