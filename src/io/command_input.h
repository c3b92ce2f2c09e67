// SPDX-License-Identifier: Apache-2.0
// Commands for a running program, one a line: typed at its standard input, or sent to a Unix
// socket.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

constexpr size_t kCommandOctetsMax = 4096;  // of a line; the rest of a longer one is dropped

/// Gives lines until it is destroyed or the input ends. Read by a thread of its own: a terminal's
/// descriptor is shared with the output, and must not be made non-blocking.
class StandardInput {
 public:
  StandardInput(Loop& loop, std::function<void(std::string)> line);
  ~StandardInput();
  StandardInput(const StandardInput&) = delete;
  StandardInput& operator=(const StandardInput&) = delete;

 private:
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

/// A Unix socket that only its owner may use. Each line of a client is answered.
class CommandSocket {
 public:
  using Answer = std::function<std::string(std::string_view line)>;
  virtual ~CommandSocket() = default;  // the socket is removed
};
Result<std::unique_ptr<CommandSocket>> serve_commands(Loop& loop, const std::string& path,
                                                      CommandSocket::Answer answer);

}  // namespace redial::io
