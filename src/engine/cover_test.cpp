// SPDX-License-Identifier: Apache-2.0
#include "engine/cover.h"

#include <doctest/doctest.h>

#include <map>

#include "core/rng.h"
#include "ppp/chap_crypto.h"
#include "wire/hdlc.h"
#include "wire/ppp.h"

using namespace redial;
using namespace redial::engine;

namespace {

constexpr std::string_view kPassword = "swordfish";

/// A line whose chunks are kept by their places.
struct Line {
  Line() { REQUIRE(secrets.add(Secret(std::string(kPassword))).has_value()); }
  void hears(ByteView octets) { cover.on_octets(octets, next++, put); }
  void hears(std::string_view text) { hears(as_bytes(text)); }
  void settles() { cover.settle(put); }
  std::string all() const {
    std::string out;
    for (const auto& [place, octets] : kept) out += as_text(octets);
    return out;
  }

  Secrets secrets;
  LineCover cover{secrets};
  std::map<uint64_t, Bytes> kept;
  uint64_t next = 0;
  LineCover::Put put = [this](uint64_t place, ByteView octets) {
    kept[place].insert(kept[place].end(), octets.begin(), octets.end());
  };
};

Bytes framed(wire::Protocol protocol, ByteView information) {
  Bytes out;
  wire::encode(static_cast<uint16_t>(protocol), information, {}, out);
  return out;
}

struct Frames {
  bool on_frame(ByteView frame) {
    good.emplace_back(frame.begin(), frame.end());
    return true;
  }
  void on_bad_frame(wire::FrameError) { ++bad; }
  void on_outside(ByteView) {}
  std::vector<Bytes> good;
  int bad = 0;
};
Frames frames_of(const std::string& octets) {
  Frames found;
  wire::HdlcDecoder decoder;
  decoder.decode(as_bytes(octets), found);
  return found;
}

Bytes packet(uint8_t code, uint8_t id, ByteView data) {
  Bytes out = {code, id, 0, static_cast<uint8_t>(4 + data.size())};
  out.insert(out.end(), data.begin(), data.end());
  return out;
}

}  // namespace

TEST_CASE("a password that is echoed letter by letter is covered, each star in its place") {
  Line line;
  line.hears("Password: s");
  line.hears("wor");
  for (const char c : std::string_view("dfish")) line.hears(std::string_view(&c, 1));
  line.hears("\r\nsword and shield\r\n");
  CHECK(line.all() == "Password: *********\r\nsword and shield\r\n");
  CHECK(as_text(line.kept[0]) == "Password: *");
  CHECK(as_text(line.kept[1]) == "***");
  CHECK(as_text(line.kept[2]) == "*");
  CHECK_FALSE(line.cover.holds());
}

TEST_CASE("what only begins like a secret is held until it is none, or nothing more comes") {
  Line line;
  line.hears("OKs");
  CHECK(line.cover.holds());
  CHECK(as_text(line.kept[0]) == "OK");
  CHECK(line.cover.may_settle());
  line.settles();
  CHECK(line.all() == "OKs");
}

TEST_CASE("a password on a line of seven bits with parity is covered as well") {
  Line line;
  std::string sent;
  for (const char c : kPassword) sent += static_cast<char>(c | 0x80);
  line.hears(sent);
  CHECK(line.all() == std::string(9, static_cast<char>(0xaa)));
}

TEST_CASE("our own PAP request that comes back is a good frame still, with stars in it") {
  Line line;
  Bytes data = {7};
  data.insert(data.end(), {'b', 'r', 'a', 'n', 'c', 'h', '7', 9});
  data.insert(data.end(), kPassword.begin(), kPassword.end());
  const Bytes octets = framed(wire::Protocol::Pap, packet(1, 3, data));
  line.hears(ByteView(octets).first(20));
  line.hears(ByteView(octets).subspan(20));
  const Frames found = frames_of(line.all());
  CHECK(found.bad == 0);
  REQUIRE(found.good.size() == 1);
  CHECK(std::string(as_text(found.good[0])).ends_with("branch7\x09*********"));
}

TEST_CASE("a rejected PAP request, half a frame, a damaged one: none gives the password away") {
  Bytes data = {0xc0, 0x23};
  const Bytes request = packet(1, 3,
                               as_bytes("\x07"
                                        "branch7\x09swordfish"));
  data.insert(data.end(), request.begin(), request.end());
  const Bytes reject = framed(wire::Protocol::Lcp, packet(8, 9, data));
  Line whole;
  whole.hears(reject);
  CHECK(frames_of(whole.all()).good.size() == 1);
  CHECK(whole.all().find("swordfish") == std::string::npos);

  Line damaged;
  Bytes wrong = reject;
  wrong[wrong.size() - 2] ^= 1;
  damaged.hears(wrong);
  CHECK(frames_of(damaged.all()).bad == 1);
  CHECK(damaged.all().find("swordfish") == std::string::npos);

  Line half;
  half.hears(ByteView(reject).first(reject.size() - 4));
  half.hears("\r\nNO CARRIER\r\n");
  CHECK(half.cover.may_settle());
  half.settles();
  CHECK(half.all().find("swordfish") == std::string::npos);
  CHECK(half.all().ends_with("\r\nNO CARRIER\r\n"));
}

