// SPDX-License-Identifier: Apache-2.0
#include "wire/rfc2217.h"

#include "wire/telnet.h"

namespace redial::wire {
namespace {

constexpr uint8_t kIac = static_cast<uint8_t>(TelnetCommand::Iac);

}  // namespace

uint8_t to_octet(const ModemState& state) {
  return static_cast<uint8_t>((state.dcd ? 0x80 : 0) | (state.ri ? 0x40 : 0) |
                              (state.dsr ? 0x20 : 0) | (state.cts ? 0x10 : 0));
}

ModemState to_modem_state(uint8_t octet) {
  return {.dcd = (octet & 0x80) != 0,
          .ri = (octet & 0x40) != 0,
          .dsr = (octet & 0x20) != 0,
          .cts = (octet & 0x10) != 0};
}

void append_com_port(uint8_t code, ByteView value, BoundedBytes<128>& out) {
  out.u8(kIac);
  out.u8(static_cast<uint8_t>(TelnetCommand::Sb));
  out.u8(static_cast<uint8_t>(TelnetOption::ComPort));
  out.u8(code);
  for (const uint8_t octet : value) {
    out.u8(octet);
    if (octet == kIac) out.u8(kIac);
  }
  out.u8(kIac);
  out.u8(static_cast<uint8_t>(TelnetCommand::Se));
}

std::optional<uint32_t> com_port_value(ComPortCommand command, ByteView value) {
  ByteReader reader(value);
  std::optional<uint32_t> number;
  if (command == ComPortCommand::SetBaudRate) {
    number = reader.u32();
  } else if (const auto octet = reader.u8()) {
    number = *octet;
  }
  return reader.left() == 0 ? number : std::nullopt;
}

}  // namespace redial::wire
