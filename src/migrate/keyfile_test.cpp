// SPDX-License-Identifier: Apache-2.0
#include "migrate/keyfile.h"

#include <doctest/doctest.h>

#include "migrate/native.h"
#include "migrate/test_support.h"

using namespace redial;
using namespace redial::migrate;

namespace {

Reading read(std::string_view text) {
  Reading reading;
  read_keyfile({"/etc/NetworkManager/system-connections/x.nmconnection", std::string(text)},
               reading);
  reading.report.seal();
  return reading;
}

constexpr std::string_view kMobile = R"([connection]
id=Field office
uuid=4e1b7f0e-0000-4000-8000-000000000001
type=gsm
interface-name=ttyUSB2
autoconnect-retries=4
permissions=user:ann:;

[serial]
baud=115200
parity=e

[ppp]
lcp-echo-failure=5
lcp-echo-interval=30
refuse-pap=true

[gsm]
apn=internet.example
number=*99#
username=ann
password=s3cret\sphrase
pin=1234

[ipv4]
dns=10.0.0.53;10.0.0.54;
method=auto
route1=10.8.0.0/16,10.8.0.1,5
never-default=true

[ipv6]
method=ignore

[proxy]
)";

TEST_CASE("a keyfile of mobile data on a serial port is dialled as a modem") {
  const Reading reading = read(kMobile);
  CHECK(reading.diagnostics.empty());
  REQUIRE(reading.connections.size() == 1);
  const Connection& field = reading.connections[0];
  CHECK(field.name == "Field office");
  CHECK(field.carrier == Carrier::Modem);
  CHECK(field.device.path == "/dev/ttyUSB2");
  CHECK(field.device.format == "8E1");
  CHECK(field.init == std::vector<std::string>{"AT+CGDCONT=1,\"IP\",\"internet.example\""});
  CHECK(field.entry.numbers.at(0).digits == "*99#");
  CHECK(field.password.reveal() == "s3cret phrase");
  CHECK(field.entry.watch.dead_peer_bound == 150s);
  CHECK(field.entry.dns == "10.0.0.53");
  CHECK(field.entry.dns2 == "10.0.0.54");
  CHECK(field.entry.routes == std::vector<std::string>{"10.8.0.0/16"});
  CHECK_FALSE(field.entry.default_route);
  CHECK_FALSE(field.entry.auth.pap);
  CHECK(field.entry.redial.attempts == 3u);
}

TEST_CASE("a keyfile: each property ends in one column, and no secret is shown") {
  const Reading reading = read(kMobile);
  CHECK(reading.report.settings().size() == lines_with(kMobile, "="));
  CHECK(ended(reading, "autoconnect-retries").column == Column::MadeSafer);
  CHECK(ended(reading, "permissions").column == Column::Dropped);
  CHECK(ended(reading, "pin").value == "***");
  CHECK(ended(reading, "password").value == "***");
  CHECK(ended(reading, "uuid").column == Column::NotNeeded);
}

TEST_CASE("a keyfile of PPPoE, of mobile data without a port, of a telephone: what they need") {
  const auto needs = [](std::string_view text) {
    Reading reading = read(text);
    const NativeFiles files = write_native(reading, "nm", "x", {});
    REQUIRE(files.lines.size() == 1);
    return files.lines[0].needs;
  };
  CHECK(
      needs("[connection]\nid=dsl\ntype=pppoe\n[pppoe]\nparent=eth1\nservice=fast\nusername=a\n") ==
      "a PPPoE carrier over eth1 to the service fast, which there is not yet");
  CHECK(has(needs("[connection]\nid=m\ntype=gsm\n[gsm]\napn=x\n"), "a carrier for mobile data"));
  CHECK(has(needs("[connection]\nid=t\ntype=bluetooth\n[bluetooth]\nbdaddr=00:11:22:33:44:55\n"
                  "type=dun\n[gsm]\nnumber=*99#\n"),
            "rfcomm bind"));
}

TEST_CASE("a keyfile: what is empty or off loses nothing") {
  const Reading reading = read(R"([connection]
id=Field
type=gsm
permissions=
secondaries=
[gsm]
apn=
home-only=false
auto-config=true
[ipv4]
dns-search=
method=auto
)");
  for (const char* key : {"permissions", "secondaries", "apn", "home-only", "dns-search"}) {
    CAPTURE(key);
    CHECK(ended(reading, key).column == Column::NotNeeded);
  }
  CHECK(ended(reading, "auto-config").column == Column::Dropped);
  REQUIRE(reading.connections.size() == 1);
  CHECK(reading.connections[0].init.empty());
}

TEST_CASE("a keyfile: echoes that would miss a dead peer for hours are not taken over") {
  const Reading reading =
      read("[connection]\nid=x\ntype=gsm\n[ppp]\nlcp-echo-interval=65535\nlcp-echo-failure=4\n");
  CHECK(ended(reading, "lcp-echo-interval").column == Column::MadeSafer);
  CHECK(ended(reading, "lcp-echo-failure").column == Column::MadeSafer);
  CHECK(reading.connections[0].entry.watch == phonebook::Entry().watch);
}

TEST_CASE("a keyfile of another network is left where it is, each property accounted for") {
  const Reading reading = read("[connection]\nid=home\ntype=wifi\n[wifi-security]\npsk=s3cret\n");
  CHECK(reading.connections.empty());
  CHECK(reading.report.settings().size() == 3);
  CHECK(ended(reading, "psk").column == Column::NotNeeded);
  CHECK(ended(reading, "psk").value == "***");
}

TEST_CASE("a keyfile with a line that is none is not imported, with the line's place") {
  Reading reading;
  read_keyfile({"k", "[connection]\nid=x\ntype=gsm\n  nonsense\n"}, reading);
  REQUIRE(phonebook::has_errors(reading.diagnostics));
  CHECK(reading.diagnostics[0].line == 4);
}

}  // namespace
