// SPDX-License-Identifier: Apache-2.0
// IP addresses and prefixes of both families as values: octets in network byte order, and the texts
// of RFC 4291 §2.2 and RFC 5952.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace redial {

class IpAddress {
 public:
  IpAddress() = default;  // 0.0.0.0
  static IpAddress v4(uint32_t host_order);
  static std::optional<IpAddress> from(ByteView octets);  // 4 or 16 of them
  static std::optional<IpAddress> parse(std::string_view text);
  /// fe80:: and the 64 bits of an interface identifier (RFC 5072 §5).
  static IpAddress link_local(uint64_t interface_id);

  bool is_v6() const { return v6_; }
  ByteView octets() const { return ByteView(octets_).first(v6_ ? 16 : 4); }
  unsigned bits() const { return v6_ ? 128 : 32; }
  bool unspecified() const;
  std::string text() const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  std::array<uint8_t, 16> octets_{};
};

/// "10.0.0.0/8". Without "/n" one address. Bits beyond the length are zero after parse().
struct IpPrefix {
  IpAddress address;
  uint8_t length = 0;

  static std::optional<IpPrefix> parse(std::string_view text);
  static IpPrefix host(const IpAddress& address);
  bool contains(const IpAddress& other) const;
  bool contains(const IpPrefix& other) const;
  std::string text() const;
  auto operator<=>(const IpPrefix&) const = default;
};

}  // namespace redial
