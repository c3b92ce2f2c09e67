// SPDX-License-Identifier: Apache-2.0
// Addresses, routes and devices of the kernel, by rtnetlink (libnl). What it is told it does; a
// route or address of somebody else is never replaced.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "io/net_change.h"

namespace redial::io {

struct DeviceSettings {
  bool up = true;
  uint16_t mtu = 1500;
  uint32_t queue_packets = 0;  // 0: as it is
};

/// Works in the network namespace in which it was opened.
class NetConfig {
 public:
  static Result<std::unique_ptr<NetConfig>> open();
  virtual ~NetConfig() = default;

  /// An IPv6 address has no peer: its prefix is the way there. Busy: somebody else's stands there,
  /// and stays.
  virtual Result<void> add(const AddressChange& address) = 0;
  virtual Result<void> add(const RouteChange& route) = 0;
  /// Only what is as described, routes only with our protocol number. Gone already is well.
  virtual Result<void> remove(const AddressChange& address) = 0;
  virtual Result<void> remove(const RouteChange& route) = 0;
  /// Its IPv6 link-local address is none of the kernel's making: ours comes from the peer.
  virtual Result<void> set_device(const std::string& device, const DeviceSettings& settings) = 0;
  /// The way the kernel would send to `to` now; nullopt: there is none.
  virtual std::optional<RouteChange> way_to(const IpAddress& to) = 0;
};

}  // namespace redial::io
