// SPDX-License-Identifier: Apache-2.0
#include "sim/fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/profile.h"
#include "sim/rare.h"

namespace redial::sim {
namespace {

using enum FaultKind;
using F = connection::Failure;
constexpr Harm kNone = Harm::None, kMay = Harm::MayEnd, kEnds = Harm::Ends;

// clang-format off
constexpr std::array<FaultRule, kFaultKinds> kRules = {{
    {CarrierLost,       "carrier-lost",       "line",     kEnds, 0s,   0s,    60, false, F::ModemHangsUp},
    {LostInWords,       "lost-in-words",      "line",     kEnds, 1min, 10min, 20, false, F::ModemHangsUp},
    {LostSilently,      "lost-silently",      "line",     kEnds, 1min, 10min, 20, false, F::ModemHangsUp},
    {StrappedDcd,       "strapped-dcd",       "line",     kNone, 5min, 2h,    15},
    {Noise,             "noise",              "line",     kNone, 5s,   20min, 30},
    {BurstLoss,         "burst-loss",         "line",     kNone, 5s,   10min, 30},
    {Scrambled,         "scrambled",          "line",     kNone, 5s,   5min,  20},
    {Latency,           "latency",            "line",     kNone, 30s,  1h,    30},
    {HalfOpenTowards,   "half-open-towards",  "line",     kEnds, 1min, 1h,    30, false, F::PeerDies},
    {HalfOpenAway,      "half-open-away",     "line",     kEnds, 1min, 1h,    30, false, F::PeerDies},
    {SlowLine,          "slow-line",          "line",     kNone, 1min, 1h,    20},
    {Retrain,           "retrain",            "line",     kNone, 1s,   8s,    30},
    {Busy,              "busy",               "exchange", kNone, 5s,   30min, 30},
    {NoAnswer,          "no-answer",          "exchange", kNone, 5s,   30min, 30},
    {NoDialTone,        "no-dial-tone",       "exchange", kNone, 5s,   30min, 30},
    {Voice,             "voice",              "exchange", kNone, 5s,   30min, 20},
    {WrongNumber,       "wrong-number",       "exchange", kEnds, 1min, 30min, 20, false, F::PeerDies},
    {Delayed,           "delayed",            "exchange", kNone, 1min, 30min, 10},
    {Blacklisted,       "blacklisted",        "exchange", kNone, 1min, 30min, 10},
    {TrunksBusy,        "trunks-busy",        "exchange", kNone, 1min, 20min, 1,  true},
    {MassOutage,        "mass-outage",        "exchange", kEnds, 10s,  20min, 1,  true,  F::ModemHangsUp},
    {AreaOutage,        "area-outage",        "exchange", kNone, 1min, 20min, 1,  true},
    {SlowModem,         "slow-modem",         "modem",    kNone, 1min, 1h,    20},
    {Unsolicited,       "unsolicited",        "modem",    kNone, 0s,   0s,    20},
    {WrongEcho,         "wrong-echo",         "modem",    kNone, 1min, 1h,    20},
    {NumericCodes,      "numeric-codes",      "modem",    kNone, 1min, 1h,    20},
    {LostFirstCommand,  "lost-first-command", "modem",    kNone, 1min, 1h,    20},
    {WedgedInit,        "wedged-init",        "modem",    kMay,  0s,   0s,    15},
    {WedgedReset,       "wedged-reset",       "modem",    kEnds, 0s,   0s,    15, false, F::PeerDies},
    {WedgedReopen,      "wedged-reopen",      "modem",    kEnds, 0s,   0s,    10, false, F::PeerDies},
    {WedgedPower,       "wedged-power",       "modem",    kEnds, 0s,   0s,    10, false, F::PeerDies},
    {Vanishes,          "vanishes",           "modem",    kEnds, 2s,   30min, 30, false, F::DeviceVanishes},
    {CommandState,      "command-state",      "modem",    kEnds, 0s,   0s,    20, false, F::PeerDies},
    {AtInData,          "at-in-data",         "modem",    kNone, 0s,   0s,    20},
    {PeerKilled,        "peer-killed",        "peer",     kEnds, 1min, 30min, 40, false, F::PeerDies},
    {PeerTerminates,    "peer-terminates",    "peer",     kEnds, 0s,   0s,    40, false, F::PeerTerminates},
    {NeverEchoes,       "never-echoes",       "peer",     kMay,  1min, 1h,    20},
    {EndlessNak,        "endless-nak",        "peer",     kMay,  1min, 30min, 20},
    {EndlessReject,     "endless-reject",     "peer",     kMay,  1min, 30min, 20},
    {LateAcks,          "late-acks",          "peer",     kMay,  1min, 30min, 20},
    {Loopback,          "loopback",           "peer",     kEnds, 1min, 30min, 20, false, F::PeerDies},
    {WrongMagic,        "wrong-magic",        "peer",     kMay,  1min, 30min, 20},
    {ChangesAddress,    "changes-address",    "peer",     kMay,  1min, 30min, 20},
    {UnaskedChap,       "unasked-chap",       "peer",     kMay,  1min, 30min, 20},
    {NoChapSuccess,     "no-chap-success",    "peer",     kMay,  1min, 30min, 20},
    {Garbage,           "garbage",            "peer",     kNone, 1min, 30min, 20},
    {RejectsEverything, "rejects-everything", "peer",     kMay,  1min, 30min, 20},
    {Renegotiates,      "renegotiates",       "peer",     kMay,  1s,   5min,  20},
    {WrongPassword,     "wrong-password",     "peer",     kNone, 1min, 2h,    15},
    {RefusedAccount,    "refused-account",    "peer",     kNone, 1min, 2h,    10},
    {DamagedFrames,     "damaged-frames",     "peer",     kNone, 1min, 30min, 20},
    {TerminateIgnored,  "terminate-ignored",  "peer",     kNone, 1min, 30min, 20},
    {TerminatesAtOnce,  "terminates-at-once", "peer",     kMay,  1min, 30min, 20},
    {Restart,           "restart",            "machine",  kMay,  0s,   0s,    1,  true},
    {ClockJump,         "clock-jump",         "machine",  kNone, 0s,   0s,    1,  true},
    {Suspend,           "suspend",            "machine",  kMay,  1s,   6h,    1,  true},
    {FullDisk,          "full-disk",          "machine",  kNone, 1min, 2h,    1,  true},
    {HelperHangs,       "helper-hangs",       "machine",  kNone, 1min, 2h,    10},
    {HangUp,            "user-hang-up",       "user",     kMay,  1s,   30min, 10},
    {Dial,              "user-dial",          "user",     kNone, 0s,   0s,    10},
    {Edit,              "user-edit",          "user",     kMay,  0s,   0s,    5},
    {Anew,              "negotiates-anew",    "peer",     kMay,  0s,   0s,    0},
    {FalseProof,        "false-proof",        "peer",     kMay,  1min, 10min, 0},
    {PathCut,           "path-cut",           "peer",     kEnds, 2min, 20min, 0, false, F::PathDies},
    {FirstEnds,         "first-ends",         "line",     kMay,  0s,   0s,    0},
    {StrayConnect,      "stray-connect",      "modem",    kMay,  0s,   0s,    0},
    {MuteServer,        "mute-server",        "peer",     kNone, 1min, 10min, 0},
    {TextRefused,       "text-refused",       "peer",     kNone, 1min, 10min, 0},
    {RejectsLcp,        "rejects-lcp",        "peer",     kMay,  0s,   0s,    0},
    {Saturated,         "saturated",          "user",     kNone, 10s,  5min,  0},
    {StrayWord,         "stray-word",         "modem",    kMay,  0s,   0s,    0},
    {FarEndCalls,       "far-end-calls",      "exchange", kNone, 10s,  5min,  0},
    {OtherWords,        "other-words",        "modem",    kNone, 1min, 10min, 0},
    {OtherMethod,       "other-method",       "peer",     kMay,  1min, 10min, 0},
}};
// clang-format on

constexpr bool in_order() {
  for (size_t i = 0; i < kFaultKinds; ++i) {
    if (static_cast<size_t>(kRules[i].kind) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one rule per kind, in the order of FaultKind");

std::string_view next_word(std::string_view& line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::optional<int64_t> number(std::string_view word) {
  int64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < 0) return std::nullopt;
  return value;
}

/// What follows the dice: false: nothing that is meant.
bool read_aim(std::string_view line, Fault& fault) {
  const std::string_view word = next_word(line);
  if (word.empty()) return true;
  const std::string_view wanted = next_word(line);
  const bool lags = next_word(line) == "after";
  const auto lag = number(next_word(line));
  if (!lags || !lag) return false;
  fault.lag = Duration(*lag);
  fault.anew = word == "anew";
  for (size_t phase = 1; phase < kPhases && (fault.anew || word == "aim"); ++phase) {
    if (name(Phase(phase)) != wanted) continue;
    fault.aim = Phase(phase);
    return true;
  }
  return false;
}

/// Mostly short, now and then long: evenly drawn among the powers of two between.
Duration draw(Duration shortest, Duration longest, Rng& rng) {
  Duration top = longest;
  while (top / 2 > shortest && rng.chance(600'000)) top /= 2;
  return shortest + rng.up_to(top - std::min(top, shortest));
}

FaultSet swarm_of(FaultSet kinds, Rng& rng) {
  FaultSet chosen = 0;
  for (const FaultRule& rule : kRules) {
    if (rule.weight == 0 || rng.chance(500'000)) chosen |= bit(rule.kind);
  }
  return (chosen & kinds) != 0 ? chosen & kinds : kinds;
}

}  // namespace

std::span<const FaultRule, kFaultKinds> fault_rules() { return kRules; }
const FaultRule& rule_of(FaultKind kind) { return kRules[static_cast<size_t>(kind)]; }

std::string to_text(const Fault& fault) {
  return fmt::format("{} {} link {} for {} dice {}{}", fault.at.time_since_epoch().count(),
                     rule_of(fault.kind).name, fault.link, fault.lasts.count(), fault.dice,
                     fault.aim == Phase::Waiting
                         ? ""
                         : fmt::format(" {} {} after {}", fault.anew ? "anew" : "aim",
                                       name(fault.aim), fault.lag.count()));
}

std::optional<Fault> read_fault(std::string_view line) {
  const auto at = number(next_word(line));
  const std::string_view name = next_word(line);
  const auto rule = std::ranges::find(kRules, name, &FaultRule::name);
  const bool link_follows = next_word(line) == "link";
  const auto link = number(next_word(line));
  const bool duration_follows = next_word(line) == "for";
  const auto lasts = number(next_word(line));
  const bool dice_follow = next_word(line) == "dice";
  const auto dice = number(next_word(line));
  if (!at || rule == kRules.end() || !link_follows || !link || !duration_follows || !lasts ||
      !dice_follow || !dice || *link > UINT32_MAX || *dice > UINT32_MAX) {
    return std::nullopt;
  }
  Fault fault{.at = Instant(Duration(*at)),
              .kind = rule->kind,
              .link = static_cast<uint32_t>(*link),
              .lasts = Duration(*lasts),
              .dice = static_cast<uint32_t>(*dice)};
  return read_aim(line, fault) ? std::optional(fault) : std::nullopt;
}

std::optional<FaultSet> read_fault_set(std::string_view text) {
  FaultSet set = 0;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const bool without = word.starts_with('-');
    if (without) word.remove_prefix(1);
    FaultSet named = word == "drops" ? bit(CarrierLost) : 0;
    for (const FaultRule& rule : kRules) {
      if (word == "all" || word == rule.group || word == rule.name) named |= bit(rule.kind);
    }
    if (named == 0 && word != "none") return std::nullopt;
    set = without ? set & ~named : set | named;
  }
  return set;
}

std::string known_faults() {
  std::vector<std::pair<std::string_view, std::string>> groups;  // in the order of the table
  for (const FaultRule& rule : kRules) {
    auto group = std::ranges::find(groups, rule.group, [](const auto& one) { return one.first; });
    if (group == groups.end()) group = groups.insert(group, {rule.group, {}});
    group->second += fmt::format(" {}", rule.name);
  }
  std::string text = "all, none, drops";
  for (const auto& [group, names] : groups) text += fmt::format("\n  {}:{}", group, names);
  return text;
}

std::vector<Fault> make_schedule(const Weather& weather, const Profile& profile, uint32_t links,
                                 Instant from, Instant until, Rng rng) {
  const FaultSet kinds = weather.swarm ? swarm_of(weather.kinds, rng) : weather.kinds;
  uint64_t total = 0;
  for (const FaultRule& rule : kRules) total += kinds & bit(rule.kind) ? rule.weight : 0;
  std::vector<Fault> schedule;
  if (total == 0) return schedule;
  // One stream for the whole shard: evenly drawn gaps of the same mean as all links' together.
  const Duration gap = weather.every / links * 2;
  for (Instant at = from + rng.up_to(gap); at < until; at += rng.up_to(gap)) {
    if (profile.rare_ppm > 0 && rng.chance(profile.rare_ppm)) {
      if (auto rare = draw_rare(kinds, profile, links, at, rng)) schedule.push_back(*rare);
      continue;
    }
    uint64_t pick = rng.below(total);
    const FaultRule* chosen = nullptr;
    for (const FaultRule& rule : kRules) {
      if (!(kinds & bit(rule.kind))) continue;
      chosen = &rule;
      if (pick < rule.weight) break;
      pick -= rule.weight;
    }
    schedule.push_back({.at = at,
                        .kind = chosen->kind,
                        .link = static_cast<uint32_t>(rng.below(links)),
                        .lasts = draw(chosen->shortest, chosen->longest, rng),
                        .dice = static_cast<uint32_t>(rng.next())});
    Fault& latest = schedule.back();
    if (rng.chance(weather.aimed_ppm) && !chosen->whole_shard) {
      latest.aim = Phase(1 + rng.below(static_cast<uint64_t>(Phase::Registering)));
      latest.lag = Duration(50ms) * (latest.dice % 100) / 100;
    }
  }
  return schedule;
}

}  // namespace redial::sim
