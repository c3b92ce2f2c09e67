// SPDX-License-Identifier: Apache-2.0
#include "wire/ppp.h"

#include <doctest/doctest.h>

#include "core/rng.h"

using namespace redial;
using namespace redial::wire;

TEST_CASE("any options of a packet, written, are read again as the same, in their order") {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    PacketWriter writer(static_cast<uint8_t>(rng.below(256)), static_cast<uint8_t>(seed));
    std::vector<Bytes> written;  // type and value
    for (uint64_t left = rng.below(12); left > 0; --left) {
      Bytes option(1 + rng.below(254));
      for (uint8_t& octet : option) octet = static_cast<uint8_t>(rng.next());
      if (writer.option(option[0], ByteView(option).subspan(1))) written.push_back(option);
    }
    const auto packet = parse_packet(writer.information());
    REQUIRE(packet.has_value());
    CHECK(packet->id == static_cast<uint8_t>(seed));
    OptionReader options(packet->data);
    for (const Bytes& expected : written) {
      const auto option = options.next();
      REQUIRE(option.has_value());
      CHECK(option->type == expected[0]);
      CHECK(same(option->data, ByteView(expected).subspan(1)));
    }
    CHECK_FALSE(options.next().has_value());
    CHECK_FALSE(options.broken());
  }
}

TEST_CASE("a protocol field ends in an odd octet, one octet alone where it was compressed") {
  CHECK(parse_frame(Bytes{0xc0, 0x21, 1})->protocol == 0xc021);
  CHECK(parse_frame(Bytes{0x21, 0x45})->protocol == 0x0021);
  CHECK(parse_frame(Bytes{0x00, 0x21, 0x45})->protocol == 0x0021);
  CHECK_FALSE(parse_frame(Bytes{0xc0, 0x20, 1}).has_value());
  CHECK_FALSE(parse_frame(Bytes{0xc0}).has_value());
  CHECK_FALSE(parse_frame({}).has_value());
}
