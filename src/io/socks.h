// SPDX-License-Identifier: Apache-2.0
// SOCKS5 (RFC 1928) as octets: what a client said so far, and what to answer. Internal to io.
#pragma once

#include <optional>
#include <string>

#include "core/bytes.h"

namespace redial::io {

/// The REP field, §6.
enum class SocksReply : uint8_t {
  Succeeded = 0,
  GeneralFailure = 1,
  NotAllowed = 2,
  NetworkUnreachable = 3,
  HostUnreachable = 4,
  ConnectionRefused = 5,
  TtlExpired = 6,
  CommandNotSupported = 7,
  AddressTypeNotSupported = 8,
};

/// No message of a client is longer: version, command, reserved, type, 1 + 255 name, port.
constexpr size_t kSocksMessageMax = 262;

/// §3: version, number of methods, methods.
struct SocksGreeting {
  size_t octets = 0;    // its length; 0: more is needed
  bool broken = false;  // not SOCKS5
  bool without_authentication = false;
};
SocksGreeting read_socks_greeting(ByteView said);

/// §4. `refused` instead of a destination, when this is a request we do not serve.
struct SocksRequest {
  size_t octets = 0;  // its length; 0: more is needed
  bool broken = false;
  std::optional<SocksReply> refused;
  std::string host;  // dotted or a name
  uint16_t port = 0;
};
SocksRequest read_socks_request(ByteView said);

/// §6, with an IPv4 BND.ADDR.
BoundedBytes<10> socks_reply(SocksReply reply, uint32_t address, uint16_t port);

}  // namespace redial::io
