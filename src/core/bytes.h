// SPDX-License-Identifier: Apache-2.0
// Views of octets, a bounded reader and writer in network byte order, and a packet that lives on
// the stack.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/check.h"

namespace redial {

using ByteView = std::span<const uint8_t>;
using Bytes = std::vector<uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline bool same(ByteView a, ByteView b) { return std::ranges::equal(a, b); }

/// "7e ff 03": octets as people read them; more than `octets_max` end in "...".
std::string to_hex(ByteView bytes, size_t octets_max = 64);

/// Text with everything but printable ASCII written as <cr>, <lf> or <hXX>, as MODEM.INF does.
std::string to_visible(ByteView bytes, size_t octets_max = 200);

/// At most N octets, by value, no heap: what a machine sends in answer to one event. Copying copies
/// only the octets in use.
template <size_t N>
class BoundedBytes {
 public:
  BoundedBytes() = default;
  explicit BoundedBytes(ByteView from) { append(from); }
  BoundedBytes(const BoundedBytes& other) { append(other.view()); }
  BoundedBytes& operator=(const BoundedBytes& other) {
    if (this != &other) {
      size_ = 0;
      append(other.view());
    }
    return *this;
  }

  static constexpr size_t capacity() { return N; }
  size_t size() const { return size_; }
  size_t room() const { return N - size_; }
  bool empty() const { return size_ == 0; }
  ByteView view() const { return {octets_, size_}; }
  operator ByteView() const { return view(); }
  uint8_t& operator[](size_t at) {
    REDIAL_ASSERT(at < size_);
    return octets_[at];
  }

  void clear() { size_ = 0; }
  void append(ByteView from) {
    REDIAL_ASSERT(from.size() <= room());
    if (!from.empty()) std::memcpy(octets_ + size_, from.data(), from.size());
    size_ = static_cast<uint16_t>(size_ + from.size());
  }
  void u8(unsigned value) {
    REDIAL_ASSERT(room() >= 1);
    octets_[size_++] = static_cast<uint8_t>(value);
  }
  void u16(unsigned value) {
    u8(value >> 8);
    u8(value & 0xff);
  }
  void u32(uint32_t value) {
    u16(value >> 16);
    u16(value & 0xffff);
  }

  friend bool operator==(const BoundedBytes& a, const BoundedBytes& b) {
    return same(a.view(), b.view());
  }

 private:
  static_assert(N < 65536);
  uint16_t size_ = 0;
  uint8_t octets_[N];  // Only the first size_ octets mean anything; never initialised beyond them.
};

/// Reads big-endian numbers; past the end every read gives nullopt and the reader stays put.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : bytes_(bytes) {}
  size_t left() const { return bytes_.size() - at_; }
  size_t offset() const { return at_; }
  ByteView rest() const { return bytes_.subspan(at_); }
  std::optional<uint8_t> u8() {
    if (left() < 1) return std::nullopt;
    return bytes_[at_++];
  }
  std::optional<uint16_t> u16() {
    if (left() < 2) return std::nullopt;
    const unsigned value = bytes_[at_] * 256u + bytes_[at_ + 1];
    at_ += 2;
    return static_cast<uint16_t>(value);
  }
  std::optional<uint32_t> u32() {
    if (left() < 4) return std::nullopt;
    const uint32_t high = *u16();
    return high << 16 | *u16();
  }
  std::optional<ByteView> take(size_t count) {
    if (left() < count) return std::nullopt;
    const ByteView taken = bytes_.subspan(at_, count);
    at_ += count;
    return taken;
  }

 private:
  ByteView bytes_;
  size_t at_ = 0;
};

}  // namespace redial
