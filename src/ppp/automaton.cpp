// SPDX-License-Identifier: Apache-2.0
#include "ppp/automaton.h"

#include <array>

#include "core/check.h"

namespace redial::ppp {
namespace {

using enum Actions;

struct Next {
  State state;
  char note;
};
// A state that does not exist is a compile error: the assertion is no constant expression.
consteval Next to(unsigned long long n, char note) {
  if (n >= kStates) assertion_failed("no such state in RFC 1661 section 4.2", __FILE__, __LINE__);
  return Next{static_cast<State>(n), note};
}
consteval Next operator""_r(unsigned long long n) { return to(n, 'r'); }
consteval Next operator""_p(unsigned long long n) { return to(n, 'p'); }
consteval Next operator""_x(unsigned long long n) { return to(n, 'x'); }

struct Cell {
  bool legal = false;
  Actions actions = go;
  Next next = {};
};
consteval Cell operator/(Actions a, Next n) { return {true, a, n}; }
consteval Cell operator/(Actions a, int n) { return a / to(static_cast<unsigned>(n), ' '); }
consteval Cell operator|(Actions a, Cell c) { return {c.legal, a | c.actions, c.next}; }

// RFC 1661 §4.1. `irc|scr/6` is the RFC's "irc,scr/6", {} its "-", go/2 its bare "2".
// clang-format off
constexpr Cell kTable[kEvents][kStates] = {
//         Initial Starting   Closed     Stopped        Closing Stopping Req-Sent   Ack-Rcvd   Ack-Sent   Opened
//         0       1          2          3              4       5        6          7          8          9
/* Up   */ {go/2,  irc|scr/6, {},        {},            {},     {},      {},        {},        {},        {}            },
/* Down */ {{},    {},        go/0,      tls/1,         go/0,   go/1,    go/1,      go/1,      go/1,      tld/1         },
/* Open */ {tls/1, go/1,      irc|scr/6, go/3_r,        go/5_r, go/5_r,  go/6,      go/7,      go/8,      go/9_r        },
/* Close*/ {go/0,  tlf/0,     go/2,      go/2,          go/4,   go/4,    irc|str/4, irc|str/4, irc|str/4, tld|irc|str/4 },

/* TO+  */ {{},    {},        {},        {},            str/4,  str/5,   scr/6,     scr/6,     scr/8,     {}            },
/* TO-  */ {{},    {},        {},        {},            tlf/2,  tlf/3,   tlf/3_p,   tlf/3_p,   tlf/3_p,   {}            },

/* RCR+ */ {{},    {},        sta/2,     irc|scr|sca/8, go/4,   go/5,    sca/8,     sca|tlu/9, sca/8,     tld|scr|sca/8 },
/* RCR- */ {{},    {},        sta/2,     irc|scr|scn/6, go/4,   go/5,    scn/6,     scn/7,     scn/6,     tld|scr|scn/6 },
/* RCA  */ {{},    {},        sta/2,     sta/3,         go/4,   go/5,    irc/7,     scr/6_x,   irc|tlu/9, tld|scr/6_x   },
/* RCN  */ {{},    {},        sta/2,     sta/3,         go/4,   go/5,    irc|scr/6, scr/6_x,   irc|scr/8, tld|scr/6_x   },

/* RTR  */ {{},    {},        sta/2,     sta/3,         sta/4,  sta/5,   sta/6,     sta/6,     sta/6,     tld|zrc|sta/5 },
/* RTA  */ {{},    {},        go/2,      go/3,          tlf/2,  tlf/3,   go/6,      go/6,      go/8,      tld|scr/6     },

/* RUC  */ {{},    {},        scj/2,     scj/3,         scj/4,  scj/5,   scj/6,     scj/7,     scj/8,     scj/9         },
/* RXJ+ */ {{},    {},        go/2,      go/3,          go/4,   go/5,    go/6,      go/6,      go/8,      go/9          },
/* RXJ- */ {{},    {},        tlf/2,     tlf/3,         tlf/2,  tlf/3,   tlf/3,     tlf/3,     tlf/3,     tld|irc|str/5 },

/* RXR  */ {{},    {},        go/2,      go/3,          go/4,   go/5,    go/6,      go/7,      go/8,      ser/9         },
};
// clang-format on

const Cell& at(Event event, State state) {
  return kTable[static_cast<size_t>(event)][static_cast<size_t>(state)];
}

}  // namespace

std::optional<Outcome> Automaton::on(Event event, const RestartPolicy& policy, Instant now) {
  const auto& [legal, actions, next] = at(event, state_);
  if (!legal) return std::nullopt;

  if (any(actions, irc)) {
    restarts_left_ = any(actions, str) ? policy.terminate_max : policy.configure_max;
  }
  if (any(actions, zrc))
    restarts_left_ = 0;  // §4.4: one quiet period, so our Terminate-Ack gets out.
  if (any(actions, scr | str) && restarts_left_ > 0) --restarts_left_;

  if (any(actions, scr)) deadline_ = now + policy.period;
  if (any(actions, str | zrc)) deadline_ = now + policy.terminate_period;
  if (!timed(next.state)) deadline_ = kNever;
  state_ = next.state;
  return Outcome{actions, next.note};
}

std::optional<Outcome> Automaton::on_deadline(const RestartPolicy& policy, Instant now) {
  if (now < deadline_) return std::nullopt;
  return on(restarts_left_ > 0 ? Event::TOPlus : Event::TOMinus, policy, now);
}

std::optional<CellView> cell(Event event, State state) {
  const Cell& found = at(event, state);
  if (!found.legal) return std::nullopt;
  return CellView{{found.actions, found.next.note}, found.next.state};
}

std::string_view name(State state) {
  constexpr std::array<std::string_view, kStates> kNames = {
      "Initial",  "Starting", "Closed",   "Stopped",  "Closing",
      "Stopping", "Req-Sent", "Ack-Rcvd", "Ack-Sent", "Opened"};
  return kNames[static_cast<size_t>(state)];
}

}  // namespace redial::ppp
