// SPDX-License-Identifier: Apache-2.0
// The journal of what outlives the process, on disk: a line for each Remember of an engine. What
// cannot be written is told once, the service goes on, and it is tried again.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "engine/memory_codec.h"
#include "host/host.h"

namespace redial::host {

class MemoryJournal {
 public:
  static constexpr Duration kRetryEvery = 1min;
  /// What is held is written anew so often: after a reboot only what a record says is left of it.
  static constexpr Duration kRenewEvery = 15min;
  static constexpr size_t kCompactFrom = 64 << 10;  // octets

  /// Reads `file` (empty: nothing is kept) and is told by `host` from then on, which it must
  /// outlive. `say` tells a person.
  MemoryJournal(io::Loop& loop, Host& host, std::string file,
                std::function<void(const std::string&)> say);

  /// As it is now; null: never heard of.
  const connection::LinkMemory* link(const std::string& entry) const;
  const connection::LineMemory* line(const std::string& name) const;

 private:
  void read();
  void remember(const engine::Remember& remember);
  Result<void> write(const engine::Remember& remember);
  void retry();
  void renew();

  io::Loop& loop_;
  Host& host_;
  std::string file_;
  std::function<void(const std::string&)> say_;
  engine::Memories memories_;  // as they were at the start
  uint32_t boot_;
  std::set<std::variant<LinkId, LineId>> unwritten_;
  io::Alarm retry_, renew_;
};

}  // namespace redial::host
