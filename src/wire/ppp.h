// SPDX-License-Identifier: Apache-2.0
// PPP packets and options (RFC 1661 §2, §5, §6): checked views of octets, and writers. What a
// writer can express, a reader reads.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/bytes.h"

namespace redial::wire {

/// Protocol field values (IANA ppp-numbers) that the program names.
enum class Protocol : uint16_t {
  Ip = 0x0021,
  VjCompressed = 0x002d,
  VjUncompressed = 0x002f,
  Ipv6 = 0x0057,
  Ipcp = 0x8021,
  Ipv6cp = 0x8057,
  Ccp = 0x80fd,
  Lcp = 0xc021,
  Pap = 0xc023,
  Lqr = 0xc025,
  Cbcp = 0xc029,
  Chap = 0xc223,
  Eap = 0xc227,
};

constexpr uint16_t kInformationMax = 1500;  // of a control packet; RFC 1661 §2: never above the MRU
using Information = BoundedBytes<kInformationMax>;

/// A frame as the decoder hands it over, split into protocol and information. Nullopt: no valid
/// protocol field (RFC 1661 §2: the last octet is odd, all before are even).
struct Frame {
  uint16_t protocol = 0;
  ByteView information;
};
std::optional<Frame> parse_frame(ByteView octets);

/// Codes 1..7 are the same in every control protocol; 8..13 are LCP's (RFC 1661 §5, RFC 1570).
enum class Code : uint8_t {
  ConfigureRequest = 1,
  ConfigureAck = 2,
  ConfigureNak = 3,
  ConfigureReject = 4,
  TerminateRequest = 5,
  TerminateAck = 6,
  CodeReject = 7,
  ProtocolReject = 8,
  EchoRequest = 9,
  EchoReply = 10,
  DiscardRequest = 11,
  Identification = 12,
  TimeRemaining = 13,
};
std::string_view name(Code code);  // "Configure-Request"

/// Code, identifier and data of a control packet; octets beyond its length field are padding.
struct Packet {
  uint8_t code = 0;
  uint8_t id = 0;
  ByteView data;
};
/// Nullopt: shorter than four octets or than its own length says (RFC 1661 §5: silently discarded).
std::optional<Packet> parse_packet(ByteView information);

/// One configuration option; `whole` includes type and length.
struct Option {
  uint8_t type = 0;
  ByteView data;
  ByteView whole;
};

/// Walks a list of options. `broken()` after the walk: a length that cannot be.
class OptionReader {
 public:
  explicit OptionReader(ByteView options) : reader_(options) {}
  std::optional<Option> next();
  bool broken() const { return broken_; }

 private:
  ByteReader reader_;
  bool broken_ = false;
};

/// Writes one control packet; the length field is right at every moment.
class PacketWriter {
 public:
  PacketWriter(Code code, uint8_t id) : PacketWriter(static_cast<uint8_t>(code), id) {}
  PacketWriter(uint8_t code, uint8_t id);
  /// False, and nothing written: no room left.
  bool data(ByteView octets);
  bool option(uint8_t type, ByteView value = {});
  bool option_u16(uint8_t type, uint16_t value);
  bool option_u32(uint8_t type, uint32_t value);
  /// The data after the header so far.
  ByteView written() const { return information_.view().subspan(4); }
  const Information& information() const { return information_; }

 private:
  void fix_length();
  Information information_;
};

}  // namespace redial::wire
