// SPDX-License-Identifier: Apache-2.0
#include "core/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace redial::chars {
namespace {

constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// Octets of the well-formed sequence that `octets` begins with (Unicode table 3-7), 0 if none.
size_t utf8_length(std::string_view octets) {
  const auto at = [&](size_t i) { return static_cast<uint8_t>(octets[i]); };
  const auto tail = [&](size_t i, uint8_t least = 0x80, uint8_t most = 0xbf) {
    return i < octets.size() && at(i) >= least && at(i) <= most;
  };
  const uint8_t first = at(0);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return tail(1) ? 2 : 0;
  if (first < 0xf0) {
    const uint8_t least = first == 0xe0 ? 0xa0 : 0x80;  // no overlong forms
    const uint8_t most = first == 0xed ? 0x9f : 0xbf;   // no surrogates
    return tail(1, least, most) && tail(2) ? 3 : 0;
  }
  const uint8_t least = first == 0xf0 ? 0x90 : 0x80;
  const uint8_t most = first == 0xf4 ? 0x8f : 0xbf;  // nothing above U+10FFFF
  return tail(1, least, most) && tail(2) && tail(3) ? 4 : 0;
}

/// Octets of the control character that `text` begins with, 0 if it begins otherwise.
size_t control_length(std::string_view text) {
  const auto first = static_cast<uint8_t>(text[0]);
  if (first < 0x20 || first == 0x7f) return 1;
  const bool c1 = first == 0xc2 && text.size() > 1 && static_cast<uint8_t>(text[1]) >= 0x80 &&
                  static_cast<uint8_t>(text[1]) < 0xa0;
  return c1 ? 2 : 0;
}

void append_utf8(std::string& out, uint32_t code) {
  const auto put = [&](uint32_t octet) { out.push_back(static_cast<char>(octet)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

/// The words of UTF-16, one after the other; nullopt at the end.
class Utf16 {
 public:
  Utf16(std::string_view octets, bool big_endian) : octets_(octets), big_endian_(big_endian) {}
  std::optional<uint32_t> code() {
    const std::optional<uint32_t> first = word();
    if (!first || *first < 0xd800 || *first > 0xdfff) return first;
    const size_t before = at_;
    const std::optional<uint32_t> second = *first < 0xdc00 ? word() : std::nullopt;
    if (second && *second >= 0xdc00 && *second <= 0xdfff)
      return 0x10000 + ((*first & 0x3ff) << 10 | (*second & 0x3ff));
    at_ = before;
    return 0xfffd;
  }

 private:
  std::optional<uint32_t> word() {
    if (at_ >= octets_.size()) return std::nullopt;
    if (at_ + 1 == octets_.size()) {
      ++at_;
      return 0xfffd;
    }
    const auto octet = [&](size_t i) { return static_cast<uint8_t>(octets_[i]); };
    const uint32_t low = octet(at_ + (big_endian_ ? 1 : 0));
    const uint32_t high = octet(at_ + (big_endian_ ? 0 : 1));
    at_ += 2;
    return high << 8 | low;
  }

  std::string_view octets_;
  bool big_endian_;
  size_t at_ = 0;
};

/// Text without a mark whose first characters are ASCII in two octets each.
std::optional<Encoding> wide_without_mark(std::string_view octets) {
  if (octets.size() < 2 || (octets[0] == '\0') == (octets[1] == '\0')) return std::nullopt;
  const size_t zero = octets[0] == '\0' ? 0 : 1;
  for (size_t i = 0; i + 1 < std::min<size_t>(octets.size(), 16); i += 2)
    if (octets[i + zero] != '\0' || octets[i + 1 - zero] == '\0') return std::nullopt;
  return zero == 0 ? Encoding::Utf16Be : Encoding::Utf16Le;
}

// 0x80..0x9f of Windows-1252; the rest of the upper half is Latin-1.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178};

}  // namespace

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made) c = lower(c);
  return made;
}

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() &&
         std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

CodePoint first_code_point(std::string_view octets) {
  const size_t length = utf8_length(octets);
  const auto at = [&](size_t i) { return static_cast<uint32_t>(static_cast<uint8_t>(octets[i])); };
  if (length <= 1) return {length == 0 ? 0 : at(0), length};
  uint32_t code = at(0) & (0x7fu >> length);
  for (size_t i = 1; i < length; ++i) code = code << 6 | (at(i) & 0x3f);
  return {code, length};
}

bool is_utf8(std::string_view octets) {
  while (!octets.empty()) {
    const size_t length = utf8_length(octets);
    if (length == 0) return false;
    octets.remove_prefix(length);
  }
  return true;
}

std::string replace_invalid_utf8(std::string_view octets) {
  std::string out;
  while (!octets.empty()) {
    const size_t length = utf8_length(octets);
    if (length == 0) {
      append_utf8(out, 0xfffd);
      octets.remove_prefix(1);
    } else {
      out.append(octets.substr(0, length));
      octets.remove_prefix(length);
    }
  }
  return out;
}

std::string from_windows_1252(std::string_view octets) {
  std::string out;
  for (const char c : octets) {
    const auto octet = static_cast<uint8_t>(c);
    append_utf8(out, octet >= 0x80 && octet < 0xa0 ? kWindows1252[octet - 0x80u] : octet);
  }
  return out;
}

std::string from_utf16(std::string_view octets, bool big_endian) {
  std::string out;
  out.reserve(octets.size() / 2);
  Utf16 words(octets, big_endian);
  while (const auto code = words.code()) append_utf8(out, *code);
  return out;
}

Decoded decode(std::string_view octets) {
  if (octets.starts_with("\xff\xfe"))
    return {from_utf16(octets.substr(2), false), Encoding::Utf16Le};
  if (octets.starts_with("\xfe\xff"))
    return {from_utf16(octets.substr(2), true), Encoding::Utf16Be};
  if (octets.starts_with("\xef\xbb\xbf"))
    return {replace_invalid_utf8(octets.substr(3)), Encoding::Utf8};
  if (const auto wide = wide_without_mark(octets))
    return {from_utf16(octets, wide == Encoding::Utf16Be), *wide};
  if (is_utf8(octets)) return {std::string(octets), Encoding::Utf8};
  return {from_windows_1252(octets), Encoding::Windows1252};
}

bool has_control_characters(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (control_length(text.substr(i)) > 0) return true;
  }
  return false;
}

