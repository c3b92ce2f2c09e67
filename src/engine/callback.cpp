// SPDX-License-Identifier: Apache-2.0
// Being called back: the call that asked for it ends as agreed, the line is kept and listens, the
// server's ring is answered, and PPP begins anew. Bounded, like every wait.
#include <fmt/format.h>

#include "connection/detection.h"
#include "engine/engine.h"

namespace redial::engine {

void Engine::on_callback_agreed(LinkId id, const ppp::CallbackAgreed& agreed, Effects& fx) {
  const std::string number = to_visible(as_bytes(agreed.number), 64);
  if (at(id).answer) {
    fx.list.push_back(Event{
        id, Noted{"the caller wants to be called back" + (number.empty() ? "" : " at " + number)}});
    return;
  }
  callbacks_[index(id)] = {.within = agreed.delay + connection::kCallbackMargin};
  fx.list.push_back(Event{
      id,
      Noted{fmt::format("the server calls back{}{}; hanging up", number.empty() ? "" : " " + number,
                        agreed.delay > 0s ? " after " + to_text(agreed.delay) : "")}});
}

// The call that asked has been hung up. False: none is waited for.
bool Engine::await_callback(LinkId id, Instant now, Effects& fx) {
  const auto found = callbacks_.find(index(id));
  if (found == callbacks_.end() || !at(id).line) return false;
  Callback& callback = found->second;
  callback.until = now + callback.within;
  fx.list.push_back(
      Event{id, Noted{"listening for the server's call, for " + to_text(callback.within)}});
  const LineId line_id = *at(id).line;
  Line& line = at(line_id);
  line.decoder.reset();
  line.its_call.reset();
  carry(line_id, line.its_call.listen(now), now, fx);
  return true;
}

void Engine::on_callback_rings(LinkId id, Instant now, Effects& fx) {
  const auto found = callbacks_.find(index(id));
  if (found == callbacks_.end() || found->second.answered || !at(id).line) return;
  Callback& callback = found->second;
  callback.answered = true;
  // What is left may be too short for a carrier; the ring has come in time.
  callback.until = std::max(callback.until, now + connection::kCallbackMargin);
  fx.list.push_back(Event{id, Noted{"the telephone rings: answering"}});
  const LineId line = *at(id).line;
  carry(line, at(line).its_call.answer(now), now, fx);
}

void Engine::on_callback_deadline(LinkId id, Instant now, Effects& fx) {
  const auto found = callbacks_.find(index(id));
  if (found == callbacks_.end() || now < found->second.until) return;
  const Callback missed = found->second;
  callbacks_.erase(found);
  on_cause(id,
           {CauseCode::CallbackMissed,
            missed.answered ? "it rang, and no carrier came"
                            : fmt::format("no ring within {}", to_text(missed.within))},
           now, fx);
}

}  // namespace redial::engine
