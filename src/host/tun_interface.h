// SPDX-License-Identifier: Apache-2.0
// The end of a link as an interface of the kernel's: a TUN device, made once and kept through every
// redial, and what it changes in the system while the link is up.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "host/net_plan.h"
#include "io/netstack.h"
#include "io/system_changes.h"

namespace redial::host {

struct TunEvents {
  /// A packet for the link. False: it cannot be taken now, and is offered again.
  std::function<bool(ByteView)> transmit;
  std::function<void(std::string)> note;  // what could not be done, one line each
};

/// On demand (io::Demand) its routes stand while the link rests as well: a packet asks for the link
/// and waits so long, or is refused with ICMP unreachable.
class TunInterface : public io::NetInterface {
 public:
  virtual const std::string& device() const = 0;
  /// For the link, but from somebody else: dropped as well.
  virtual uint64_t foreign_packets_out() const = 0;
};

/// Undoes first what processes that were killed have left. Permission, BadDevice, Busy: nothing has
/// been changed.
Result<std::unique_ptr<TunInterface>> make_tun(io::Loop& loop, TunSettings settings,
                                               const io::SystemPaths& paths, TunEvents events);

}  // namespace redial::host
