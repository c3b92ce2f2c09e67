// SPDX-License-Identifier: Apache-2.0
// When an entry is dialled, how often, and what keeps it from being dialled; docs/redial.md tells
// what each of these does.
#pragma once

#include <cstdint>
#include <optional>

#include "core/time.h"

namespace redial::phonebook {

/// Redial settings. Those of a .pbk (attempts, seconds, on link failure) and the native ones.
struct RedialSettings {
  std::optional<uint32_t> attempts;   // RedialAttempts: further tries; nullopt: for ever (native)
  std::optional<Duration> pause;      // RedialSeconds: fixed pause; nullopt: back-off below
  bool on_link_failure = true;        // RedialOnLinkFailure
  Duration first_pause = 5s;          // back-off of failed attempts and short links: doubling ...
  Duration longest_pause = 5min;      // ... to this, each drawn between half and whole
  Duration good_call = 60s;           // a call this long resets the counters
  Duration auth_hold = 15min;         // after a refused password, doubling ...
  Duration auth_hold_longest = 6h;    // ... to this
  Duration unreachable_step = 10min;  // KB Q193834, once the attempts are used up: 10, 20, ...
  Duration unreachable_longest = 6h;
  bool give_up = false;  // once the attempts are used up: rest, and say so
  uint8_t jitter = 50;   // per cent of a pause that are drawn
  // Failed attempts per number: modems blacklist a number after about 15. nullopt: no limit.
  std::optional<uint32_t> attempts_per_hour = 12;
  bool operator==(const RedialSettings&) const = default;
};

/// How long a cause keeps a number, or the link, from being tried again. nullopt: no longer than
/// the pause is anyway.
struct HoldSettings {
  // That number; the entry's others are tried meanwhile.
  std::optional<Duration> busy, no_answer, no_carrier, voice;
  Duration number = 1h, number_longest = 6h;  // refused by modem or network: doubling
  // The whole link.
  std::optional<Duration> no_dial_tone, device, network, peer;
  bool operator==(const HoldSettings&) const = default;
};

/// What a local day may cost; counted from the carrier on. nullopt: no limit.
struct BudgetSettings {
  std::optional<uint32_t> minutes, calls;
  std::optional<uint64_t> bytes;
  bool any() const { return minutes || calls || bytes; }
  bool operator==(const BudgetSettings&) const = default;
};

/// Who dials.
enum class DialMode : uint8_t {
  Always,    // the service, as soon as it runs; `redial dial` at once
  OnDemand,  // traffic: a SOCKS request, a forward's connection, a packet to the interface
  Manual,    // only a command
};
/// What becomes of traffic while an on-demand link is down.
enum class WhileDown : uint8_t { Wait, Refuse };
enum class LineOrder : uint8_t { InOrder, LastGoodFirst };

}  // namespace redial::phonebook
