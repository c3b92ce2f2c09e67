// SPDX-License-Identifier: Apache-2.0
// lwIP behind plain C++: the interface of one link, and TCP and UDP through it. Everything is
// called from the loop's thread and every event comes there; lwIP's own thread and lock stay
// inside. Internal to io.
#pragma once

#include <functional>
#include <memory>

#include "core/bytes.h"
#include "io/loop.h"
#include "io/netstack.h"

namespace redial::io {

enum class TcpEnd : uint8_t { Refused, TimedOut, Reset, LinkDown };

struct TcpEvents {
  std::function<void()> connected{};
  std::function<void(Bytes)> octets{};   // say taken() when they have been passed on
  std::function<void()> finished{};      // the peer will send no more
  std::function<void(TcpEnd)> failed{};  // the connection is gone
  std::function<void()> room{};          // send() may take more again
};

class StackTcp {
 public:
  /// No event after. Unless both sides have finished, the connection is reset.
  virtual ~StackTcp() = default;
  virtual size_t send(ByteView octets) = 0;  // how many were taken
  virtual void taken(size_t octets) = 0;     // opens the peer's window again
  virtual void finish() = 0;                 // we will send no more
  virtual uint16_t local_port() const = 0;
};

class StackUdp {
 public:
  virtual ~StackUdp() = default;
  virtual void send(ByteView octets) = 0;
};

class StackLink {
 public:
  virtual ~StackLink() = default;
  virtual void up(const LinkAddresses& addresses) = 0;
  virtual void down() = 0;  // every connection ends with LinkDown
  virtual void receive(ByteView ip_packet) = 0;
  virtual bool is_up() const = 0;
  virtual const LinkAddresses& addresses() const = 0;
  virtual uint64_t octets_carried() const = 0;
  virtual uint64_t foreign_packets() const = 0;

  /// nullptr while the link is down, and for our own address.
  virtual std::unique_ptr<StackTcp> connect(uint32_t address, uint16_t port, TcpEvents events) = 0;
  /// Datagrams from `address`:`port` only. nullptr while the link is down.
  virtual std::unique_ptr<StackUdp> open_udp(uint32_t address, uint16_t port, uint16_t local_port,
                                             std::function<void(Bytes)> datagram) = 0;
};

/// lwIP numbers interfaces with one octet: beyond 250 that are up, up() leaves the link down.
std::shared_ptr<StackLink> make_stack_link(Loop& loop, std::function<void(ByteView)> transmit);

}  // namespace redial::io
