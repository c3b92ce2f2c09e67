// SPDX-License-Identifier: Apache-2.0
#include "io/net_config.h"

#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/link/inet6.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>

namespace redial::io {
namespace {

template <auto free>
struct Free {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Socket = std::unique_ptr<nl_sock, Free<nl_socket_free>>;
using NlAddress = std::unique_ptr<nl_addr, Free<nl_addr_put>>;
using Address = std::unique_ptr<rtnl_addr, Free<rtnl_addr_put>>;
using Route = std::unique_ptr<rtnl_route, Free<rtnl_route_put>>;
using Device = std::unique_ptr<rtnl_link, Free<rtnl_link_put>>;

int family_of(const IpAddress& address) { return address.is_v6() ? AF_INET6 : AF_INET; }

NlAddress to_nl(const IpAddress& address, int length) {
  const ByteView octets = address.octets();
  NlAddress out(nl_addr_build(family_of(address), octets.data(), octets.size()));
  nl_addr_set_prefixlen(out.get(), length);
  return out;
}
NlAddress to_nl(const IpAddress& address) {
  return to_nl(address, static_cast<int>(address.bits()));
}
std::optional<IpAddress> from_nl(const nl_addr* address) {
  if (address == nullptr) return std::nullopt;
  return IpAddress::from(
      {static_cast<const uint8_t*>(nl_addr_get_binary_addr(address)), nl_addr_get_len(address)});
}

tl::unexpected<Error> fail_with(int error, const std::string& what) {
  if (error == -NLE_EXIST) {
    return fail(ErrorKind::Busy,
                what +
                    ": somebody else's stands there already; it stays, ours is not made; "
                    "give the entry another metric, or take that one away");
  }
  if (error == -NLE_PERM || error == -NLE_NOACCESS) {
    return fail(ErrorKind::Permission, what +
                                           ": not allowed; run as root or with "
                                           "CAP_NET_ADMIN, or use --socks in place of --tun");
  }
  return fail(ErrorKind::Failed, fmt::format("{}: {}", what, nl_geterror(error)));
}

/// What is not there cannot be removed, and need not be.
bool is_gone(int error) {
  return error == -NLE_OBJ_NOTFOUND || error == -NLE_NOADDR || error == -NLE_NODEV ||
         error == -NLE_NOATTR || error == -NLE_RANGE;
}

class Netlink final : public NetConfig {
 public:
  explicit Netlink(Socket socket) : socket_(std::move(socket)) {}

  Result<void> add(const AddressChange& change) override {
    const Address address = to_rtnl(change);
    if (!address) return no_device(change);
    const int error = rtnl_addr_add(socket_.get(), address.get(), NLM_F_EXCL);
    if (error < 0) return fail_with(error, to_text(change));
    return {};
  }
  Result<void> remove(const AddressChange& change) override {
    const Address address = to_rtnl(change);
    if (!address) return {};
    const int error = rtnl_addr_delete(socket_.get(), address.get(), 0);
    if (error < 0 && !is_gone(error)) return fail_with(error, to_text(change));
    return {};
  }
  Result<void> add(const RouteChange& change) override {
    const Route route = to_rtnl(change);
    if (!route) return no_device(change);
    const int error = rtnl_route_add(socket_.get(), route.get(), NLM_F_EXCL);
    if (error < 0) return fail_with(error, to_text(change));
    return {};
  }
  Result<void> remove(const RouteChange& change) override {
    const Route route = to_rtnl(change);
    if (!route) return {};
    // The kernel compares protocol, metric, device and gateway: another's route is not found.
    const int error = rtnl_route_delete(socket_.get(), route.get(), 0);
    if (error < 0 && !is_gone(error)) return fail_with(error, to_text(change));
    return {};
  }
  Result<void> set_device(const std::string& device, const DeviceSettings& settings) override;
  std::optional<RouteChange> way_to(const IpAddress& to) override;

 private:
  static tl::unexpected<Error> no_device(const NetChange& change) {
    return fail(ErrorKind::Failed, to_text(change) + ": the device is gone");
  }
  Address to_rtnl(const AddressChange& change) const;
  Route to_rtnl(const RouteChange& change) const;
  /// By the socket, whose network namespace need not be the caller's. 0: no such device.
  int index_of(const std::string& device) const;

