// SPDX-License-Identifier: Apache-2.0
#include "wire/ip.h"

namespace redial::wire {
namespace {

constexpr uint8_t kIcmp = 1, kTcp = 6, kIcmpV6 = 58;
constexpr size_t kV4Header = 20, kV6Header = 40, kTcpHeader = 20;
constexpr uint8_t kSyn = 0x02;
constexpr size_t kMinimumMtuV6 = 1280;

unsigned u16_at(ByteView octets, size_t at) { return octets[at] * 256u + octets[at + 1]; }
void put_u16(std::span<uint8_t> octets, size_t at, unsigned value) {
  octets[at] = static_cast<uint8_t>(value >> 8);
  octets[at + 1] = static_cast<uint8_t>(value);
}

/// RFC 1071: the sum, not yet complemented.
uint32_t sum_of(ByteView octets, uint32_t sum = 0) {
  for (size_t i = 0; i + 1 < octets.size(); i += 2) sum += u16_at(octets, i);
  if (octets.size() % 2 == 1) sum += octets.back() * 256u;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}
unsigned complement(uint32_t sum) { return ~sum & 0xffff; }

std::optional<IpHeader> read_v4(ByteView packet) {
  if (packet.size() < kV4Header) return std::nullopt;
  IpHeader header;
  header.octets = (packet[0] & 0x0f) * 4u;
  const size_t total = u16_at(packet, 2);
  if (header.octets < kV4Header || header.octets > total || total > packet.size()) {
    return std::nullopt;
  }
  header.fragment = (u16_at(packet, 6) & 0x3fff) != 0;
  header.protocol = packet[9];
  header.source = *IpAddress::from(packet.subspan(12, 4));
  header.destination = *IpAddress::from(packet.subspan(16, 4));
  return header;
}

std::optional<IpHeader> read_v6(ByteView packet) {
  constexpr uint8_t kFragmentHeader = 44;
  if (packet.size() < kV6Header || kV6Header + u16_at(packet, 4) > packet.size()) {
    return std::nullopt;
  }
  IpHeader header;
  header.octets = kV6Header;
  header.protocol = packet[6];
  header.fragment = header.protocol == kFragmentHeader;
  header.source = *IpAddress::from(packet.subspan(8, 16));
  header.destination = *IpAddress::from(packet.subspan(24, 16));
  return header;
}

bool is_group(const IpAddress& address) {
  const uint8_t first = address.octets()[0];
  return address.is_v6() ? first == 0xff : first >> 4 == 0xe || first == 0xff;
}
/// ff02::/16 and 224.0.0.0/24: never forwarded by anybody.
bool is_group_of_the_link(const IpAddress& address) {
  const ByteView octets = address.octets();
  if (address.is_v6()) return octets[0] == 0xff && (octets[1] & 0x0f) == 2;
  return octets[0] == 224 && octets[1] == 0 && octets[2] == 0;
}
bool is_link_local(const IpAddress& address) {
  return address.is_v6() && address.octets()[0] == 0xfe && (address.octets()[1] & 0xc0) == 0x80;
}
bool is_loopback(const IpAddress& address) {
  return address.is_v6() ? address == *IpAddress::parse("::1") : address.octets()[0] == 127;
}

/// Where the value of the MSS option stands in a TCP header, or 0.
size_t find_mss(ByteView tcp) {
  const size_t end = std::min<size_t>((tcp[12] >> 4) * 4u, tcp.size());
  for (size_t at = kTcpHeader; at < end;) {
    const uint8_t kind = tcp[at];
    if (kind == 0) return 0;
    if (kind == 1) {
      ++at;
      continue;
    }
    if (at + 1 >= end || tcp[at + 1] < 2) return 0;
    if (kind == 2) return tcp[at + 1] == 4 && at + 4 <= end ? at + 2 : 0;
    at += tcp[at + 1];
  }
  return 0;
}

bool answerable(ByteView packet, const IpHeader& header) {
  if (header.source.unspecified() || is_group(header.source) || is_group(header.destination) ||
      is_loopback(header.source)) {
    return false;
  }
  // RFC 1122 §3.2.2: no error about an error; only echo requests are known to be none.
  const size_t at = header.octets;
  if (header.protocol == kIcmp) return packet.size() > at && packet[at] == 8;
  if (header.protocol == kIcmpV6) return packet.size() > at && packet[at] >= 128;
  return !header.fragment || (!header.source.is_v6() && (u16_at(packet, 6) & 0x1fff) == 0);
}

Bytes unreachable_v4(ByteView packet, const IpHeader& header) {
  const size_t quoted = std::min(packet.size(), header.octets + 8);
  Bytes out(kV4Header + 8 + quoted);
  out[0] = 0x45;
  put_u16(out, 2, static_cast<unsigned>(out.size()));
  out[8] = 64;
  out[9] = kIcmp;
  std::ranges::copy(header.destination.octets(), out.begin() + 12);
  std::ranges::copy(header.source.octets(), out.begin() + 16);
  put_u16(out, 10, complement(sum_of(ByteView(out).first(kV4Header))));
  out[kV4Header] = 3;      // destination unreachable
  out[kV4Header + 1] = 1;  // host
  std::ranges::copy(packet.first(quoted), out.begin() + kV4Header + 8);
  put_u16(out, kV4Header + 2, complement(sum_of(ByteView(out).subspan(kV4Header))));
  return out;
}

Bytes unreachable_v6(ByteView packet, const IpHeader& header) {
  const size_t quoted = std::min(packet.size(), kMinimumMtuV6 - kV6Header - 8);
  Bytes out(kV6Header + 8 + quoted);
  out[0] = 0x60;
  put_u16(out, 4, static_cast<unsigned>(8 + quoted));
  out[6] = kIcmpV6;
  out[7] = 64;
  std::ranges::copy(header.destination.octets(), out.begin() + 8);
  std::ranges::copy(header.source.octets(), out.begin() + 24);
  out[kV6Header] = 1;  // destination unreachable, code 0: no route
  std::ranges::copy(packet.first(quoted), out.begin() + kV6Header + 8);
  // RFC 8200 §8.1: addresses, length and protocol count as well.
  const uint32_t pseudo =
      sum_of(ByteView(out).subspan(8, 32), static_cast<uint32_t>(8 + quoted) + kIcmpV6);
  put_u16(out, kV6Header + 2, complement(sum_of(ByteView(out).subspan(kV6Header), pseudo)));
  return out;
}

}  // namespace

std::optional<IpHeader> read_ip(ByteView packet) {
  if (packet.empty()) return std::nullopt;
  if (packet[0] >> 4 == 4) return read_v4(packet);
  if (packet[0] >> 4 == 6) return read_v6(packet);
  return std::nullopt;
}

IpEdge::IpEdge(std::vector<IpAddress> ours, std::vector<IpPrefix> behind)
    : ours_(std::move(ours)), behind_(std::move(behind)) {}

bool IpEdge::is_ours(const IpAddress& address) const {
  return std::ranges::find(ours_, address) != ours_.end();
}

bool IpEdge::is_behind(const IpAddress& address) const {
  return std::ranges::any_of(behind_, [&](const IpPrefix& each) { return each.contains(address); });
}

bool IpEdge::may_enter(const IpHeader& header) const {
  const IpAddress& from = header.source;
  if (is_ours(from) || is_behind(from) || is_group(from) || is_loopback(from)) return false;
  if (is_group_of_the_link(header.destination)) return true;
  return is_ours(header.destination) || is_behind(header.destination);
}

bool IpEdge::may_leave(const IpHeader& header) const {
  if (is_loopback(header.destination)) return false;
  if (is_link_local(header.destination) && !is_link_local(header.source)) return false;
  return is_ours(header.source) || is_behind(header.source);
}

bool asks_for_link(ByteView packet) {
  const auto header = read_ip(packet);
  if (!header || header->source.unspecified()) return false;
  return !is_group(header->destination) && !is_link_local(header->destination) &&
         !is_loopback(header->destination);
}

bool clamp_mss(std::span<uint8_t> packet, uint16_t mtu) {
  const auto header = read_ip(packet);
  if (!header || header->protocol != kTcp || header->fragment) return false;
  const std::span<uint8_t> tcp = packet.subspan(header->octets);
  if (tcp.size() < kTcpHeader || (tcp[13] & kSyn) == 0) return false;
  const size_t headers = (header->source.is_v6() ? kV6Header : kV4Header) + kTcpHeader;
  const size_t at = find_mss(tcp);
  if (at == 0 || mtu <= headers) return false;
  const unsigned before = u16_at(tcp, at), fits = static_cast<unsigned>(mtu - headers);
  if (before <= fits) return false;
  put_u16(tcp, at, fits);
  // RFC 1624 §3: HC' = ~(~HC + ~m + m'). At an odd place the value's octets stand in two words.
  const bool odd = at % 2 == 1;
  const auto swapped = [odd](unsigned v) { return odd ? (v >> 8 | v << 8) & 0xffff : v; };
  uint32_t sum = complement(u16_at(tcp, 16)) + complement(swapped(before)) + swapped(fits);
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  put_u16(tcp, 16, complement(sum));
  return true;
}

Bytes unreachable(ByteView packet) {
  const auto header = read_ip(packet);
  if (!header || !answerable(packet, *header)) return {};
  return header->source.is_v6() ? unreachable_v6(packet, *header) : unreachable_v4(packet, *header);
}

}  // namespace redial::wire
