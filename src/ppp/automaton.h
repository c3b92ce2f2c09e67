// SPDX-License-Identifier: Apache-2.0
// The option negotiation automaton of RFC 1661 §4, shared by every control protocol. It neither
// sends, sleeps, allocates nor fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/time.h"

namespace redial::ppp {

enum class State : uint8_t {
  Initial,
  Starting,
  Closed,
  Stopped,
  Closing,
  Stopping,
  ReqSent,
  AckRcvd,
  AckSent,
  Opened
};
enum class Event : uint8_t {
  Up,
  Down,
  Open,
  Close,
  TOPlus,
  TOMinus,
  RCRPlus,
  RCRMinus,
  RCA,
  RCN,
  RTR,
  RTA,
  RUC,
  RXJPlus,
  RXJMinus,
  RXR
};
constexpr size_t kStates = 10, kEvents = 16;

enum class Actions : uint16_t {
  go = 0,  // "-": nothing to do, just go
  tlu = 1,
  tld = 2,
  tls = 4,
  tlf = 8,
  irc = 16,
  zrc = 32,
  scr = 64,
  sca = 128,
  scn = 256,
  str = 512,
  sta = 1024,
  scj = 2048,
  ser = 4096
};
constexpr Actions operator|(Actions a, Actions b) {
  return static_cast<Actions>(static_cast<uint16_t>(a) | static_cast<uint16_t>(b));
}
constexpr bool any(Actions set, Actions of) {
  return (static_cast<uint16_t>(set) & static_cast<uint16_t>(of)) != 0;
}

/// RFC 1661 §4.6. Terminate-Requests get a period of their own: the hang-up waits for them.
struct RestartPolicy {
  Duration period = 3s;
  Duration terminate_period = 1s;
  uint8_t configure_max = 10, terminate_max = 2;
};

/// The table's cell for one event: what is owed, and the RFC's note (r restart, p passive, x
/// crossed).
struct Outcome {
  Actions actions = Actions::go;
  char note = ' ';
  bool operator==(const Outcome&) const = default;
};

constexpr bool timed(State s) { return State::Closing <= s && s <= State::AckSent; }

class Automaton {
 public:
  /// What is owed for `event`; nullopt where the RFC has a "-", and then nothing has changed.
  [[nodiscard]] std::optional<Outcome> on(Event event, const RestartPolicy& policy, Instant now);
  /// TO+ or TO-, when the restart timer has run out; nullopt: it has not.
  [[nodiscard]] std::optional<Outcome> on_deadline(const RestartPolicy& policy, Instant now);
  Instant due() const { return deadline_; }
  std::optional<Instant> deadline() const { return unless_never(due()); }
  State state() const { return state_; }

 private:
  Instant deadline_ = kNever;  // The restart timer; runs exactly in Closing..AckSent.
  State state_ = State::Initial;
  uint8_t restarts_left_ = 0;
};

std::string_view name(State state);  // "Req-Sent"

/// One cell of the table, for the test against the RFC's own text; nullopt for "-".
struct CellView {
  Outcome outcome;
  State next;
};
std::optional<CellView> cell(Event event, State state);

}  // namespace redial::ppp
