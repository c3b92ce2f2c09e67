// SPDX-License-Identifier: Apache-2.0
#include "wire/ip.h"

#include <doctest/doctest.h>

using namespace redial;
using namespace redial::wire;

namespace {

IpAddress address(const char* text) { return IpAddress::parse(text).value(); }

uint32_t sum(ByteView octets, uint32_t so_far = 0) {
  for (size_t i = 0; i < octets.size(); ++i) so_far += octets[i] * (i % 2 == 0 ? 256u : 1u);
  return so_far;
}
bool is_right(uint32_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

struct Segment {
  bool v6 = false;
  uint8_t flags = 0x02;
  Bytes options{2, 4, 0x05, 0xb4};  // MSS 1460
};

/// Of TCP, its checksum right.
Bytes segment(const Segment& what) {
  const IpAddress from = address(what.v6 ? "fd00::2" : "10.0.0.2");
  const IpAddress to = address(what.v6 ? "2001:db8::1" : "192.0.2.1");
  const size_t header = what.v6 ? 40 : 20;
  const size_t tcp = 20 + what.options.size();
  REQUIRE(tcp % 4 == 0);
  Bytes out(header + tcp);
  if (what.v6) {
    out[0] = 0x60;
    out[5] = static_cast<uint8_t>(tcp);
    out[6] = 6;
  } else {
    out[0] = 0x45;
    out[3] = static_cast<uint8_t>(out.size());
    out[8] = 64;
    out[9] = 6;
  }
  std::ranges::copy(from.octets(), out.begin() + (what.v6 ? 8 : 12));
  std::ranges::copy(to.octets(), out.begin() + (what.v6 ? 24 : 16));
  out[header + 12] = static_cast<uint8_t>(tcp / 4 << 4);
  out[header + 13] = what.flags;
  std::ranges::copy(what.options, out.begin() + static_cast<long>(header) + 20);
  uint32_t all = sum(from.octets(), sum(to.octets())) + 6 + static_cast<uint32_t>(tcp);
  all = sum(ByteView(out).subspan(header), all);
  while (all >> 16 != 0) all = (all & 0xffff) + (all >> 16);
  out[header + 16] = static_cast<uint8_t>(~all >> 8);
  out[header + 17] = static_cast<uint8_t>(~all);
  return out;
}

bool checksum_is_right(ByteView packet) {
  const auto header = read_ip(packet);
  REQUIRE(header.has_value());
  const ByteView tcp = packet.subspan(header->octets);
  return is_right(sum(tcp, sum(header->source.octets(), sum(header->destination.octets())) + 6 +
                               static_cast<uint32_t>(tcp.size())));
}

}  // namespace

TEST_CASE("headers of both families are read, and what is cut short is not") {
  for (const bool v6 : {false, true}) {
    CAPTURE(v6);
    const Bytes packet = segment({.v6 = v6});
    const auto header = read_ip(packet);
    REQUIRE(header.has_value());
    CHECK(header->source == address(v6 ? "fd00::2" : "10.0.0.2"));
    CHECK(header->protocol == 6);
    CHECK_FALSE(read_ip(ByteView(packet).first(header->octets - 1)).has_value());
    CHECK_FALSE(read_ip(ByteView(packet).first(packet.size() - 1)).has_value());
  }
  CHECK_FALSE(read_ip({}).has_value());
  Bytes odd = segment({});
  odd[0] = 0x4f;  // 60 octets of header, 44 are there
  CHECK_FALSE(read_ip(odd).has_value());
}

TEST_CASE("a packet from the link enters when it is for us, and from neither us nor behind us") {
  const IpEdge edge({address("10.0.0.2"), address("fe80::2")}, {*IpPrefix::parse("10.9.0.0/16")});
  struct Case {
    const char *from, *to;
    bool enters;
  };
  for (const Case& each :
       {Case{"192.0.2.1", "10.0.0.2", true}, Case{"192.0.2.1", "10.9.1.1", true},
        Case{"192.0.2.1", "10.0.0.3", false}, Case{"192.0.2.1", "127.0.0.1", false},
        Case{"10.0.0.2", "10.0.0.2", false}, Case{"10.9.0.1", "10.0.0.2", false},
        Case{"127.0.0.1", "10.0.0.2", false}, Case{"224.0.0.5", "10.0.0.2", false},
        Case{"192.0.2.1", "224.0.0.5", true}, Case{"192.0.2.1", "239.1.1.1", false},
        Case{"192.0.2.1", "255.255.255.255", false}, Case{"fe80::1", "fe80::2", true},
        Case{"fe80::1", "ff02::1", true}, Case{"fe80::1", "ff05::1", false},
        Case{"fe80::1", "fe80::3", false}, Case{"::1", "fe80::2", false}}) {
    CAPTURE(each.from);
    CAPTURE(each.to);
    CHECK(edge.may_enter({address(each.from), address(each.to)}) == each.enters);
  }
}

TEST_CASE("a packet leaves when it is from us or from behind us") {
  const IpEdge edge({address("10.0.0.2"), address("fe80::2")}, {*IpPrefix::parse("10.9.0.0/16")});
  CHECK(edge.may_leave({address("10.0.0.2"), address("192.0.2.1")}));
  CHECK(edge.may_leave({address("10.9.0.2"), address("192.0.2.1")}));
  CHECK(edge.may_leave({address("fe80::2"), address("ff02::1")}));
  CHECK_FALSE(edge.may_leave({address("192.168.1.2"), address("192.0.2.1")}));
  CHECK_FALSE(edge.may_leave({address("10.0.0.2"), address("127.0.0.1")}));
}

TEST_CASE("the segment size of a SYN is cut to what fits, and its checksum stays right") {
  for (const bool v6 : {false, true}) {
    for (const Bytes& options :
         {Bytes{2, 4, 0x05, 0xb4}, Bytes{1, 1, 8, 2, 1, 2, 4, 0x05, 0xb4, 0, 0, 0}}) {
      CAPTURE(v6);
      Bytes packet = segment({.v6 = v6, .options = options});
      REQUIRE(checksum_is_right(packet));
      CHECK_FALSE(clamp_mss(packet, 1520));
      CHECK(clamp_mss(packet, 576));
      CHECK(checksum_is_right(packet));
      const unsigned fits = v6 ? 516 : 536;
      const uint8_t octets[] = {2, 4, static_cast<uint8_t>(fits >> 8), static_cast<uint8_t>(fits)};
      const auto found =
          std::search(packet.begin(), packet.end(), std::begin(octets), std::end(octets));
      CHECK(found != packet.end());
      CHECK_FALSE(clamp_mss(packet, 576));
    }
  }
}

TEST_CASE("only the SYN of a whole datagram is looked at, and no option list is believed") {
  Bytes data = segment({.flags = 0x10});
  CHECK_FALSE(clamp_mss(data, 576));
  Bytes fragment = segment({});
  fragment[6] = 0x20;
  CHECK_FALSE(clamp_mss(fragment, 576));
  for (const Bytes& options : {Bytes{2, 0, 5, 0xb4}, Bytes{2, 200, 5, 0xb4}, Bytes{3, 3, 7, 2},
                               Bytes{0, 2, 4, 5}, Bytes{1, 1, 2, 4}}) {
    Bytes packet = segment({.options = options});
    CHECK_FALSE(clamp_mss(packet, 576));
  }
  Bytes packet = segment({});
  for (size_t size = 0; size <= packet.size(); ++size) {
    Bytes cut(packet.begin(), packet.begin() + static_cast<long>(size));
    static_cast<void>(clamp_mss(cut, 576));
  }
}

TEST_CASE("a refused packet is answered by host unreachable, quoting its header and 8 octets") {
  const Bytes packet = segment({});
  const Bytes answer = unreachable(packet);
  const auto header = read_ip(answer);
  REQUIRE(header.has_value());
  CHECK(header->source == address("192.0.2.1"));
  CHECK(header->destination == address("10.0.0.2"));
  CHECK(answer.size() == 20 + 8 + 28);
  CHECK(is_right(sum(ByteView(answer).first(20))));
  CHECK(is_right(sum(ByteView(answer).subspan(20))));
  CHECK(answer[20] == 3);
  CHECK(answer[21] == 1);
  CHECK(same(ByteView(answer).subspan(28), ByteView(packet).first(28)));

  const Bytes six = unreachable(segment({.v6 = true}));
  const auto header6 = read_ip(six);
  REQUIRE(header6.has_value());
  CHECK(header6->protocol == 58);
  CHECK(is_right(sum(ByteView(six).subspan(8)) + 58 + static_cast<uint32_t>(six.size() - 40)));
}

TEST_CASE("a group is no reason to dial") {
  Bytes packet = segment({});
  CHECK(asks_for_link(packet));
  packet[16] = 224;
  CHECK_FALSE(asks_for_link(packet));
  CHECK_FALSE(asks_for_link({}));
}

TEST_CASE("nothing answers an error, a group or a later fragment") {
  CHECK(unreachable(unreachable(segment({}))).empty());
  CHECK(unreachable(unreachable(segment({.v6 = true}))).empty());
  Bytes later = segment({});
  later[7] = 1;
  CHECK(unreachable(later).empty());
  Bytes group = segment({});
  group[16] = 224;
  CHECK(unreachable(group).empty());
}
