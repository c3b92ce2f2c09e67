// SPDX-License-Identifier: Apache-2.0
// A password or key: no operator<<, wiped when it goes, shown as "***".
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace redial {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string value) : value_(std::move(value)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : value_(std::move(other.value_)) { other.wipe(); }
  Secret& operator=(Secret other) noexcept {
    value_.swap(other.value_);
    return *this;
  }
  ~Secret() { wipe(); }

  /// The only door to the value; every use of it is one to look at in review.
  std::string_view reveal() const { return value_; }
  bool empty() const { return value_.empty(); }
  const char* shown() const { return "***"; }
  bool operator==(const Secret&) const = default;

 private:
  void wipe() {
    // Through a volatile pointer, or the compiler drops writes to what is about to be freed.
    volatile char* octets = value_.data();
    for (size_t i = 0; i < value_.capacity(); ++i) octets[i] = 0;
    value_.clear();
  }
  std::string value_;
};

/// Every occurrence of the secret in the text becomes a placeholder of the same length.
inline void mask(std::string& text, const Secret& secret) {
  const std::string_view value = secret.reveal();
  for (size_t at = 0; !value.empty() && (at = text.find(value, at)) != std::string::npos;) {
    text.replace(at, value.size(), value.size(), '*');
  }
}

}  // namespace redial
