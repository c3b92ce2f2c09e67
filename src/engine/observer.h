// SPDX-License-Identifier: Apache-2.0
// Whoever looks on: every PPP frame of every link, and a terminal between user and line. Costs
// nothing while nobody does.
#pragma once

#include "core/bytes.h"
#include "core/ids.h"

namespace redial::engine {

/// Called while an input runs; must not call the engine.
class Observer {
 public:
  virtual ~Observer() = default;
  /// One frame with a good FCS, without address, control and FCS.
  virtual void on_frame(LinkId link, bool sent, uint16_t protocol, ByteView information) = 0;
  /// The user's terminal is on the line from here on, or no longer.
  virtual void on_terminal(LinkId link, bool open) = 0;
  virtual void on_terminal_octets(LinkId link, ByteView octets) = 0;
};

}  // namespace redial::engine
