// SPDX-License-Identifier: Apache-2.0
#include "wire/housekeeping.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::wire;

namespace {

Bytes ipv6(uint8_t next_header, Bytes rest) {
  Bytes packet(40);
  packet[0] = 0x60;
  packet[6] = next_header;
  packet.insert(packet.end(), rest.begin(), rest.end());
  return packet;
}
Bytes ipv4(uint8_t protocol) {
  Bytes packet(20);
  packet[0] = 0x45;
  packet[9] = protocol;
  return packet;
}

}  // namespace

TEST_CASE("neighbour discovery and groups are housekeeping; pings and data are use") {
  for (const int type : {130, 131, 132, 133, 134, 135, 136, 137, 143}) {
    CHECK(is_housekeeping(ipv6(58, {static_cast<uint8_t>(type), 0})));
  }
  CHECK(is_housekeeping(ipv6(0, {58, 0, 5, 2, 0, 0, 1, 0, 143, 0})));  // RFC 3810: router alert
  CHECK(is_housekeeping(ipv4(2)));
  CHECK(!is_housekeeping(ipv6(58, {128, 0})));
  CHECK(!is_housekeeping(ipv6(58, {129, 0})));
  CHECK(!is_housekeeping(ipv6(6, {135, 0})));
  CHECK(!is_housekeeping(ipv4(1)));
  CHECK(!is_housekeeping(ipv4(6)));
}

TEST_CASE("what is cut short is no housekeeping") {
  for (const Bytes& whole : {ipv6(58, {135}), ipv6(0, {58, 0, 5, 2, 0, 0, 1, 0, 143}), ipv4(2)}) {
    for (size_t size = 0; size < whole.size(); ++size) {
      CHECK(!is_housekeeping(ByteView(whole).first(size)));
    }
  }
  CHECK(!is_housekeeping(ipv6(0, {58, 255})));
}
