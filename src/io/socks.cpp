// SPDX-License-Identifier: Apache-2.0
#include "io/socks.h"

namespace redial::io {
namespace {

constexpr uint8_t kVersion = 5;
constexpr uint8_t kConnect = 1;
enum AddressType : uint8_t { kIpv4 = 1, kDomainName = 3, kIpv6 = 4 };

std::string dotted(uint32_t address) {
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8) {
    text += std::to_string(address >> shift & 0xff);
    if (shift > 0) text += '.';
  }
  return text;
}

/// The destination; nullopt when octets are missing.
std::optional<std::string> read_host(ByteReader& reader, uint8_t type) {
  if (type == kIpv4) {
    const auto address = reader.u32();
    return address ? std::optional(dotted(*address)) : std::nullopt;
  }
  const auto length = type == kIpv6 ? std::optional<uint8_t>(16) : reader.u8();
  if (!length) return std::nullopt;
  const auto octets = reader.take(*length);
  return octets ? std::optional(std::string(as_text(*octets))) : std::nullopt;
}

}  // namespace

SocksGreeting read_socks_greeting(ByteView said) {
  ByteReader reader(said);
  const auto version = reader.u8();
  if (version && *version != kVersion) return {.broken = true};
  const auto count = reader.u8();
  if (!count) return {};
  const auto methods = reader.take(*count);
  if (!methods) return {};
  const bool none = std::ranges::find(*methods, uint8_t{0}) != methods->end();
  return {.octets = reader.offset(), .without_authentication = none};
}

SocksRequest read_socks_request(ByteView said) {
  ByteReader reader(said);
  const auto version = reader.u8(), command = reader.u8(), reserved = reader.u8(),
             type = reader.u8();
  SocksRequest request;
  if (version && *version != kVersion) request.broken = true;
  if (!reserved || !type || request.broken) return request;
  if (*type != kIpv4 && *type != kDomainName && *type != kIpv6) {
    // Nobody knows how long an address of this type is: what was sent is the whole request.
    request.octets = said.size();
    request.refused = SocksReply::AddressTypeNotSupported;
    return request;
  }
  const auto host = read_host(reader, *type);
  if (!host) return request;
  const auto port = reader.u16();
  if (!port) return request;
  request.octets = reader.offset();
  request.host = *host;
  request.port = *port;
  if (*type == kIpv6) request.refused = SocksReply::AddressTypeNotSupported;
  if (*command != kConnect) request.refused = SocksReply::CommandNotSupported;
  return request;
}

BoundedBytes<10> socks_reply(SocksReply reply, uint32_t address, uint16_t port) {
  BoundedBytes<10> message;
  message.u8(kVersion);
  message.u8(static_cast<uint8_t>(reply));
  message.u8(0);
  message.u8(kIpv4);
  message.u32(address);
  message.u16(port);
  return message;
}

}  // namespace redial::io
