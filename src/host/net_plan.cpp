// SPDX-License-Identifier: Apache-2.0
#include "host/net_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/text.h"

namespace redial::host {
namespace {

using phonebook::shown;

const IpPrefix kEverywhere{IpAddress::v4(0), 0};
const IpPrefix kEverywhereV6 = *IpPrefix::parse("::/0");

Result<std::vector<IpPrefix>> prefixes(const phonebook::Entry& entry, std::string_view key,
                                       const std::vector<std::string>& texts) {
  std::vector<IpPrefix> out;
  for (const std::string& text : texts) {
    const auto prefix = IpPrefix::parse(text);
    if (!prefix) {
      return fail(ErrorKind::BadFile,
                  fmt::format("{}: {} has \"{}\", which is no network; it is not dialled; write "
                              "{} = [\"10.0.0.0/8\"]",
                              shown(entry.name), key, shown(text), key));
    }
    if (std::ranges::find(out, *prefix) == out.end()) out.push_back(*prefix);
  }
  return out;
}

std::vector<IpAddress> servers_of(const TunSettings& settings, const io::LinkAddresses& link) {
  if (!settings.dns.empty()) return settings.dns;
  std::vector<IpAddress> out;
  for (const uint32_t server : {link.dns, link.dns2}) {
    if (server != 0) out.push_back(IpAddress::v4(server));
  }
  return out;
}

/// Addresses of this end; the first of a family is the source of what we send.
std::vector<io::AddressChange> addresses_of(const TunSettings& settings, const std::string& device,
                                            const io::LinkAddresses& link) {
  std::vector<io::AddressChange> out;
  if (link.local != 0) {
    const bool pointed = link.peer != 0 && link.peer != link.local;
    out.push_back({device, IpPrefix::host(IpAddress::v4(link.local)),
                   pointed ? std::optional(IpAddress::v4(link.peer)) : std::nullopt});
  }
  if (link.interface_id != 0) {
    out.push_back({device, {IpAddress::link_local(link.interface_id), 64}, std::nullopt});
    if (settings.ipv6) out.push_back({device, *settings.ipv6, std::nullopt});
  }
  return out;
}

}  // namespace

Result<TunSettings> tun_settings(const phonebook::Entry& entry) {
  TunSettings out{.name = entry.interface_name};
  if (out.name.empty()) out.name = "redial%d";
  if (out.name != "redial%d" && !io::is_device_name(out.name)) {
    return fail(ErrorKind::Usage,
                fmt::format("{}: \"{}\" cannot be the name of an interface; it is not dialled; use "
                            "1 to 15 letters, digits, '-', '_' or '.'",
                            shown(entry.name), shown(out.name)));
  }
  auto routes = prefixes(entry, "routes", entry.routes);
  if (!routes) return tl::make_unexpected(std::move(routes).error());
  auto behind = prefixes(entry, "local_networks", entry.local_networks);
  if (!behind) return tl::make_unexpected(std::move(behind).error());
  out.routes = *std::move(routes);
  out.behind = *std::move(behind);
  out.default_route = entry.default_route;
  out.keep_routes = entry.dial == phonebook::DialMode::OnDemand;
  if (entry.metric != 0) out.metric = entry.metric;
  if (const auto fixed = IpAddress::parse(entry.ip_address); fixed && !fixed->is_v6()) {
    out.address = ByteReader(fixed->octets()).u32();
  }
  out.dns_mode = entry.dns_mode;
  for (const std::string& server : {entry.dns, entry.dns2}) {
    if (const auto address = IpAddress::parse(server)) out.dns.push_back(*address);
  }
  if (entry.ipv6_address.empty()) return out;
  if (!entry.ipv6) {
    return fail(
        ErrorKind::BadFile,
        fmt::format("{}: has an ipv6_address, but IPv6 is not asked for; it is not dialled; "
                    "write ipv6 = true, or leave the address out",
                    shown(entry.name)));
  }
  const auto address = IpAddress::parse(entry.ipv6_address.substr(0, entry.ipv6_address.find('/')));
  const auto prefix = IpPrefix::parse(entry.ipv6_address);
  if (!address || !prefix || !address->is_v6()) {
    return fail(ErrorKind::BadFile,
                fmt::format("{}: ipv6_address is \"{}\", which is none; it is not dialled; write "
                            "ipv6_address = \"2001:db8::2/64\"",
                            shown(entry.name), shown(entry.ipv6_address)));
  }
  out.ipv6 = IpPrefix{*address, prefix->length};
  return out;
}

std::vector<IpPrefix> destinations(const TunSettings& settings) {
  std::vector<IpPrefix> out = settings.routes;
  if (settings.default_route) {
    out.push_back(kEverywhere);
    if (settings.ipv6) out.push_back(kEverywhereV6);
  }
  return out;
}

NetPlan net_plan(const TunSettings& settings, const std::string& device,
                 const io::LinkAddresses& addresses, std::optional<io::DnsKeeper> keeper,
                 const std::optional<io::RouteChange>& way_out) {
  NetPlan plan;
  std::optional<IpAddress> source, source_v6;
  const auto add = [&plan](const io::NetChange& change, bool stays) {
    if (std::ranges::find(plan.up, change) != plan.up.end()) return;
    plan.up.push_back(change);
    if (stays) plan.rest.push_back(change);
  };
  const std::vector<IpPrefix> to = destinations(settings);
  const auto covered = [&](const IpAddress& address) {
    return std::ranges::any_of(to, [&](const IpPrefix& each) { return each.contains(address); });
  };
  // Before the routes that would catch it.
  if (way_out && way_out->device != device && covered(way_out->to.address)) {
    io::RouteChange kept = *way_out;
    kept.metric = settings.metric;
    add(kept, settings.keep_routes);
  }
  for (const io::AddressChange& address : addresses_of(settings, device, addresses)) {
    const bool v6 = address.address.address.is_v6();
    auto& from = v6 ? source_v6 : source;
    if (!v6 || settings.ipv6 == address.address) from = address.address.address;
    add(address, settings.keep_routes && !v6);
  }
  const std::vector<IpAddress> servers =
      keeper ? servers_of(settings, addresses) : std::vector<IpAddress>();
  const auto add_route = [&](const IpPrefix& prefix, bool stays) {
    const bool v6 = prefix.address.is_v6();
    if (!(v6 ? source_v6 || addresses.interface_id != 0 : source.has_value())) return;
    add(io::RouteChange{device, prefix, std::nullopt, v6 ? std::nullopt : source, settings.metric},
        stays && !v6);
  };
  for (const IpPrefix& prefix : to) add_route(prefix, settings.keep_routes);
  // Name servers of a provider mostly answer nobody who comes another way.
  for (const IpAddress& server : servers) {
    const bool is_peer = addresses.peer != 0 && server == IpAddress::v4(addresses.peer);
    if (!is_peer) add_route(IpPrefix::host(server), false);
  }
  if (!servers.empty()) {
    add(io::DnsChange{*keeper, device, servers, settings.default_route}, false);
  }
  return plan;
}

}  // namespace redial::host
