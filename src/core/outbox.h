// SPDX-License-Identifier: Apache-2.0
// What every machine returns: a bounded list of actions on the stack, `match` to carry them out,
// and the concept that names the shape of a machine.
#pragma once

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <ranges>
#include <utility>
#include <variant>

#include "core/check.h"
#include "core/time.h"

namespace redial {

/// The answer to ONE frame, line or event, so its size is known; overflow is a programmer error.
template <class T, size_t N = 8>
class [[nodiscard]] Outbox {
 public:
  using value_type = T;
  using const_iterator = const T*;
  using iterator = T*;

  Outbox() {}  // not defaulted: `return {}` would fill all the slots with zeros
  Outbox(std::initializer_list<T> actions) {
    for (const T& action : actions) push(action);
  }
  Outbox(const Outbox& other) {
    for (const T& action : other) push(action);
  }
  Outbox(Outbox&& other) noexcept {
    for (T& action : other) push(std::move(action));
  }
  Outbox& operator=(Outbox other) noexcept {
    clear();
    for (T& action : other) push(std::move(action));
    return *this;
  }
  ~Outbox() { clear(); }

  template <class U>
  void push(U&& action) {
    REDIAL_ASSERT(size_ < N);
    new (&slots_[size_]) T(std::forward<U>(action));
    ++size_;
  }
  template <size_t M>
  void append(Outbox<T, M>&& other) {
    for (T& action : other) push(std::move(action));
  }
  void clear() {
    for (size_t i = 0; i < size_; ++i) begin()[i].~T();
    size_ = 0;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  T* begin() { return std::launder(reinterpret_cast<T*>(slots_)); }
  T* end() { return begin() + size_; }
  const T* begin() const { return std::launder(reinterpret_cast<const T*>(slots_)); }
  const T* end() const { return begin() + size_; }
  const T& operator[](size_t at) const {
    REDIAL_ASSERT(at < size_);
    return begin()[at];
  }
  friend bool operator==(const Outbox& a, const Outbox& b) { return std::ranges::equal(a, b); }

 private:
  struct alignas(T) Slot {
    unsigned char octets[sizeof(T)];
  };
  size_t size_ = 0;
  Slot slots_[N];  // The first size_ hold live objects.
};

template <class... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <class... F>
Overloaded(F...) -> Overloaded<F...>;

/// `match(action, [&](SendFrame& f) {...}, [&](LayerUp) {...})`: every alternative, or no compile.
template <class Variant, class... F>
decltype(auto) match(Variant&& value, F&&... handlers) {
  return std::visit(Overloaded{std::forward<F>(handlers)...}, std::forward<Variant>(value));
}

/// A machine has one moment at which it wants to be woken; waking it early or twice does no harm.
template <class M>
concept Machine = requires(M machine, const M& seen, Instant now) {
  { machine.on_deadline(now) } -> std::ranges::range;
  { seen.deadline() } -> std::same_as<std::optional<Instant>>;
};

/// The earlier of two deadlines, where none is later than any.
constexpr std::optional<Instant> earlier(std::optional<Instant> a, std::optional<Instant> b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

}  // namespace redial
