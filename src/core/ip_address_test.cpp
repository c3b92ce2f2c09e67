// SPDX-License-Identifier: Apache-2.0
#include "core/ip_address.h"

#include <doctest/doctest.h>

using namespace redial;

TEST_CASE("addresses are read, and written in the one form of RFC 5952") {
  struct Case {
    const char *text, *written;
  };
  for (const Case& each :
       {Case{"10.0.0.2", "10.0.0.2"}, Case{"255.255.255.255", "255.255.255.255"}, Case{"::", "::"},
        Case{"::1", "::1"}, Case{"fe80::1:2", "fe80::1:2"},
        Case{"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        Case{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, Case{"1::", "1::"},
        Case{"::ffff:10.0.0.1", "::ffff:a00:1"}, Case{"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"}}) {
    CAPTURE(each.text);
    const auto address = IpAddress::parse(each.text);
    REQUIRE(address.has_value());
    CHECK(address->text() == each.written);
    CHECK(IpAddress::parse(address->text()) == address);
  }
}

TEST_CASE("what is no address is refused") {
  for (const char* text : {"", "10.0.0", "10.0.0.0.1", "10.0.0.256", "10.0.0.-1", "1:2:3:4:5:6:7",
                           "1:2:3:4:5:6:7:8:9", "1::2::3", ":1::", "1:", "fe80::12345", "::g",
                           "1:2:3:4:5:6:7:8::", "10.0.0.1 ", ":::", "::10.0.0"}) {
    CAPTURE(text);
    CHECK_FALSE(IpAddress::parse(text).has_value());
  }
}

TEST_CASE("a prefix loses the bits beyond its length, and holds the addresses within it") {
  const auto prefix = IpPrefix::parse("10.1.2.3/9");
  REQUIRE(prefix.has_value());
  CHECK(prefix->text() == "10.0.0.0/9");
  CHECK(prefix->contains(*IpAddress::parse("10.127.0.1")));
  CHECK_FALSE(prefix->contains(*IpAddress::parse("10.128.0.1")));
  CHECK_FALSE(prefix->contains(*IpAddress::parse("::a00:1")));
  CHECK(IpPrefix::parse("0.0.0.0/0")->contains(*prefix));
  CHECK_FALSE(prefix->contains(*IpPrefix::parse("0.0.0.0/0")));
  CHECK(IpPrefix::parse("fd00::1")->length == 128);
  CHECK(IpPrefix::parse("fd00:1:2::/33")->text() == "fd00:1::/33");
  for (const char* text : {"10.0.0.0/33", "fd00::/129", "10.0.0.0/", "/8", "10.0.0.0/8/8"}) {
    CAPTURE(text);
    CHECK_FALSE(IpPrefix::parse(text).has_value());
  }
}

TEST_CASE("an interface identifier makes a link-local address") {
  CHECK(IpAddress::link_local(0x0000000000000001).text() == "fe80::1");
  CHECK(IpAddress::link_local(0x0211223344556677).text() == "fe80::211:2233:4455:6677");
}
