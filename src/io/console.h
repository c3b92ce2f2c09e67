// SPDX-License-Identifier: Apache-2.0
// The user's own terminal, raw while it is held: every key as an octet, restored whatever happens
// short of a kill.
#pragma once

#include <functional>
#include <memory>

#include "core/bytes.h"
#include "core/result.h"
#include "io/loop.h"

namespace redial::io {

class Console {
 public:
  virtual ~Console() = default;  // restores the terminal
  virtual void write(ByteView octets) = 0;

  /// Standard input and output; Failed when either is no terminal. `octets` is called from the
  /// loop.
  static Result<std::unique_ptr<Console>> open(Loop& loop, std::function<void(ByteView)> octets);
  static bool there();
};

}  // namespace redial::io