  Socket socket_;
};

int Netlink::index_of(const std::string& device) const {
  rtnl_link* found = nullptr;
  if (rtnl_link_get_kernel(socket_.get(), 0, device.c_str(), &found) < 0) return 0;
  const Device link(found);
  return rtnl_link_get_ifindex(found);
}

Address Netlink::to_rtnl(const AddressChange& change) const {
  const int index = index_of(change.device);
  if (index == 0) return nullptr;
  Address address(rtnl_addr_alloc());
  rtnl_addr_set_ifindex(address.get(), index);
  rtnl_addr_set_family(address.get(), family_of(change.address.address));
  rtnl_addr_set_local(address.get(), to_nl(change.address.address, change.address.length).get());
  if (change.peer) {
    rtnl_addr_set_peer(address.get(), to_nl(*change.peer, change.address.length).get());
    rtnl_addr_set_prefixlen(address.get(), change.address.length);
  }
  // Nobody else is on a point-to-point link who could have the address (RFC 5072 §5).
  if (change.address.address.is_v6()) rtnl_addr_set_flags(address.get(), IFA_F_NODAD);
  return address;
}

Route Netlink::to_rtnl(const RouteChange& change) const {
  const int index = index_of(change.device);
  if (index == 0) return nullptr;
  Route route(rtnl_route_alloc());
  rtnl_route_set_family(route.get(), static_cast<uint8_t>(family_of(change.to.address)));
  rtnl_route_set_table(route.get(), RT_TABLE_MAIN);
  rtnl_route_set_protocol(route.get(), kRouteProtocol);
  rtnl_route_set_priority(route.get(), change.metric);
  rtnl_route_set_dst(route.get(), to_nl(change.to.address, change.to.length).get());
  if (change.source) rtnl_route_set_pref_src(route.get(), to_nl(*change.source).get());
  rtnl_nexthop* const hop = rtnl_route_nh_alloc();
  rtnl_route_nh_set_ifindex(hop, index);
  if (change.via) rtnl_route_nh_set_gateway(hop, to_nl(*change.via).get());
  rtnl_route_add_nexthop(route.get(), hop);
  const bool direct = !change.via && !change.to.address.is_v6();
  rtnl_route_set_scope(route.get(), direct ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE);
  return route;
}

Result<void> Netlink::set_device(const std::string& device, const DeviceSettings& settings) {
  const int index = index_of(device);
  const Device before(rtnl_link_alloc()), after(rtnl_link_alloc()), none(rtnl_link_alloc());
  rtnl_link_set_ifindex(before.get(), index);
  // By itself, and before it is up; a kernel without IPv6 knows no such thing.
  rtnl_link_inet6_set_addr_gen_mode(none.get(), IN6_ADDR_GEN_MODE_NONE);
  static_cast<void>(rtnl_link_change(socket_.get(), before.get(), none.get(), 0));
  rtnl_link_set_mtu(after.get(), settings.mtu);
  if (settings.queue_packets > 0) rtnl_link_set_txqlen(after.get(), settings.queue_packets);
  settings.up ? rtnl_link_set_flags(after.get(), IFF_UP)
              : rtnl_link_unset_flags(after.get(), IFF_UP);
  const int error = rtnl_link_change(socket_.get(), before.get(), after.get(), 0);
  if (error < 0) return fail_with(error, "device " + device);
  return {};
}

std::optional<RouteChange> Netlink::way_to(const IpAddress& to) {
  rtnl_route* found = nullptr;
  if (rtnl_route_lookup(socket_.get(), to_nl(to).get(), &found) < 0) return std::nullopt;
  const Route route(found);
  if (rtnl_route_get_nnexthops(found) < 1) return std::nullopt;
  rtnl_nexthop* const hop = rtnl_route_nexthop_n(found, 0);
  rtnl_link* out = nullptr;
  if (rtnl_link_get_kernel(socket_.get(), rtnl_route_nh_get_ifindex(hop), nullptr, &out) < 0) {
    return std::nullopt;
  }
  const Device device(out);
  return RouteChange{.device = rtnl_link_get_name(out),
                     .to = IpPrefix::host(to),
                     .via = from_nl(rtnl_route_nh_get_gateway(hop)),
                     .source = std::nullopt,
                     .metric = 0};
}

}  // namespace

Result<std::unique_ptr<NetConfig>> NetConfig::open() {
  Socket socket(nl_socket_alloc());
  if (!socket) return fail(ErrorKind::Failed, "no memory for a netlink socket");
  const int error = nl_connect(socket.get(), NETLINK_ROUTE);
  if (error < 0) return fail_with(error, "the kernel's routing socket");
  return std::make_unique<Netlink>(std::move(socket));
}

}  // namespace redial::io
