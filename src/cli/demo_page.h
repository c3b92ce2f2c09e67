// SPDX-License-Identifier: Apache-2.0
// The far end of the demo: a page on a loopback port, and a client that fetches it through a SOCKS5
// port of ours. Both small enough to be read; neither knows anything of links.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "io/loop.h"
#include "io/port.h"

namespace redial::cli {

/// Serves one page over HTTP/1.0 on 127.0.0.1, in a thread of its own.
class PageServer {
 public:
  static Result<std::unique_ptr<PageServer>> start();
  virtual ~PageServer() = default;
  virtual uint16_t port() const = 0;
};

constexpr std::string_view kPage = "Hello from the far end of a telephone line.\n";

/// Fetches http://HOST:PORT/ through the SOCKS5 server at 127.0.0.1:socks_port; `done` gets whether
/// the page arrived whole, from the loop, once. Gives up when destroyed.
class PageFetch {
 public:
  PageFetch(io::Loop& loop, uint16_t socks_port, uint32_t host, uint16_t port,
            std::function<void(bool)> done);

 private:
  void on_octets(ByteView octets);
  void finish(bool good);

  io::Loop& loop_;
  std::function<void(bool)> done_;
  std::unique_ptr<io::Port> connection_;
  io::Alarm patience_;
  Bytes received_;
  uint32_t host_;
  uint16_t port_;
  enum class Step : uint8_t { Greeting, Connecting, Reading, Over } step_ = Step::Greeting;
};

}  // namespace redial::cli
