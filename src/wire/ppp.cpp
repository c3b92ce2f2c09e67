// SPDX-License-Identifier: Apache-2.0
#include "wire/ppp.h"

namespace redial::wire {

std::optional<Frame> parse_frame(ByteView octets) {
  ByteReader reader(octets);
  const auto first = reader.u8();
  if (!first) return std::nullopt;
  if (*first & 1) return Frame{*first, reader.rest()};  // RFC 1661 §6.5: compressed protocol field
  const auto second = reader.u8();
  if (!second || !(*second & 1)) return std::nullopt;
  return Frame{static_cast<uint16_t>(*first << 8 | *second), reader.rest()};
}

std::string_view name(Code code) {
  switch (code) {
    case Code::ConfigureRequest: return "Configure-Request";
    case Code::ConfigureAck: return "Configure-Ack";
    case Code::ConfigureNak: return "Configure-Nak";
    case Code::ConfigureReject: return "Configure-Reject";
    case Code::TerminateRequest: return "Terminate-Request";
    case Code::TerminateAck: return "Terminate-Ack";
    case Code::CodeReject: return "Code-Reject";
    case Code::ProtocolReject: return "Protocol-Reject";
    case Code::EchoRequest: return "Echo-Request";
    case Code::EchoReply: return "Echo-Reply";
    case Code::DiscardRequest: return "Discard-Request";
    case Code::Identification: return "Identification";
    case Code::TimeRemaining: return "Time-Remaining";
  }
  return "unknown code";
}

std::optional<Packet> parse_packet(ByteView information) {
  ByteReader reader(information);
  const auto code = reader.u8();
  const auto id = reader.u8();
  const auto length = reader.u16();
  if (!length || *length < 4) return std::nullopt;
  const auto data = reader.take(*length - 4u);
  if (!data) return std::nullopt;
  return Packet{*code, *id, *data};
}

std::optional<Option> OptionReader::next() {
  if (broken_ || reader_.left() == 0) return std::nullopt;
  const ByteView rest = reader_.rest();
  // RFC 1661 §6: a length below two, or beyond the packet, makes the list meaningless from here.
  if (rest.size() < 2 || rest[1] < 2 || rest[1] > rest.size()) {
    broken_ = true;
    return std::nullopt;
  }
  const ByteView whole = *reader_.take(rest[1]);
  return Option{whole[0], whole.subspan(2), whole};
}

PacketWriter::PacketWriter(uint8_t code, uint8_t id) {
  information_.u8(code);
  information_.u8(id);
  information_.u16(4);
}

bool PacketWriter::data(ByteView octets) {
  if (octets.size() > information_.room()) return false;
  information_.append(octets);
  fix_length();
  return true;
}

bool PacketWriter::option(uint8_t type, ByteView value) {
  if (value.size() > 253 || value.size() + 2 > information_.room()) return false;
  information_.u8(type);
  information_.u8(static_cast<unsigned>(value.size() + 2));
  return data(value);
}

bool PacketWriter::option_u16(uint8_t type, uint16_t value) {
  const uint8_t octets[] = {static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  return option(type, octets);
}

bool PacketWriter::option_u32(uint8_t type, uint32_t value) {
  const uint8_t octets[] = {static_cast<uint8_t>(value >> 24), static_cast<uint8_t>(value >> 16),
                            static_cast<uint8_t>(value >> 8), static_cast<uint8_t>(value)};
  return option(type, octets);
}

void PacketWriter::fix_length() {
  information_[2] = static_cast<uint8_t>(information_.size() >> 8);
  information_[3] = static_cast<uint8_t>(information_.size());
}

}  // namespace redial::wire
