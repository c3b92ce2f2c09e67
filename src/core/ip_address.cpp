// SPDX-License-Identifier: Apache-2.0
#include "core/ip_address.h"

#include <fmt/format.h>

#include <charconv>

namespace redial {
namespace {

/// A number of at most `digits_max` digits that takes the whole of `text`.
std::optional<unsigned> number(std::string_view text, int base, size_t digits_max, unsigned most) {
  unsigned value = 0;
  const char* const end = text.data() + text.size();
  if (text.empty() || text.size() > digits_max) return std::nullopt;
  const auto [after, error] = std::from_chars(text.data(), end, value, base);
  if (error != std::errc() || after != end || value > most) return std::nullopt;
  return value;
}

std::optional<uint32_t> parse_v4(std::string_view text) {
  uint32_t address = 0;
  for (int part = 0; part < 4; ++part) {
    const size_t dot = part < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return std::nullopt;
    const auto value = number(text.substr(0, dot), 10, 3, 255);
    if (!value) return std::nullopt;
    address = address << 8 | *value;
    text.remove_prefix(std::min(dot + 1, text.size()));
  }
  return address;
}

/// Groups of one side of "::"; the last may be an IPv4 address. False: not an address.
bool parse_groups(std::string_view text, std::array<uint16_t, 8>& groups, size_t& count) {
  while (!text.empty()) {
    const size_t colon = std::min(text.find(':'), text.size());
    const std::string_view group = text.substr(0, colon);
    if (const auto v4 = colon == text.size() ? parse_v4(group) : std::nullopt) {
      if (count + 2 > groups.size()) return false;
      groups[count++] = static_cast<uint16_t>(*v4 >> 16);
      groups[count++] = static_cast<uint16_t>(*v4);
      return true;
    }
    const auto value = number(group, 16, 4, 0xffff);
    if (!value || count == groups.size()) return false;
    groups[count++] = static_cast<uint16_t>(*value);
    if (colon + 1 == text.size()) return false;  // ends in a colon
    text.remove_prefix(std::min(colon + 1, text.size()));
  }
  return true;
}

std::optional<std::array<uint8_t, 16>> parse_v6(std::string_view text) {
  std::array<uint16_t, 8> head{}, tail{};
  size_t heads = 0, tails = 0;
  const size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (!parse_groups(text, head, heads) || heads != 8) return std::nullopt;
  } else {
    if (!parse_groups(text.substr(0, gap), head, heads)) return std::nullopt;
    if (!parse_groups(text.substr(gap + 2), tail, tails)) return std::nullopt;
    if (heads + tails > 7) return std::nullopt;  // "::" stands for one group at least
  }
  for (size_t i = 0; i < tails; ++i) head[8 - tails + i] = tail[i];
  std::array<uint8_t, 16> octets{};
  for (size_t i = 0; i < 8; ++i) {
    octets[2 * i] = static_cast<uint8_t>(head[i] >> 8);
    octets[2 * i + 1] = static_cast<uint8_t>(head[i]);
  }
  return octets;
}

// RFC 5952 §4: lower case, no leading zeros, the longest run of two zero groups or more is "::".
std::string text_v6(const std::array<uint8_t, 16>& octets) {
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) groups[i] = octets[2 * i] * 256u + octets[2 * i + 1];
  size_t gap = 8, gap_size = 1;
  for (size_t i = 0; i < 8; ++i) {
    size_t run = 0;
    while (i + run < 8 && groups[i + run] == 0) ++run;
    if (run > gap_size) gap = i, gap_size = run;
  }
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    if (i == gap) {
      out += "::";
      i += gap_size - 1;
      continue;
    }
    if (!out.empty() && out.back() != ':') out += ':';
    out += fmt::format("{:x}", groups[i]);
  }
  return out;
}

IpAddress masked(const IpAddress& address, unsigned length) {
  std::array<uint8_t, 16> octets{};
  const ByteView from = address.octets();
  for (size_t i = 0; i < from.size(); ++i) {
    const unsigned kept = length > 8 * i ? std::min(8u, length - static_cast<unsigned>(8 * i)) : 0;
    octets[i] = static_cast<uint8_t>(from[i] & (0xff00u >> kept));
  }
  return *IpAddress::from(ByteView(octets).first(from.size()));
}

}  // namespace

IpAddress IpAddress::v4(uint32_t host_order) {
  IpAddress out;
  for (size_t i = 0; i < 4; ++i) out.octets_[i] = static_cast<uint8_t>(host_order >> (24 - 8 * i));
  return out;
}

std::optional<IpAddress> IpAddress::from(ByteView octets) {
  if (octets.size() != 4 && octets.size() != 16) return std::nullopt;
  IpAddress out;
  out.v6_ = octets.size() == 16;
  std::copy(octets.begin(), octets.end(), out.octets_.begin());
  return out;
}

IpAddress IpAddress::link_local(uint64_t interface_id) {
  IpAddress out;
  out.v6_ = true;
  out.octets_[0] = 0xfe;
  out.octets_[1] = 0x80;
  for (size_t i = 0; i < 8; ++i) {
    out.octets_[8 + i] = static_cast<uint8_t>(interface_id >> (56 - 8 * i));
  }
  return out;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (const auto v4 = parse_v4(text)) return IpAddress::v4(*v4);
  if (const auto v6 = parse_v6(text)) return from(*v6);
  return std::nullopt;
}

bool IpAddress::unspecified() const { return octets_ == std::array<uint8_t, 16>{}; }

std::string IpAddress::text() const {
  if (v6_) return text_v6(octets_);
  return fmt::format("{}.{}.{}.{}", octets_[0], octets_[1], octets_[2], octets_[3]);
}

IpPrefix IpPrefix::host(const IpAddress& address) {
  return {address, static_cast<uint8_t>(address.bits())};
}

std::optional<IpPrefix> IpPrefix::parse(std::string_view text) {
  const size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return host(*address);
  const auto length = number(text.substr(slash + 1), 10, 3, address->bits());
  if (!length) return std::nullopt;
  return IpPrefix{masked(*address, *length), static_cast<uint8_t>(*length)};
}

bool IpPrefix::contains(const IpAddress& other) const {
  return other.is_v6() == address.is_v6() && masked(other, length) == masked(address, length);
}

bool IpPrefix::contains(const IpPrefix& other) const {
  return other.length >= length && contains(other.address);
}

std::string IpPrefix::text() const { return fmt::format("{}/{}", address.text(), length); }

}  // namespace redial
