// SPDX-License-Identifier: Apache-2.0
// What a link changes in the system, as values and as lines of text: addresses, routes, name
// servers. The same value makes a change and takes it back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ip_address.h"
#include "core/result.h"

namespace redial::io {

/// rtm_protocol of every route that is ours: `ip route show proto 82`. No other program's, by the
/// list of iproute2.
constexpr uint8_t kRouteProtocol = 82;

struct AddressChange {
  std::string device;
  IpPrefix address;
  std::optional<IpAddress> peer;  // point to point
  bool operator==(const AddressChange&) const = default;
};

struct RouteChange {
  std::string device;
  IpPrefix to;
  std::optional<IpAddress> via, source;
  uint32_t metric = 0;
  bool operator==(const RouteChange&) const = default;
};

/// Who is told of name servers.
enum class DnsKeeper : uint8_t { Resolved, Resolvconf, File };
struct DnsChange {
  DnsKeeper keeper = DnsKeeper::Resolved;
  std::string device;
  std::vector<IpAddress> servers;
  bool for_all_names = true;  // the link is a way to everywhere
  bool operator==(const DnsChange&) const = default;
};

using NetChange = std::variant<AddressChange, RouteChange, DnsChange>;
using NetChanges = std::vector<NetChange>;

/// "route redial0 10.0.0.0/8 metric 4000".
std::string to_text(const NetChange& change);
/// Nullopt: no line of ours, or one that was only half written.
std::optional<NetChange> parse_net_change(std::string_view line);

/// Linux: 1 to 15 octets, no '/', ':', '%' or space, not "." or "..".
bool is_device_name(std::string_view name);

}  // namespace redial::io
