// SPDX-License-Identifier: Apache-2.0
// What an interface of the kernel's changes in the system, decided: from an entry and the addresses
// of its link to addresses, routes and name servers. Values in, values out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/net_change.h"
#include "io/netstack.h"
#include "phonebook/entry.h"

namespace redial::host {

/// metric = 0 of an entry: beyond what DHCP clients and network managers use, so that no route of
/// theirs loses to one of ours unless the entry says so.
constexpr uint32_t kAutomaticMetric = 4000;

struct TunSettings {
  std::string name;              // "redial%d": the first free number
  std::vector<IpPrefix> routes;  // to the far side
  std::vector<IpPrefix> behind;  // networks of ours that the far side may reach
  bool default_route = true;
  uint32_t metric = kAutomaticMetric;
  phonebook::DnsMode dns_mode = phonebook::DnsMode::Auto;
  std::vector<IpAddress> dns;       // in place of the far side's
  std::optional<IpPrefix> ipv6;     // an address of ours beside the link-local one
  std::optional<uint32_t> address;  // a fixed one; else the far side gives it
  bool keep_routes = false;         // on demand: while the link rests as well
};

/// Usage, BadFile: something in the entry means nothing.
Result<TunSettings> tun_settings(const phonebook::Entry& entry);

struct NetPlan {
  io::NetChanges up;    // while the link is up
  io::NetChanges rest;  // of those, what stays between two calls
};

/// `keeper`: who is told of name servers; nullopt: nobody. `way_out`: how the link's own TCP
/// connection gets to its server, which must not come to lead through the link itself.
NetPlan net_plan(const TunSettings& settings, const std::string& device,
                 const io::LinkAddresses& addresses, std::optional<io::DnsKeeper> keeper,
                 const std::optional<io::RouteChange>& way_out);

/// Every prefix that the link will be a way to.
std::vector<IpPrefix> destinations(const TunSettings& settings);

}  // namespace redial::host