TEST_CASE("a modem's words behind the last frame are left as they are") {
  Line line;
  line.hears(framed(wire::Protocol::Lcp, packet(9, 1, as_bytes("1234"))));
  line.hears("\r\nNO CARRIER\r\n");
  line.settles();
  CHECK(line.all().ends_with("~\r\nNO CARRIER\r\n"));
  line.hears("\r\nRING\r\n");
  CHECK(line.all().ends_with("\r\nRING\r\n"));  // at once: text again
}

TEST_CASE("a server's proof stays right or wrong, with the placeholder in place of the password") {
  const std::string user = "SALES\\branch7";
  ppp::Challenge16 theirs{}, ours{};
  theirs.fill(0x11);
  ours.fill(0x22);
  const auto nt = ppp::nt_response(theirs, ours, "branch7", kPassword);
  const std::string proof = ppp::authenticator_response(kPassword, nt, ours, theirs, "branch7");
  const std::string stars(kPassword.size(), '*');
  const auto nt_stars = ppp::nt_response(theirs, ours, "branch7", stars);
  const std::string expected =
      ppp::authenticator_response(stars, nt_stars, ours, theirs, "branch7");

  for (const bool right : {true, false}) {
    CAPTURE(right);
    Line line;
    Bytes challenge = {16};
    challenge.insert(challenge.end(), theirs.begin(), theirs.end());
    line.hears(framed(wire::Protocol::Chap, packet(1, 5, challenge)));
    Bytes value = {49};
    value.insert(value.end(), ours.begin(), ours.end());
    value.insert(value.end(), 8, 0);
    value.insert(value.end(), nt.begin(), nt.end());
    value.push_back(0);
    line.cover.on_response(packet(2, 5, value), {user, Secret(std::string(kPassword))});
    std::string said = proof;
    if (!right) said[7] = said[7] == 'A' ? 'B' : 'A';
    line.hears(framed(wire::Protocol::Chap, packet(3, 5, as_bytes(said + " M=Welcome"))));
    const Frames found = frames_of(line.all());
    REQUIRE(found.good.size() == 2);
    const std::string kept(as_text(found.good[1]));
    CHECK(kept.find(said) == std::string::npos);
    CHECK((kept.find(expected) != std::string::npos) == right);
    CHECK(kept.ends_with(" M=Welcome"));
  }
}

TEST_CASE("of an IP packet its headers are left, and what is left of a frame is good") {
  Line line;
  Bytes ip = {0x45, 0,  0, 60, 0, 0, 0, 0, 64, 6, 0, 0, 10,   0,    0, 1, 10, 0, 0, 2,
              0,    80, 4, 1,  1, 2, 3, 4, 5,  6, 7, 8, 0x50, 0x18, 0, 0, 0,  0, 0, 0};
  const Bytes headers = ip;
  const std::string_view cookie = "Cookie: session=12345";
  ip.insert(ip.end(), cookie.begin(), cookie.end());
  line.hears(framed(wire::Protocol::Ip, ip));
  const Frames found = frames_of(line.all());
  REQUIRE(found.good.size() == 1);
  REQUIRE(found.good[0].size() == ip.size() + 2);
  CHECK(same(ByteView(found.good[0]).subspan(2, headers.size()), headers));
  CHECK(line.all().find("session") == std::string::npos);
}

TEST_CASE("frames without a secret come out octet for octet, however they are cut") {
  Rng dice(9);
  Bytes stream;
  for (int i = 0; i < 50; ++i) {
    Bytes data(dice.below(40), 0);
    for (uint8_t& octet : data) octet = static_cast<uint8_t>(dice.below(256));
    const Bytes frame = framed(wire::Protocol::Ipcp, packet(1, static_cast<uint8_t>(i), data));
    stream.insert(stream.end(), frame.begin(), frame.end());
  }
  Line line;
  std::vector<size_t> sizes;
  for (ByteView rest = stream; !rest.empty();) {
    const size_t size = std::min<size_t>(rest.size(), 1 + dice.below(30));
    line.hears(rest.first(size));
    sizes.push_back(size);
    rest = rest.subspan(size);
  }
  CHECK(line.all() == as_text(stream));
  for (size_t i = 0; i < sizes.size(); ++i) CHECK(line.kept[i].size() == sizes[i]);
}

TEST_CASE("too short a password is refused, no password needs no cover") {
  Secrets secrets;
  CHECK(secrets.add(Secret("cat")).error().kind == ErrorKind::Refused);
  CHECK(secrets.add(Secret("")).has_value());
  REQUIRE(secrets.add_number(Secret("1-800,5550100")).has_value());
  CHECK(secrets.masked("ATDT1-800,5550100") == "ATDT0-000,0000000");
  CHECK(secrets.masked("dialled 5550100 on COM1") == "dialled 0000000 on COM1");
}
