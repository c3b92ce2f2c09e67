// SPDX-License-Identifier: Apache-2.0
// What a computer finds of a virtual modem: a pty, which has no modem lines, or a TCP port (raw,
// telnet, RFC 2217 with DTR, DSR, DCD and RI).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "io/loop.h"
#include "lab/exchange.h"
#include "phonebook/lines.h"

namespace redial::cli {

/// What the computer does to the modem; called from the loop.
struct FaceEvents {
  std::function<void()> opened;  // a TCP client has come; DTR is on
  std::function<void(ByteView)> octets;
  std::function<void(bool)> dtr;
};

class LabFace {
 public:
  virtual ~LabFace() = default;
  /// What the modem says, and then how its circuits stand.
  virtual void deliver(ByteView octets, const lab::Signals& signals) = 0;
  /// What a dialler opens: a device's path, or host:port.
  virtual std::string address() const = 0;
};

Result<std::unique_ptr<LabFace>> make_pty_face(io::Loop& loop, FaceEvents events);
/// `listen`: "127.0.0.1:4001"; port 0: any.
Result<std::unique_ptr<LabFace>> make_tcp_face(io::Loop& loop, phonebook::Transport transport,
                                               const std::string& listen, FaceEvents events);

}  // namespace redial::cli
