// SPDX-License-Identifier: Apache-2.0
#include "wire/path_probe.h"

#include <doctest/doctest.h>

#include "wire/ip.h"

using namespace redial;
using namespace redial::wire;

namespace {

constexpr ProbeIds kIds{.ours = 0x0a40000a, .theirs = 0x0a400001, .tag = 7, .number = 3};

/// What the other end would send back: addresses, and for TCP and UDP ports, changed over.
Bytes turned_back(Bytes packet) {
  std::swap_ranges(packet.begin() + 12, packet.begin() + 16, packet.begin() + 16);
  if (packet[9] != 1)
    std::swap_ranges(packet.begin() + 20, packet.begin() + 22, packet.begin() + 22);
  return packet;
}

/// RFC 1071: over a whole header that carries its sum, the sum is 0xffff.
bool sums_up(ByteView octets) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < octets.size(); i += 2) sum += octets[i] * 256u + octets[i + 1];
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum == 0xffff;
}

TEST_CASE("targets are read as they are written, and what is none is refused") {
  for (const std::string_view text :
       {"icmp:10.0.0.1", "icmp:peer", "tcp:10.0.0.5:80", "dns:10.0.0.3", "dns:given"}) {
    CAPTURE(text);
    const auto target = read_probe_target(text);
    REQUIRE(target);
    CHECK(to_text(*target) == text);
  }
  for (const std::string_view text :
       {"", "icmp", "icmp:", "icmp:host.example", "tcp:10.0.0.5", "tcp:10.0.0.5:0",
        "tcp:10.0.0.5:70000", "udp:10.0.0.1", "icmp:fd00::1", "tcp:peer:80", "icmp:0.0.0.0"}) {
    CAPTURE(text);
    CHECK_FALSE(read_probe_target(text));
  }
}

TEST_CASE("a probe is a whole IPv4 packet from us to the target, its sums right") {
  for (const std::string_view text : {"icmp:peer", "tcp:10.64.0.1:80", "dns:given"}) {
    const Bytes packet = probe_packet(*read_probe_target(text), kIds);
    const auto header = read_ip(packet);
    REQUIRE(header);
    CHECK(header->source == IpAddress::v4(kIds.ours));
    CHECK(header->destination == IpAddress::v4(kIds.theirs));
    CHECK(sums_up(ByteView(packet).first(20)));
    CHECK(packet[2] * 256u + packet[3] == packet.size());
  }
}

TEST_CASE("an ICMP echo is answered by its reply, not by its reflection or another's") {
  const ProbeTarget target = *read_probe_target("icmp:peer");
  const Bytes request = probe_packet(target, kIds);
  CHECK_FALSE(probe_answer(target, kIds, request));
  Bytes reply = turned_back(request);
  CHECK_FALSE(probe_answer(target, kIds, reply));  // a request of theirs
  reply[20] = 0;
  CHECK(probe_answer(target, kIds, reply));
  ProbeIds other = kIds;
  other.tag = 8;
  CHECK_FALSE(probe_answer(target, other, reply));
}

TEST_CASE("a TCP target that accepts is told goodbye, one that refuses has answered as well") {
  const ProbeTarget target = *read_probe_target("tcp:10.64.0.1:80");
  Bytes reply = turned_back(probe_packet(target, kIds));
  reply[20 + 13] = 0x12;  // SYN, ACK
  const auto accepted = probe_answer(target, kIds, reply);
  REQUIRE(accepted);
  REQUIRE(accepted->farewell.size() == 40);
  CHECK(accepted->farewell[20 + 13] == 0x04);
  reply[20 + 13] = 0x14;  // RST, ACK
  const auto refused = probe_answer(target, kIds, reply);
  REQUIRE(refused);
  CHECK(refused->farewell.empty());
}

TEST_CASE("an unreachable about our probe from somebody on the way is no answer of the target") {
  const ProbeTarget target = *read_probe_target("dns:10.64.0.1");
  const Bytes query = probe_packet(target, kIds);
  ProbeIds router = kIds;
  router.theirs = 0x0a400002;
  Bytes error = turned_back(probe_packet(*read_probe_target("icmp:peer"), router));
  error[20] = 3;
  error.resize(28);
  error.insert(error.end(), query.begin(), query.begin() + 28);
  error[3] = static_cast<uint8_t>(error.size());
  const auto answer = probe_answer(target, kIds, error);
  REQUIRE(answer);
  CHECK_FALSE(answer->beyond);
}

}  // namespace