std::string without_control_characters(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t control = control_length(text);
    out += control > 0 ? '?' : text.front();
    text.remove_prefix(std::max<size_t>(control, 1));
  }
  return out;
}

std::string readable(std::string_view text, size_t octets_max) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    if (at >= octets_max) return out + "...";
    const std::string_view rest = text.substr(at);
    const size_t length = utf8_length(rest);
    const size_t taken = std::max<size_t>(length, 1);
    if (length > 0 && control_length(rest) == 0) {
      out += rest.substr(0, length);
    } else {
      for (const char c : rest.substr(0, taken)) {
        if (c == '\r') out += "<cr>";
        if (c == '\n') out += "<lf>";
        if (c != '\r' && c != '\n') out += fmt::format("<h{:02x}>", static_cast<uint8_t>(c));
      }
    }
    at += taken;
  }
  return out;
}

std::string name_text(std::string_view octets) {
  return is_utf8(octets) ? std::string(octets) : from_windows_1252(octets);
}

std::string shown(std::string_view text) {
  constexpr size_t kOctetsMax = 60;
  constexpr std::string_view kMore = "...";
  const size_t room = text.size() > kOctetsMax ? kOctetsMax - kMore.size() : kOctetsMax;
  std::string out;
  while (!text.empty()) {
    const size_t length = utf8_length(text);
    const bool printable = length > 0 && control_length(text) == 0;
    const std::string_view next = printable ? text.substr(0, length) : "?";
    if (out.size() + next.size() > room) return out.append(kMore);
    out += next;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return out;
}

}  // namespace redial::chars
