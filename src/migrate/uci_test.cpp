// SPDX-License-Identifier: Apache-2.0
#include "migrate/uci.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "migrate/native.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

Reading read(std::string_view text) {
  Reading reading;
  read_uci({"/etc/config/network", std::string(text)}, reading);
  reading.report.seal();
  return reading;
}

constexpr std::string_view kNetwork = R"(package network

config interface 'loopback'
  option device 'lo'
  option proto 'static'
  option ipaddr '127.0.0.1'

config device
  option name 'br-lan'
  list ports 'lan1'

config interface 'wan'
  option proto 'pppoe'
  option device 'wan.7'
  option username "ann@isp.example"
  option password 's3cret phrase'
  option keepalive '5 10'
  option ac 'bras1'
  option host_uniq '01ab'

config interface mobile
  option proto '3g'
  option device '/dev/ttyUSB0'
  option service 'umts'
  option apn 'internet.example'
  option pincode '1234'
  option demand '300'
  option defaultroute '0'
  list dns '10.0.0.53'
  list dns '10.0.0.54'
  option pppd_options 'novj refuse-pap debug'
  option keepalive '0'
  option frobnicate '1'

config interface 'console'
  option proto 'ppp'
  option device 'ttyS1'
  option connect '/etc/ppp/dial.sh'
  option auto '0'
)";

TEST_CASE("OpenWrt: interfaces over PPP become connections, the others stay with OpenWrt") {
  const Reading reading = read(kNetwork);
  CHECK(reading.diagnostics.empty());
  CHECK(reading.report.settings().size() ==
        lines_with(kNetwork, "option ") + lines_with(kNetwork, "list "));
  REQUIRE(reading.connections.size() == 3);
  const Connection& mobile = reading.connections[1];
  CHECK(mobile.name == "mobile");
  CHECK(mobile.carrier == Carrier::Modem);
  CHECK(mobile.device.path == "/dev/ttyUSB0");
  CHECK(mobile.init == std::vector<std::string>{"AT+CGDCONT=1,\"IP\",\"internet.example\""});
  CHECK(mobile.entry.numbers.at(0).digits == "*99***1#");
  CHECK(mobile.entry.dial == phonebook::DialMode::OnDemand);
  CHECK(mobile.entry.idle_disconnect == 300s);
  CHECK(mobile.entry.dns2 == "10.0.0.54");
  CHECK_FALSE(mobile.entry.default_route);
  CHECK_FALSE(mobile.entry.auth.pap);
  CHECK(ended(reading, "ipaddr").column == Column::NotNeeded);
  CHECK(ended(reading, "frobnicate").column == Column::Dropped);
  CHECK(ended(reading, "pincode").value == "***");
  CHECK(ended(reading, "pppd_options").column == Column::Translated);
}

TEST_CASE("OpenWrt: keepalive is the bound; switched off it does not stay off") {
  const Reading reading = read(kNetwork);
  CHECK(reading.connections[0].entry.watch.dead_peer_bound == 50s);
  CHECK(reading.connections[1].entry.watch == phonebook::WatchSettings{});
  CHECK(reading.connections[1].rules.echo_failures->value == 0);
  const Reading off = read("config interface 'a'\n option proto 'ppp'\n option keepalive '0'\n");
  CHECK(ended(off, "keepalive").column == Column::MadeSafer);
}

TEST_CASE("OpenWrt: PPPoE and a connect script are entries that say what they need") {
  Reading reading = read(kNetwork);
  const NativeFiles files = write_native(reading, "openwrt", "/etc/config/network", {});
  CHECK(reading.diagnostics.empty());
  CHECK(files.entries.size() == 3);
  CHECK(files.lines.at(0).needs ==
        "a PPPoE carrier over wan.7 of the concentrator bras1, which there is not yet");
  CHECK(has(files.lines.at(2).needs, "connect script is not taken over"));
  CHECK(has(files.credentials, "s3cret phrase"));
  CHECK_FALSE(has(files.phonebook, "s3cret"));
}

TEST_CASE("OpenWrt: ifname is the line only where device does not say it") {
  for (const char* lines :
       {"option device '/dev/ttyS4'\noption ifname 'ppp0'\n",
        "option ifname 'ppp0'\noption device '/dev/ttyS4'\n", "option ifname 'ttyS4'\n"}) {
    CAPTURE(lines);
    for (const char* proto : {"ppp", "3g"}) {
      const Reading reading =
          read(fmt::format("config interface 'a'\noption proto '{}'\n{}", proto, lines));
      REQUIRE(reading.connections.size() == 1);
      CHECK(reading.connections[0].device.path == "/dev/ttyS4");
    }
  }
  const Reading dsl = read("config interface 'a'\noption proto 'pppoe'\noption ifname 'eth0.2'\n");
  CHECK(dsl.connections[0].device.path == "eth0.2");
}

TEST_CASE("OpenWrt: no secret is shown, wherever it stands; what is empty loses nothing") {
  const Reading reading = read(R"(config interface 'a'
  option proto '3g'
  option device 'ttyS0'
  option username ''
  option password ''
  option Password 'hunter2'
  option pppd_options 'password hunter2 plugin x.so mtu 1400'
  option connect '/usr/sbin/chat "" ATDT1 CONNECT "" word: hunter2'
)");
  for (const Setting& setting : reading.report.settings()) {
    CHECK_FALSE(has(setting.value + setting.how, "hunter2"));
  }
  CHECK(ended(reading, "pppd_options").value == "password *** plugin x.so mtu 1400");
  CHECK(has(ended(reading, "pppd_options").how, "options plugin have no effect"));
  CHECK(ended(reading, "username").column == Column::NotNeeded);
  CHECK(ended(reading, "password").column == Column::NotNeeded);
}

TEST_CASE("OpenWrt: a line that is none is told with its place, and nothing is imported") {
  Reading reading;
  read_uci({"network", "config interface 'a'\n\toption proto\n"}, reading);
  REQUIRE(phonebook::has_errors(reading.diagnostics));
  CHECK(reading.diagnostics[0].line == 2);
  CHECK(reading.diagnostics[0].column == 2);
}

}  // namespace
