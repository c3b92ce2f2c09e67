// SPDX-License-Identifier: Apache-2.0
#include "io/net_change.h"

#include <doctest/doctest.h>

#include "io/net_journal.h"

using namespace redial;
using namespace redial::io;

namespace {

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

NetChanges every_kind() {
  return {
      AddressChange{"redial0", IpPrefix::host(address("10.0.0.2")), address("10.0.0.1")},
      AddressChange{"redial0", {address("2001:db8::2"), 64}, std::nullopt},
      RouteChange{"redial0", *IpPrefix::parse("10.0.0.0/8"), std::nullopt, address("10.0.0.2"), 7},
      RouteChange{"eth0", *IpPrefix::parse("192.0.2.1"), address("192.168.1.1"), {}, 4000},
      DnsChange{DnsKeeper::Resolved, "redial0", {address("192.0.2.53"), address("fd00::1")}, true},
      DnsChange{DnsKeeper::Resolvconf, "redial0", {address("192.0.2.53")}, false},
      DnsChange{DnsKeeper::File, "redial0", {}, true},
  };
}

}  // namespace

TEST_CASE("every change is a line of text, and the line is the change again") {
  for (const NetChange& change : every_kind()) {
    const std::string line = to_text(change);
    CAPTURE(line);
    CHECK(parse_net_change(line) == change);
  }
  CHECK(to_text(every_kind()[0]) == "address redial0 10.0.0.2/32 peer 10.0.0.1");
  CHECK(to_text(every_kind()[3]) == "route eth0 192.0.2.1/32 metric 4000 via 192.168.1.1");
}

TEST_CASE("a line that says anything else is no change") {
  for (const char* line :
       {"", "address", "address redial0", "address redial0 10.0.0.2/33", "address ../x 10.0.0.2/32",
        "address redial0 10.0.0.2/32 peer", "address redial0 10.0.0.2/32 peer x",
        "route redial0 10.0.0.0/8", "route redial0 10.0.0.0/8 metric -1",
        "route redial0 10.0.0.0/8 metric 1 over 1.1.1.1", "route redial0 default metric 1",
        "dns redial0 resolved", "dns redial0 someone all", "dns redial0 file all 1.2.3",
        "dns redial0 file all 1.1.1.1 2.2.2.2 3.3.3.3 4.4.4.4 5.5.5.5", "link redial0 up",
        "address averyverylongname 10.0.0.2/32"}) {
    CAPTURE(line);
    CHECK_FALSE(parse_net_change(line).has_value());
  }
}

TEST_CASE("a journal is read back; what was never finished writing counts for nothing") {
  const NetJournalText journal{"1b4e28ba", "4026531840", every_kind()};
  const std::string text = to_text(journal);
  const auto read = parse_net_journal(text);
  REQUIRE(read.has_value());
  CHECK(*read == journal);
  for (size_t size = 0; size < text.size(); ++size) {
    const auto part = parse_net_journal(text.substr(0, size));
    if (!part) continue;
    CHECK(part->boot == "1b4e28ba");
    REQUIRE(part->changes.size() <= journal.changes.size());
    for (size_t i = 0; i < part->changes.size(); ++i) {
      CHECK(part->changes[i] == journal.changes[i]);
    }
  }
}

TEST_CASE("a file that is no journal of ours is said to be none") {
  for (const char* text : {"", "\n", "redial-net 2 boot a ns b\n", "redial-net 1 ns b\n",
                           "redial-net 1 boot a\n", "redial-net 1 boot a ns b"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_net_journal(text).has_value());
  }
}

TEST_CASE("names that Linux takes for a device, and no others") {
  for (const char* name : {"redial0", "a", "wan-1.x_y", "fifteen-octets."}) {
    CHECK(is_device_name(name));
  }
  for (const char* name : {"", ".", "..", "a/b", "a b", "a:b", "a%d", "sixteen-octets..", "\x7f"}) {
    CHECK_FALSE(is_device_name(name));
  }
}
