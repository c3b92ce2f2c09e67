// SPDX-License-Identifier: Apache-2.0
// A TCP port with one line device behind it, as an access server has: one client at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

/// Called from the loop, never from inside a call to the server.
struct DeviceServerEvents {
  std::function<void()> opened{};  // a client has come; a second one is turned away meanwhile
  std::function<void(ByteView)> octets{};
  std::function<void()> closed{};
};

class DeviceServer {
 public:
  virtual ~DeviceServer() =
      default;  // the client is cut off, the port closed; no event comes after
  /// Dropped without a client, and beyond 256 KiB that the client does not read.
  virtual void write(ByteView octets) = 0;
  virtual uint16_t port() const = 0;
};

/// `listen`: a loopback address and a port, "127.0.0.1:4001"; port 0: any free one.
Result<std::unique_ptr<DeviceServer>> serve_device(Loop& loop, const std::string& listen,
                                                   DeviceServerEvents events);

}  // namespace redial::io
