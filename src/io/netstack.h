// SPDX-License-Identifier: Apache-2.0
// A user-mode TCP/IP end for dialled links (lwIP): IP packets of a link on one side, SOCKS5 and
// port forwards on loopback on the other. One site never reaches another: a packet for a foreign
// address is dropped at the interface.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/bytes.h"
#include "core/ip_address.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

struct LinkAddresses {
  uint32_t local = 0, peer = 0, dns = 0, dns2 = 0;  // IPv4, host byte order; 0: none
  uint16_t mtu = 1500;
  uint64_t interface_id = 0;          // IPv6 (RFC 5072), ours; 0: none
  std::optional<IpAddress> server{};  // where the link's own TCP connection goes
};

/// What becomes of connections while the link is down.
struct Demand {
  std::function<void()> wanted{};  // one wants the link; called from the loop
  Duration wait_within{};          // so long it waits; 0: it is refused at once
};

/// The interface of one link in the process-wide stack. Lives as long as the intent; connections
/// through it end when the address changes or the link stays down.
class NetInterface {
 public:
  virtual ~NetInterface() = default;
  virtual void up(const LinkAddresses& addresses) = 0;
  virtual void down() = 0;
  virtual void on_demand(Demand) {}  // without it connections are refused while the link is down
  virtual void receive(ByteView ip_packet) = 0;  // from the link into the stack
  /// False after up() when the process has 250 interfaces up already: lwIP has no more numbers.
  virtual bool is_up() const = 0;
  /// Octets moved for users since the start, both directions.
  virtual uint64_t octets_carried() const = 0;
  /// From the link, but not for its address, or not a packet at all: dropped at the edge.
  virtual uint64_t foreign_packets() const = 0;
};

/// `transmit` is called from the loop with each IP packet the stack wants sent on the link.
std::unique_ptr<NetInterface> make_interface(Loop& loop, std::string name,
                                             std::function<void(ByteView)> transmit);

/// Listening services on the host side; closed when destroyed.
class Service {
 public:
  virtual ~Service() = default;
  virtual uint16_t port() const = 0;  // the port really bound
};

/// "127.0.0.1:1080": a SOCKS5 server (RFC 1928, no authentication, CONNECT by IPv4 or name; names
/// are resolved by the link's DNS servers) whose connections leave by this interface. Loopback
/// only. Interface and service may go in either order; both before the loop.
Result<std::unique_ptr<Service>> serve_socks(Loop& loop, NetInterface& interface,
                                             const std::string& listen);

/// "8080:10.0.0.5:80" or "127.0.0.1:8080:10.0.0.5:80", the target an IPv4 address or a name:
/// forwards a local port through the link.
Result<std::unique_ptr<Service>> serve_forward(Loop& loop, NetInterface& interface,
                                               const std::string& rule);

}  // namespace redial::io
