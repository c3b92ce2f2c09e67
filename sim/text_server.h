// SPDX-License-Identifier: Apache-2.0
// A far end that wants to be spoken to before it speaks PPP: a login by name and password, or
// an X.25 pad that wants an address. In words, a line at a time.
#pragma once

#include <string>

#include "core/bytes.h"
#include "sim/profile.h"

namespace redial::sim {

class TextServer {
 public:
  explicit TextServer(TextLogin login) : login_(login) {}

  /// What it says when it has a carrier. Mute: nothing, ever.
  std::string on_call(bool mute);
  /// What it says to this. `refusal`: why nobody gets through; empty: whoever asks does.
  std::string on_octets(ByteView octets, std::string_view refusal);
  void on_line_closed() { step_ = Step::NoCall; }
  /// What comes is for it, and its computer's PPP has to wait.
  bool speaks() const { return step_ != Step::NoCall && step_ != Step::Ppp; }

 private:
  enum class Step : uint8_t { NoCall, Mute, Address, Name, Password, Ppp };
  std::string on_line(std::string_view refusal);

  TextLogin login_;
  Step step_ = Step::NoCall;
  size_t said_ = 0;  // octets of the line that is coming
};

}  // namespace redial::sim
