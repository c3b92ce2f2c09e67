// SPDX-License-Identifier: Apache-2.0
#include "sim/packet_text.h"

#include <fmt/format.h>

#include <optional>
#include <vector>

#include "wire/hdlc.h"
#include "wire/ppp.h"

namespace redial::sim {
namespace {

using wire::Code;
using wire::Protocol;

/// The frames of one piece, and how many octets of it are none.
struct Frames {
  std::vector<Bytes> whole;
  size_t broken = 0;

  bool on_frame(ByteView octets) {
    whole.emplace_back(octets.begin(), octets.end());
    return true;
  }
  void on_bad_frame(wire::FrameError) { ++broken; }
  void on_outside(ByteView) { ++broken; }
};

Frames read(ByteView octets) {
  Frames frames;
  wire::HdlcDecoder decoder;
  decoder.decode(octets, frames);
  if (decoder.inside_frame()) ++frames.broken;
  return frames;
}

std::string_view protocol_name(uint16_t protocol) {
  switch (static_cast<Protocol>(protocol)) {
    case Protocol::Ip: return "IP";
    case Protocol::VjCompressed:
    case Protocol::VjUncompressed: return "IP, VJ";
    case Protocol::Ipv6: return "IPv6";
    case Protocol::Ipcp: return "IPCP";
    case Protocol::Ipv6cp: return "IPV6CP";
    case Protocol::Ccp: return "CCP";
    case Protocol::Lcp: return "LCP";
    case Protocol::Pap: return "PAP";
    case Protocol::Lqr: return "LQR";
    case Protocol::Cbcp: return "CBCP";
    case Protocol::Chap: return "CHAP";
    case Protocol::Eap: return "EAP";
  }
  return {};
}

// RFC 1334 2.2 and RFC 1994 4: codes of their own.
constexpr std::string_view kPapCodes[] = {"Authenticate-Request", "Authenticate-Ack",
                                          "Authenticate-Nak"};
constexpr std::string_view kChapCodes[] = {"Challenge", "Response", "Success", "Failure"};

std::string code_text(Protocol protocol, uint8_t code) {
  const auto of = [code](auto& names) {
    return code >= 1 && code <= std::size(names) ? std::string(names[code - 1])
                                                 : fmt::format("code {}", code);
  };
  if (protocol == Protocol::Pap) return of(kPapCodes);
  if (protocol == Protocol::Chap) return of(kChapCodes);
  const bool known = code >= static_cast<uint8_t>(Code::ConfigureRequest) &&
                     code <= static_cast<uint8_t>(Code::TimeRemaining);
  return known ? std::string(name(static_cast<Code>(code))) : fmt::format("code {}", code);
}

bool negotiates(Protocol protocol) {
  return protocol == Protocol::Lcp || protocol == Protocol::Ipcp || protocol == Protocol::Ipv6cp ||
         protocol == Protocol::Ccp;
}

std::string options_text(ByteView options) {
  std::string text;
  wire::OptionReader reader(options);
  while (const auto option = reader.next()) {
    text += fmt::format("{}{}", text.empty() ? ", options " : " ", option->type);
  }
  return text + (reader.broken() ? " (broken)" : "");
}

std::string frame_text(ByteView octets) {
  const auto frame = wire::parse_frame(octets);
  if (!frame) return fmt::format("{} octets without a protocol", octets.size());
  const std::string_view called = protocol_name(frame->protocol);
  if (called.empty()) return fmt::format("protocol {:04x}", frame->protocol);
  const auto protocol = static_cast<Protocol>(frame->protocol);
  const bool control = frame->protocol >= 0x8000 && protocol != Protocol::Lqr;
  const auto packet = control ? wire::parse_packet(frame->information) : std::nullopt;
  if (!packet) return fmt::format("{}, {} octets", called, frame->information.size());
  const bool has_options = negotiates(protocol) && packet->code >= 1 && packet->code <= 4;
  return fmt::format("{} {} {}{}", called, code_text(protocol, packet->code), packet->id,
                     has_options ? options_text(packet->data) : std::string());
}

bool is_routine_frame(ByteView octets) {
  const auto frame = wire::parse_frame(octets);
  if (!frame) return false;
  if (frame->protocol < 0x8000) return true;
  const auto packet = wire::parse_packet(frame->information);
  const bool lcp = static_cast<Protocol>(frame->protocol) == Protocol::Lcp;
  return lcp && packet &&
         (packet->code == static_cast<uint8_t>(Code::EchoRequest) ||
          packet->code == static_cast<uint8_t>(Code::EchoReply));
}

}  // namespace

std::string frames_text(ByteView octets) {
  const Frames frames = read(octets);
  if (frames.whole.empty()) return fmt::format("{} octets of no frame", octets.size());
  std::string text;
  for (const Bytes& frame : frames.whole) {
    if (!text.empty()) text += "; ";
    text += frame_text(frame);
  }
  return text;
}

bool is_routine(ByteView octets) {
  const Frames frames = read(octets);
  if (frames.broken > 0) return false;
  for (const Bytes& frame : frames.whole) {
    if (!is_routine_frame(frame)) return false;
  }
  return true;
}

}  // namespace redial::sim
