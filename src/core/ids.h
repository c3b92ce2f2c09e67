// SPDX-License-Identifier: Apache-2.0
// Strong identifiers: free, hashable, not mixable. Indices into an engine's flat tables.
#pragma once

#include <cstdint>
#include <optional>

namespace redial {

enum class LinkId : uint32_t {};  // One wanted connection: an entry that is to be up.
enum class LineId : uint32_t {};  // One line device (TAPI): a modem, a port, a TCP line.

constexpr uint32_t index(LinkId id) { return static_cast<uint32_t>(id); }
constexpr uint32_t index(LineId id) { return static_cast<uint32_t>(id); }

/// An identifier or none, in the identifier's four octets: for records of which there are many.
template <class Id>
class OptionalId {
 public:
  constexpr OptionalId() = default;
  constexpr OptionalId(Id id) : id_(id) {}
  constexpr explicit operator bool() const { return id_ != kNone; }
  constexpr Id operator*() const { return id_; }
  constexpr void reset() { id_ = kNone; }
  constexpr operator std::optional<Id>() const {
    return id_ == kNone ? std::nullopt : std::optional(id_);
  }
  friend constexpr bool operator==(OptionalId, OptionalId) = default;

 private:
  static constexpr Id kNone{UINT32_MAX};
  Id id_ = kNone;
};

}  // namespace redial
