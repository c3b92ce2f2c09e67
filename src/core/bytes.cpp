// SPDX-License-Identifier: Apache-2.0
#include "core/bytes.h"

#include <fmt/format.h>

namespace redial {

std::string to_hex(ByteView bytes, size_t octets_max) {
  std::string text;
  for (size_t i = 0; i < std::min(bytes.size(), octets_max); ++i) {
    text += fmt::format("{}{:02x}", i ? " " : "", bytes[i]);
  }
  return bytes.size() > octets_max ? text + " ..." : text;
}

std::string to_visible(ByteView bytes, size_t octets_max) {
  std::string text;
  for (size_t i = 0; i < std::min(bytes.size(), octets_max); ++i) {
    const uint8_t octet = bytes[i];
    if (octet == '\r') {
      text += "<cr>";
    } else if (octet == '\n') {
      text += "<lf>";
    } else if (octet >= 0x20 && octet < 0x7f) {
      text += static_cast<char>(octet);
    } else {
      text += fmt::format("<h{:02x}>", octet);
    }
  }
  return bytes.size() > octets_max ? text + "..." : text;
}

}  // namespace redial
