// SPDX-License-Identifier: Apache-2.0
// A TUN device of the kernel: IP packets of programs on one side, of a link on the other. It and
// its name live as long as the object, whatever the link does.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "core/bytes.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

struct TunDeviceEvents {
  /// A packet that programs send, in a buffer that may be changed. False: it cannot be taken now
  /// and is offered again soon; until then nothing is read, and the kernel's queue fills.
  std::function<bool(std::span<uint8_t>)> packet;
  std::function<void()> lost;  // somebody has deleted the device; nothing comes after
};

class Tun {
 public:
  /// `name`: of a device that does not exist, or with "%d" for the first free number. Permission
  /// without CAP_NET_ADMIN, BadDevice without /dev/net/tun, Busy when the name is taken.
  static Result<std::unique_ptr<Tun>> open(Loop& loop, const std::string& name,
                                           TunDeviceEvents events);
  virtual ~Tun() = default;

  virtual const std::string& name() const = 0;
  virtual void write(ByteView packet) = 0;  // to programs; dropped while the device is down
};

}  // namespace redial::io
