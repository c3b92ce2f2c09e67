// SPDX-License-Identifier: Apache-2.0
#include "engine/before.h"

#include <fmt/format.h>

#include "wire/ppp.h"

namespace redial::engine {
namespace {

/// The magic number of a Configure-Request; nullopt: the frame is none. 0: it has no such number.
std::optional<uint32_t> requested_magic(uint16_t protocol, ByteView information) {
  constexpr uint8_t kMagicNumber = 5;  // RFC 1661 §6.4
  const auto packet = wire::parse_packet(information);
  if (protocol != static_cast<uint16_t>(wire::Protocol::Lcp) || !packet ||
      packet->code != static_cast<uint8_t>(wire::Code::ConfigureRequest)) {
    return std::nullopt;
  }
  wire::OptionReader options(packet->data);
  while (const auto option = options.next()) {
    if (option->type == kMagicNumber) return ByteReader(option->data).u32().value_or(0);
  }
  return 0;
}

}  // namespace

void Before::on_sent(uint16_t protocol, ByteView information) {
  own_magic = requested_magic(protocol, information).value_or(own_magic);
}

bool Before::is_ppp(uint16_t protocol, ByteView information) const {
  const auto magic = requested_magic(protocol, information);
  return magic && (*magic == 0 || *magic != own_magic);
}

Cause Before::with_text(Cause cause) const {
  if (cause.code != CauseCode::PppNoResponse && cause.code != CauseCode::LoopbackDetected) {
    return cause;
  }
  const std::string text = machine.text();
  if (text.empty()) return cause;
  return {CauseCode::PppNoResponse,
          fmt::format("answered with \"{}\", not PPP", to_visible(as_bytes(text)))};
}

}  // namespace redial::engine
