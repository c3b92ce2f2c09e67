// SPDX-License-Identifier: Apache-2.0
#include "engine/escape.h"

#include <fmt/format.h>

#include <charconv>
#include <iterator>

namespace redial::engine {
namespace {

constexpr size_t kRunMin = 12;  // shorter ones are no longer when each octet stands for itself

bool plain(uint8_t octet) { return octet >= 0x20 && octet < 0x7f && octet != '\\'; }

std::optional<uint8_t> hex_octet(std::string_view text) {
  uint8_t octet = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), octet, 16);
  if (text.size() != 2 || error != std::errc{} || end != text.data() + 2) return std::nullopt;
  return octet;
}

/// "{HH*N}"; false: it is none, or too long.
bool read_run(std::string_view& text, size_t octets_max, Bytes& out) {
  const size_t close = text.substr(0, 32).find('}');
  if (close == std::string_view::npos || close < 6 || text[3] != '*') return false;
  const auto octet = hex_octet(text.substr(1, 2));
  const std::string_view digits = text.substr(4, close - 4);
  size_t count = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
  if (!octet || error != std::errc{} || end != digits.data() + digits.size()) return false;
  if (count > octets_max - out.size()) return false;
  out.insert(out.end(), count, *octet);
  text.remove_prefix(close + 1);
  return true;
}

/// What follows a backslash.
bool read_escape(std::string_view& text, size_t octets_max, Bytes& out) {
  if (text.empty()) return false;
  const char kind = text.front();
  if (kind == '{') return read_run(text, octets_max, out);
  text.remove_prefix(1);
  if (kind == 'x') {
    const auto octet = hex_octet(text.substr(0, 2));
    if (!octet) return false;
    text.remove_prefix(2);
    out.push_back(*octet);
    return true;
  }
  if (kind != 'r' && kind != 'n' && kind != '\\') return false;
  out.push_back(static_cast<uint8_t>(kind == 'r' ? '\r' : kind == 'n' ? '\n' : '\\'));
  return true;
}

}  // namespace

void escape(ByteView octets, std::string& to) {
  for (size_t at = 0; at < octets.size();) {
    const uint8_t octet = octets[at];
    size_t run = 1;
    while (at + run < octets.size() && octets[at + run] == octet) ++run;
    if (run >= kRunMin) {
      fmt::format_to(std::back_inserter(to), "\\{{{:02x}*{}}}", octet, run);
      at += run;
      continue;
    }
    ++at;
    if (plain(octet)) {
      to += static_cast<char>(octet);
    } else if (octet == '\r' || octet == '\n' || octet == '\\') {
      to += '\\';
      to += octet == '\r' ? 'r' : octet == '\n' ? 'n' : '\\';
    } else {
      fmt::format_to(std::back_inserter(to), "\\x{:02x}", octet);
    }
  }
}

std::string escaped(ByteView octets) {
  std::string text;
  escape(octets, text);
  return text;
}

std::optional<Bytes> unescaped(std::string_view text, size_t octets_max) {
  Bytes out;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '\\') {
      if (!read_escape(text, octets_max, out)) return std::nullopt;
      continue;
    }
    if (!plain(static_cast<uint8_t>(c)) || out.size() >= octets_max) return std::nullopt;
    out.push_back(static_cast<uint8_t>(c));
  }
  if (out.size() > octets_max) return std::nullopt;
  return out;
}

}  // namespace redial::engine
