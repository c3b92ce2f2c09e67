// SPDX-License-Identifier: Apache-2.0
#include "sim/rare.h"

#include <algorithm>

namespace redial::sim {
namespace {

using enum FaultKind;
using P = Phase;

/// What a site must have.
enum class Wants : uint8_t {
  Any,
  Host,
  First,
  Path,
  Text,
  Chap,
  FixedAddress,
  Demand,
  OwnWords,
  BothWays,
  CalledBack,
  OneMethod
};

struct Rare {
  FaultKind kind;
  Phase aim;
  std::optional<Over> over;  // ... once the peer has begun this over
  Duration lag;              // at most so long after the phase began
  Duration lasts;            // at most; 0: as its rule says
  Wants wants = Wants::Any;
  uint32_t weight = 1;
  Duration after{};  // of the phase's beginning, and the lag from then on
};

// clang-format off
constexpr Rare kRare[] = {
    // The user, the service, the device, the far end: in each phase of a call.
    {HangUp,             P::Opening,        {},          100ms, 30s,   Wants::Host, 2},
    {HangUp,             P::Preparing,      {},          400ms, 30s},
    {HangUp,             P::Dialing,        {},          2s,    30s},
    {HangUp,             P::Establishing,   {},          60ms,  30s},
    {HangUp,             P::Authenticating, {},          40ms,  30s},
    {HangUp,             P::Registering,    {},          80ms,  30s},
    {Edit,               P::Opening,        {},          100ms, 0s,    Wants::Host, 2},
    {Edit,               P::Preparing,      {},          400ms, 0s},
    {Edit,               P::Dialing,        {},          2s,    0s},
    {Edit,               P::Establishing,   {},          60ms,  0s},
    {Edit,               P::Authenticating, {},          40ms,  0s},
    {Edit,               P::Registering,    {},          80ms,  0s},
    {Vanishes,           P::Preparing,      {},          400ms, 30s},
    {Vanishes,           P::Dialing,        {},          2s,    30s},
    {Vanishes,           P::Establishing,   {},          60ms,  30s},
    {Vanishes,           P::Authenticating, {},          40ms,  30s},
    {Vanishes,           P::Registering,    {},          80ms,  30s},
    {Vanishes,           P::Preparing,      {},          400ms, 30s,   Wants::Host, 2},
    {Vanishes,           P::Dialing,        {},          2s,    30s,   Wants::Host, 2},
    {Vanishes,           P::Establishing,   {},          60ms,  30s,   Wants::Host, 2},
    {Vanishes,           P::Authenticating, {},          40ms,  30s,   Wants::Host, 2},
    {Vanishes,           P::Registering,    {},          80ms,  30s,   Wants::Host, 2},
    {CarrierLost,        P::Authenticating, {},          40ms,  0s},
    {CarrierLost,        P::Registering,    {},          80ms,  0s},
    {FirstEnds,          P::Preparing,      {},          400ms, 0s,    Wants::First, 2},
    {FirstEnds,          P::Dialing,        {},          2s,    0s,    Wants::First, 2},
    {FirstEnds,          P::Establishing,   {},          60ms,  0s,    Wants::First, 2},
    {FirstEnds,          P::Authenticating, {},          40ms,  0s,    Wants::First, 2},
    {FirstEnds,          P::Registering,    {},          80ms,  0s,    Wants::First, 2},
    {PeerTerminates,     P::Registering,    {},          80ms,  0s},
    // The far end, which dials us while we dial it.
    {FarEndCalls,        P::Opening,        {},          1ms,   2min,  Wants::BothWays},
    {FarEndCalls,        P::Preparing,      {},          500ms, 2min,  Wants::BothWays, 2},
    {FarEndCalls,        P::Dialing,        {},          3s,    2min,  Wants::BothWays, 2},
    {FarEndCalls,        P::Establishing,   {},          60ms,  2min,  Wants::BothWays},
    // Whoever is called back, from the hang-up on to the carrier of the other call.
    {WedgedPower,        P::Authenticating, {},          3s,    0s,    Wants::CalledBack, 3},
    {WedgedInit,         P::Authenticating, {},          3s,    0s,    Wants::CalledBack, 3},
    {OtherWords,         P::Authenticating, {},          2s,    2min,  Wants::CalledBack, 2},
    {WedgedPower,        P::Authenticating, {},          8s,    0s,    Wants::CalledBack, 2, 4s},
    {PeerKilled,         P::Authenticating, {},          10s,   2min,  Wants::CalledBack, 2, 3s},
    {PeerTerminates,     P::Authenticating, {},          800ms, 0s,    Wants::CalledBack, 4, 14850ms},
    {WedgedPower,        P::Establishing,   {},          3s,    0s,    Wants::CalledBack, 3},
    {WedgedInit,         P::Establishing,   {},          3s,    0s,    Wants::CalledBack, 3},
    {OtherWords,         P::Establishing,   {},          2s,    2min,  Wants::CalledBack, 2},
    {WedgedPower,        P::Establishing,   {},          8s,    0s,    Wants::CalledBack, 2, 4s},
    {PeerKilled,         P::Establishing,   {},          10s,   2min,  Wants::CalledBack, 2, 3s},
    // The modem.
    {WedgedInit,         P::Preparing,      {},          400ms, 0s,    Wants::Any, 6},
    {Suspend,            P::Dialing,        {},          1s,    12min},
    {StrayConnect,       P::Preparing,      {},          450ms, 0s,    Wants::Any, 2},
    {Suspend,            P::Opening,        {},          100ms, 12min, Wants::Host},
    {StrayWord,          P::Preparing,      {},          100ms, 0s,    Wants::OwnWords, 26},
    {WedgedReset,        P::Dialing,        {},          25ms,  0s,    Wants::OwnWords, 3},
    {OtherWords,         P::Dialing,        {},          25ms,  2min,  Wants::OwnWords, 6},
    {OtherWords,         P::Preparing,      {},          400ms, 2min},
    {Delayed,            P::Opening,        {},          1ms,   5min},
    {Blacklisted,        P::Opening,        {},          1ms,   5min},
    {NumericCodes,       P::Preparing,      {},          400ms, 2min},
    {WrongEcho,          P::Preparing,      {},          400ms, 2min},
    {Unsolicited,        P::Preparing,      {},          450ms, 0s,    Wants::Any, 2},
    // The peer, on the way up ...
    {PeerKilled,         P::Authenticating, {},          40ms,  2min},
    {PeerKilled,         P::Registering,    {},          80ms,  2min},
    {EndlessNak,         P::Authenticating, {},          40ms,  2min},
    {EndlessNak,         P::Registering,    {},          10ms,  2min},
    {EndlessReject,      P::Registering,    {},          10ms,  2min},
    {EndlessReject,      P::Registering,    {},          10ms,  2min,  Wants::FixedAddress, 2},
    {FalseProof,         P::Establishing,   {},          60ms,  1min,  Wants::Chap, 2},
    {WrongPassword,      P::Establishing,   {},          60ms,  1min,  Wants::Chap},
    {RefusedAccount,     P::Establishing,   {},          60ms,  1min,  Wants::Chap, 2},
    // ... and where it begins over: while it is still coming up, and when the link is up.
    {PeerKilled,         P::Authenticating, Over::Lcp,   150ms, 2min,  Wants::Any, 3},
    {PeerKilled,         P::Registering,    Over::Lcp,   200ms, 2min,  Wants::Any, 3},
    {PeerKilled,         P::Up,             Over::Lcp,   300ms, 2min,  Wants::Any, 5},
    {PeerKilled,         P::Up,             Over::Ipcp,  40ms,  2min,  Wants::Any, 5},
    {EndlessNak,         P::Authenticating, Over::Lcp,   20ms,  2min},
    {EndlessNak,         P::Registering,    Over::Lcp,   20ms,  2min},
    {EndlessNak,         P::Up,             Over::Lcp,   20ms,  2min},
    {EndlessNak,         P::Up,             Over::Ipcp,  20ms,  2min},
    {EndlessReject,      P::Registering,    Over::Lcp,   100ms, 2min},
    {EndlessReject,      P::Up,             Over::Lcp,   200ms, 2min},
    {EndlessReject,      P::Up,             Over::Ipcp,  20ms,  2min,  Wants::Any, 3},
    {EndlessReject,      P::Up,             Over::Ipcp,  20ms,  2min,  Wants::FixedAddress, 4},
    {RejectsEverything,  P::Authenticating, Over::Lcp,   20ms,  2min},
    {RejectsEverything,  P::Registering,    Over::Lcp,   100ms, 2min},
    {RejectsEverything,  P::Up,             Over::Lcp,   200ms, 2min},
    {RejectsEverything,  P::Up,             Over::Ipcp,  20ms,  2min},
    {Loopback,           P::Authenticating, Over::Lcp,   20ms,  2min,  Wants::Any, 2},
    {Loopback,           P::Registering,    Over::Lcp,   20ms,  2min,  Wants::Any, 2},
    {NoChapSuccess,      P::Registering,    Over::Lcp,   20ms,  2min,  Wants::Chap},
    {NoChapSuccess,      P::Up,             Over::Lcp,   20ms,  2min,  Wants::Chap},
    {NoChapSuccess,      P::Up,             Over::Proof, 20ms,  2min,  Wants::Chap},
    {FalseProof,         P::Registering,    Over::Lcp,   10ms,  1min,  Wants::Chap, 2},
    {FalseProof,         P::Up,             Over::Lcp,   10ms,  1min,  Wants::Chap},
    {FalseProof,         P::Up,             Over::Proof, 10ms,  1min,  Wants::Chap},
    {WrongPassword,      P::Registering,    Over::Lcp,   10ms,  1min,  Wants::Any, 2},
    {WrongPassword,      P::Up,             Over::Lcp,   10ms,  1min},
    {WrongPassword,      P::Up,             Over::Proof, 10ms,  1min,  Wants::Chap},
    {RefusedAccount,     P::Registering,    Over::Lcp,   10ms,  1min,  Wants::Chap, 9},
    {RefusedAccount,     P::Up,             Over::Lcp,   10ms,  1min,  Wants::Chap, 5},
    {RefusedAccount,     P::Up,             Over::Proof, 10ms,  1min,  Wants::Chap, 4},
    {OtherMethod,        P::Dialing,        {},          500ms, 1min,  Wants::OneMethod, 2},
    {OtherMethod,        P::Authenticating, Over::Lcp,   1ms,   1min,  Wants::OneMethod, 4},
    {OtherMethod,        P::Registering,    Over::Lcp,   1ms,   1min,  Wants::OneMethod, 4},
    {OtherMethod,        P::Up,             Over::Lcp,   1ms,   2min,  Wants::OneMethod, 4},
    {TerminatesAtOnce,   P::Registering,    Over::Lcp,   20ms,  1min},
    {RejectsLcp,         P::Establishing,   {},          60ms,  0s},
    {RejectsLcp,         P::Authenticating, {},          40ms,  0s},
    {RejectsLcp,         P::Registering,    {},          80ms,  0s},
    {RejectsLcp,         P::Up,             {},          5s,    0s},
    // A busy line, and a healthy one.
    {Saturated,          P::Up,             {},          5s,    0s,    Wants::Any, 6},
    // Beyond it, and before PPP.
    {PathCut,            P::Up,             {},          5s,    0s,    Wants::Path, 3},
    {PathCut,            P::Up,             {},          5s,    0s,    Wants::Demand},
    {MuteServer,         P::Establishing,   {},          1ms,   1min,  Wants::Text, 2},
    {TextRefused,        P::Dialing,        {},          1ms,   1min,  Wants::Text, 14},
};
// clang-format on

bool suits(const Site& site, Wants wants) {
  const auto& may_use = site.plan.session.may_use;
  switch (wants) {
    case Wants::Any: return true;
    case Wants::Host: return site.traits.network;
    case Wants::First: return site.first.has_value();
    case Wants::Path: return !site.entry.watch.path.empty();
    case Wants::Text: return site.text != TextLogin::None;
    case Wants::Chap: return may_use.front() == ppp::AuthMethod::MsChapV2;
    case Wants::FixedAddress: return !site.entry.ip_address.empty();
    case Wants::OwnWords: return !site.lines.front().spec.description.empty();
    case Wants::BothWays: return site.both_ways;
    case Wants::OneMethod: return may_use.size() == 1;
    case Wants::CalledBack: return site.plan.session.callback.has_value();
    case Wants::Demand: return site.entry.dial == phonebook::DialMode::OnDemand;
  }
  return false;
}

/// Evenly among the links that it suits.
std::optional<uint32_t> link_for(Wants wants, const Profile& profile, uint32_t links, Rng& rng) {
  constexpr int kTries = 200;
  for (int i = 0; i < kTries; ++i) {
    const auto link = static_cast<uint32_t>(rng.below(links));
    if (suits(profile.sites[link % profile.sites.size()], wants)) return link;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Fault> draw_rare(FaultSet kinds, const Profile& profile, uint32_t links, Instant at,
                               Rng& rng) {
  uint64_t total = 0;
  for (const Rare& rare : kRare) total += (kinds & bit(rare.kind)) != 0 ? rare.weight : 0;
  if (total == 0) return std::nullopt;
  uint64_t pick = rng.below(total);
  for (const Rare& rare : kRare) {
    const uint64_t weight = (kinds & bit(rare.kind)) != 0 ? rare.weight : 0;
    if (pick >= weight) {
      pick -= weight;
      continue;
    }
    const auto link = link_for(rare.wants, profile, links, rng);
    if (!link) return std::nullopt;
    const FaultRule& rule = rule_of(rare.kind);
    const Duration longest = rare.lasts > 0s ? std::max(rare.lasts, rule.shortest) : rule.longest;
    Fault fault{.at = at, .kind = rare.kind, .link = *link};
    if (rule.longest > 0s) fault.lasts = rule.shortest + rng.up_to(longest - rule.shortest);
    fault.dice = static_cast<uint32_t>(rng.next());
    fault.aim = rare.aim;
    fault.lag = rare.after + rng.up_to(rare.lag);
    fault.anew = rare.over.has_value();
    if (rare.over)
      fault.dice = fault.dice / kOvers / 2 * kOvers + static_cast<uint32_t>(*rare.over);
    return fault;
  }
  return std::nullopt;
}

}  // namespace redial::sim
