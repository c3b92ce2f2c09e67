// SPDX-License-Identifier: Apache-2.0
#include "wire/path_probe.h"

#include <algorithm>
#include <charconv>

#include "core/ip_address.h"
#include "wire/ip.h"

namespace redial::wire {
namespace {

constexpr uint8_t kIcmp = 1, kTcp = 6, kUdp = 17;
constexpr uint8_t kEchoReply = 0, kUnreachable = 3, kEchoRequest = 8;
constexpr uint8_t kSyn = 0x02, kRst = 0x04, kAck = 0x10;
constexpr size_t kIpHeader = 20, kTcpHeader = 20, kUdpHeader = 8, kIcmpHeader = 8;
constexpr uint16_t kDnsPort = 53;
constexpr uint16_t kPorts = 0xc000;  // RFC 6335 §6: the dynamic ones begin here

void put16(Bytes& out, unsigned value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}
void put32(Bytes& out, uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}
void set16(Bytes& out, size_t at, unsigned value) {
  out[at] = static_cast<uint8_t>(value >> 8);
  out[at + 1] = static_cast<uint8_t>(value);
}
uint16_t get16(ByteView octets, size_t at) {
  return static_cast<uint16_t>(octets[at] << 8 | octets[at + 1]);
}
uint32_t get32(ByteView octets, size_t at) {
  return uint32_t{get16(octets, at)} << 16 | get16(octets, at + 2);
}

/// RFC 1071, complemented.
unsigned checksum(ByteView octets, uint32_t sum = 0) {
  for (size_t i = 0; i + 1 < octets.size(); i += 2) sum += get16(octets, i);
  if (octets.size() % 2 == 1) sum += octets.back() * 256u;
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}

/// RFC 9293 §3.1, RFC 768: source, destination, protocol and length are summed too.
uint32_t pseudo_header(const ProbeIds& ids, uint8_t protocol, size_t octets) {
  return (ids.ours >> 16) + (ids.ours & 0xffff) + (ids.theirs >> 16) + (ids.theirs & 0xffff) +
         protocol + static_cast<uint32_t>(octets);
}

Bytes ip_packet(const ProbeIds& ids, uint8_t protocol, ByteView body) {
  Bytes out{0x45, 0};
  put16(out, static_cast<unsigned>(kIpHeader + body.size()));
  put16(out, ids.number);
  put16(out, 0);
  out.push_back(64);
  out.push_back(protocol);
  put16(out, 0);
  put32(out, ids.ours);
  put32(out, ids.theirs);
  set16(out, 10, checksum(out));
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

uint16_t port_of(const ProbeIds& ids) { return static_cast<uint16_t>(kPorts | (ids.tag & 0x3fff)); }

Bytes tcp_segment(const ProbeTarget& target, const ProbeIds& ids, uint8_t flags,
                  uint32_t sequence) {
  Bytes body;
  put16(body, port_of(ids));
  put16(body, target.port);
  put32(body, sequence);
  put32(body, 0);
  body.push_back((kTcpHeader / 4) << 4);
  body.push_back(flags);
  put16(body, 1024);
  put32(body, 0);
  set16(body, 16, checksum(body, pseudo_header(ids, kTcp, body.size())));
  return ip_packet(ids, kTcp, body);
}

Bytes dns_query(const ProbeIds& ids) {
  Bytes body;
  put16(body, port_of(ids));
  put16(body, kDnsPort);
  put16(body, 0);
  put16(body, 0);
  put16(body, ids.number);  // identifier
  put16(body, 0x0100);      // recursion desired
  put16(body, 1);
  put16(body, 0);
  put32(body, 0);
  body.push_back(0);  // the root ...
  put16(body, 2);     // ... its name servers: every server can answer that
  put16(body, 1);
  set16(body, 4, static_cast<unsigned>(body.size()));
  const unsigned sum = checksum(body, pseudo_header(ids, kUdp, body.size()));
  set16(body, 6, sum == 0 ? 0xffff : sum);
  return ip_packet(ids, kUdp, body);
}

Bytes echo_request(const ProbeIds& ids) {
  Bytes body{kEchoRequest, 0, 0, 0};
  put16(body, port_of(ids));
  put16(body, ids.number);
  set16(body, 2, checksum(body));
  return ip_packet(ids, kIcmp, body);
}

/// An ICMP error quotes the packet it is about (RFC 792): is that one of ours?
bool quotes_ours(const ProbeTarget& target, const ProbeIds& ids, ByteView icmp) {
  const ByteView quoted = icmp.subspan(kIcmpHeader);
  if (quoted.size() < kIpHeader + 8 || get32(quoted, 12) != ids.ours) return false;
  if (get32(quoted, 16) != ids.theirs) return false;
  const ByteView inner = quoted.subspan(kIpHeader);
  const size_t at = target.how == PathProbe::Icmp ? 4 : 0;
  return get16(inner, at) == port_of(ids);
}

std::optional<uint16_t> number_of(std::string_view text) {
  uint16_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<uint32_t> v4_of(std::string_view text) {
  const auto address = IpAddress::parse(text);
  if (!address || address->is_v6() || address->unspecified()) return std::nullopt;
  return get32(address->octets(), 0);
}

}  // namespace

std::optional<ProbeTarget> read_probe_target(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view how = text.substr(0, colon);
  std::string_view where = text.substr(colon + 1);
  ProbeTarget target;
  if (how == "icmp") {
    if (where == "peer") return target;
  } else if (how == "dns") {
    target.how = PathProbe::Dns;
    target.port = kDnsPort;
    if (where == "given") return target;
  } else if (how == "tcp") {
    target.how = PathProbe::Tcp;
    const size_t port_at = where.rfind(':');
    if (port_at == std::string_view::npos) return std::nullopt;
    const auto port = number_of(where.substr(port_at + 1));
    if (!port || *port == 0) return std::nullopt;
    target.port = *port;
    where = where.substr(0, port_at);
  } else {
    return std::nullopt;
  }
  const auto address = v4_of(where);
  if (!address) return std::nullopt;
  target.address = *address;
  return target;
}

std::string to_text(const ProbeTarget& target) {
  const std::string where = IpAddress::v4(target.address).text();
  switch (target.how) {
    case PathProbe::Icmp: return "icmp:" + (target.address == 0 ? "peer" : where);
    case PathProbe::Dns: return "dns:" + (target.address == 0 ? "given" : where);
    case PathProbe::Tcp: break;
  }
  return "tcp:" + where + ":" + std::to_string(target.port);
}

Bytes probe_packet(const ProbeTarget& target, const ProbeIds& ids) {
  switch (target.how) {
    case PathProbe::Icmp: return echo_request(ids);
    case PathProbe::Dns: return dns_query(ids);
    case PathProbe::Tcp: break;
  }
  return tcp_segment(target, ids, kSyn, uint32_t{ids.number} << 16);
}

std::optional<ProbeAnswer> probe_answer(const ProbeTarget& target, const ProbeIds& ids,
                                        ByteView packet) {
  const auto header = read_ip(packet);
  if (!header || header->source.is_v6() || header->fragment) return std::nullopt;
  if (header->destination != IpAddress::v4(ids.ours)) return std::nullopt;
  const ByteView body = packet.subspan(header->octets);
  if (body.size() < kIcmpHeader) return std::nullopt;
  if (header->protocol == kIcmp && body[0] == kUnreachable) {
    if (!quotes_ours(target, ids, body)) return std::nullopt;
    return ProbeAnswer{.beyond = header->source == IpAddress::v4(ids.theirs), .farewell = {}};
  }
  if (header->source != IpAddress::v4(ids.theirs)) return std::nullopt;
  switch (target.how) {
    case PathProbe::Icmp:
      if (header->protocol != kIcmp || body[0] != kEchoReply) return std::nullopt;
      if (get16(body, 4) != port_of(ids)) return std::nullopt;
      return ProbeAnswer{};
    case PathProbe::Dns:
      if (header->protocol != kUdp || body.size() < kUdpHeader) return std::nullopt;
      if (get16(body, 0) != kDnsPort || get16(body, 2) != port_of(ids)) return std::nullopt;
      return ProbeAnswer{};
    case PathProbe::Tcp: break;
  }
  if (header->protocol != kTcp || body.size() < kTcpHeader) return std::nullopt;
  if (get16(body, 0) != target.port || get16(body, 2) != port_of(ids)) return std::nullopt;
  ProbeAnswer answer;
  const bool accepted = (body[13] & (kSyn | kAck)) == (kSyn | kAck);
  // RFC 9293 §3.10.7.3: a reset in the window, which is what they acknowledge.
  if (accepted) answer.farewell = tcp_segment(target, ids, kRst, get32(body, 8));
  return answer;
}

}  // namespace redial::wire
