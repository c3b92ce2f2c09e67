// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "core/text.h"
#include "modem/reg_file.h"

namespace redial::modem {
namespace {

bool is_text(RegType type) {
  return type == RegType::String || type == RegType::ExpandString || type == RegType::Strings;
}

/// Little endian, with the zero at the end that the registry keeps.
Bytes utf16(std::string_view text) {
  Bytes out;
  const auto unit = [&](uint32_t code) {
    out.push_back(static_cast<uint8_t>(code));
    out.push_back(static_cast<uint8_t>(code >> 8));
  };
  while (!text.empty()) {
    chars::CodePoint next = chars::first_code_point(text);
    if (next.octets == 0) next = {0xfffd, 1};
    if (next.code > 0xffff) unit(0xd7c0 + (next.code >> 10));
    unit(next.code > 0xffff ? 0xdc00 + (next.code & 0x3ff) : next.code);
    text.remove_prefix(next.octets);
  }
  unit(0);
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const bool line_end = c == '\n' || c == '\r';
    if (c == '"' || c == '\\' || line_end) out += '\\';
    out += c == '\n' ? 'n' : c == '\r' ? 'r' : c;
  }
  return out + '"';
}

std::string octets(const RegValue& value) {
  Bytes data = value.data;
  if (is_text(value.type)) data = utf16(value.text);
  if (value.type == RegType::Strings) data.insert(data.end(), {0, 0});  // the list's own end
  std::string out = value.type == RegType::Binary
                        ? "hex:"
                        : fmt::format("hex({:x}):", static_cast<uint32_t>(value.type));
  for (size_t i = 0; i < data.size(); ++i)
    out += fmt::format("{}{:02x}", i == 0 ? "" : ",", data[i]);
  return out;
}

std::string written(const RegValue& value) {
  if (value.removed) return "-";
  const bool plain = value.type == RegType::String && !chars::has_control_characters(value.text);
  return plain ? quoted(value.text) : octets(value);
}

}  // namespace

std::string write_reg_file(std::span<const RegKey* const> keys) {
  std::string out = "Windows Registry Editor Version 5.00\n";
  for (const RegKey* key : keys) {
    out += fmt::format("\n[{}{}]\n", key->removed ? "-" : "", key->path);
    for (const RegValue& value : key->values) {
      out += (value.name.empty() ? "@" : quoted(value.name)) + "=" + written(value) + "\n";
    }
  }
  return out;
}

}  // namespace redial::modem
