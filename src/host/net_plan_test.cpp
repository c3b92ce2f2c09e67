// SPDX-License-Identifier: Apache-2.0
#include "host/net_plan.h"

#include <doctest/doctest.h>

#include <string>

using namespace redial;
using namespace redial::host;
using phonebook::DnsMode;

namespace {

std::vector<std::string> lines_of(const io::NetChanges& changes) {
  std::vector<std::string> lines;
  for (const io::NetChange& change : changes) lines.push_back(io::to_text(change));
  return lines;
}
using Lines = std::vector<std::string>;

phonebook::Entry entry() {
  phonebook::Entry out;
  out.name = "office";
  out.routes = {"10.0.0.0/8"};
  return out;
}
TunSettings settings(const phonebook::Entry& from = entry()) {
  auto out = tun_settings(from);
  REQUIRE(out.has_value());
  return *out;
}
io::LinkAddresses link() { return {.local = 0x0a400002, .peer = 0x0a400001, .dns = 0xc0000235}; }

}  // namespace

TEST_CASE("a link's addresses and routes, with a metric that takes no route from anybody") {
  CHECK(lines_of(net_plan(settings(), "redial0", link(), std::nullopt, std::nullopt).up) ==
        Lines{"address redial0 10.64.0.2/32 peer 10.64.0.1",
              "route redial0 10.0.0.0/8 metric 4000 from 10.64.0.2",
              "route redial0 0.0.0.0/0 metric 4000 from 10.64.0.2"});
  phonebook::Entry narrow = entry();
  narrow.default_route = false;
  narrow.metric = 20;
  CHECK(lines_of(net_plan(settings(narrow), "w", link(), std::nullopt, std::nullopt).up) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1",
              "route w 10.0.0.0/8 metric 20 from "
              "10.64.0.2"});
}

TEST_CASE("name servers are told to their keeper, and reached over the link that named them") {
  phonebook::Entry own = entry();
  own.routes = {};
  own.default_route = false;
  CHECK(lines_of(net_plan(settings(own), "w", link(), io::DnsKeeper::Resolvconf, {}).up) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1",
              "route w 192.0.2.53/32 metric 4000 from 10.64.0.2",
              "dns w resolvconf some 192.0.2.53"});
  own.dns = "10.64.0.1";  // in place of the far side's; it is the peer, who has a route already
  CHECK(lines_of(net_plan(settings(own), "w", link(), io::DnsKeeper::File, {}).up) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1", "dns w file some 10.64.0.1"});
}

TEST_CASE("the way to the line's own server stays outside, if the link would catch it") {
  const io::RouteChange way{"eth0", *IpPrefix::parse("10.1.1.1"), IpAddress::parse("192.0.2.1"),
                            std::nullopt, 0};
  phonebook::Entry some = entry();
  some.default_route = false;
  const auto lines = lines_of(net_plan(settings(some), "w", link(), {}, way).up);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "route eth0 10.1.1.1/32 metric 4000 via 192.0.2.1");
  some.routes = {"172.16.0.0/12"};
  CHECK(lines_of(net_plan(settings(some), "w", link(), {}, way).up).size() == 2);
}

TEST_CASE("IPv6: link-local addresses from the identifiers, one of our own, and its routes") {
  phonebook::Entry six = entry();
  six.ipv6 = true;
  six.ipv6_address = "2001:db8::2/64";
  six.routes = {"fd00::/8"};
  io::LinkAddresses up = link();
  CHECK(lines_of(net_plan(settings(six), "w", up, {}, {}).up) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1",
              "route w 0.0.0.0/0 metric 4000 from 10.64.0.2"});
  up.interface_id = 2;
  CHECK(lines_of(net_plan(settings(six), "w", up, {}, {}).up) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1", "address w fe80::2/64",
              "address w 2001:db8::2/64", "route w fd00::/8 metric 4000",
              "route w 0.0.0.0/0 metric 4000 from 10.64.0.2", "route w ::/0 metric 4000"});
}

TEST_CASE("between two calls nothing stays, unless the link is dialled on demand") {
  TunSettings on_demand = settings();
  CHECK(net_plan(on_demand, "w", link(), io::DnsKeeper::File, {}).rest.empty());
  on_demand.keep_routes = true;
  CHECK(lines_of(net_plan(on_demand, "w", link(), io::DnsKeeper::File, {}).rest) ==
        Lines{"address w 10.64.0.2/32 peer 10.64.0.1",
              "route w 10.0.0.0/8 metric 4000 from 10.64.0.2",
              "route w 0.0.0.0/0 metric 4000 from 10.64.0.2"});
}

TEST_CASE("what means nothing is refused by its key before anything is dialled") {
  phonebook::Entry wrong = entry();
  wrong.routes = {"10.0.0.0/40"};
  CHECK(tun_settings(wrong).error().kind == ErrorKind::BadFile);
  wrong = entry();
  wrong.ipv6 = true;
  wrong.ipv6_address = "10.0.0.1";
  CHECK(tun_settings(wrong).error().kind == ErrorKind::BadFile);
  wrong.ipv6 = false;
  wrong.ipv6_address = "2001:db8::2/64";
  CHECK(tun_settings(wrong).error().kind == ErrorKind::BadFile);
  wrong = entry();
  wrong.interface_name = "no/name";
  CHECK(tun_settings(wrong).error().kind == ErrorKind::Usage);
}
