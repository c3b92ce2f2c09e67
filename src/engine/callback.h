// SPDX-License-Identifier: Apache-2.0
// Being called back: the call that asked for it is hung up as agreed, the line is kept and listens,
// the server's ring is answered, and PPP begins anew. Which link stands where in that, and until
// when; an engine has few such links at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/cause.h"
#include "core/ids.h"
#include "core/time.h"
#include "ppp/action.h"

namespace redial::engine {

class Callbacks {
 public:
  /// What is said goes into the journal.
  std::string on_agreed(LinkId link, const ppp::CallbackAgreed& agreed);
  /// The call that asked has been hung up: listen now. Nullopt: no call is waited for.
  std::optional<std::string> on_released(LinkId link, Instant now);
  /// Answer now. Nullopt: no call is waited for, or it is being answered.
  std::optional<std::string> on_ring(LinkId link, Instant now);
  std::optional<Cause> on_deadline(LinkId link, Instant now) {
    return due(link) <= now ? miss(link) : std::nullopt;
  }
  /// True: the link was waiting.
  bool forget(LinkId link) { return waiting_.erase(index(link)) > 0; }

  bool hanging_up(LinkId link) const;
  bool listening(LinkId link) const;
  /// Asked often, and mostly of nobody.
  Instant due(LinkId link) const { return waiting_.empty() ? kNever : due_of(link); }

 private:
  Instant due_of(LinkId link) const;
  std::optional<Cause> miss(LinkId link);

  struct Waiting {
    Duration within;         // of the hang-up
    Instant until = kNever;  // since it listens
    bool answered = false;
  };
  std::unordered_map<uint32_t, Waiting> waiting_;  // by link; only looked up, never walked
};

}  // namespace redial::engine
