// SPDX-License-Identifier: Apache-2.0
#include "core/bytes.h"

#include <doctest/doctest.h>

#include "core/outbox.h"
#include "core/rng.h"
#include "core/secret.h"

using namespace redial;

TEST_CASE("a reader past the end gives nothing and stays put") {
  const uint8_t octets[] = {1, 2, 3};
  ByteReader reader(octets);
  CHECK(reader.u16() == 0x0102);
  CHECK_FALSE(reader.u16().has_value());
  CHECK(reader.u8() == 3);
  CHECK_FALSE(reader.u8().has_value());
  CHECK(reader.left() == 0);
}

TEST_CASE("control characters are shown the way MODEM.INF writes them") {
  CHECK(to_visible(as_bytes("\r\nOK\r\n\x01")) == "<cr><lf>OK<cr><lf><h01>");
  CHECK(to_hex(as_bytes("ab"), 1) == "61 ...");
}

TEST_CASE("durations are shown as people say them") {
  CHECK(to_text(350ms) == "350 ms");
  CHECK(to_text(4200ms) == "4.2 s");
  CHECK(to_text(15min) == "15 min");
  CHECK(to_text(90min) == "1 h 30 min");
}

TEST_CASE("the same seed throws the same dice, within the asked range") {
  Rng a(7), b(7);
  for (int i = 0; i < 1000; ++i) {
    const uint64_t thrown = a.below(6);
    CHECK(thrown == b.below(6));
    CHECK(thrown < 6);
  }
  CHECK(a.up_to(0s) == 0s);
}

TEST_CASE("an outbox holds and compares values, and destroys what it holds") {
  auto counted = std::make_shared<int>(1);
  {
    Outbox<std::shared_ptr<int>, 2> box{counted};
    Outbox<std::shared_ptr<int>, 2> copy = box;
    CHECK(box == copy);
    CHECK(counted.use_count() == 3);
  }
  CHECK(counted.use_count() == 1);
}

TEST_CASE("a secret is never shown") {
  const Secret secret("swordfish");
  CHECK(std::string(secret.shown()) == "***");
  CHECK(secret.reveal() == "swordfish");
}
