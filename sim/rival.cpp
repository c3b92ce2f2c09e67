// SPDX-License-Identifier: Apache-2.0
#include "sim/rival.h"

#include <algorithm>
#include <array>

namespace redial::sim {
namespace {

// ---- what a fault looks like from the dialler's end ----------------------------------------

enum class Shows : uint8_t { AtOnce, AtItsEnd, Never };

struct Effect {
  FaultKind kind;
  Shows shows;
  Why as;
  std::optional<Why> obstacle;  // while the fault lasts; of an instant: for ever
  bool cured_by_reset = false;
};

// clang-format off
constexpr std::array kEffects = {
    Effect{FaultKind::CarrierLost,     Shows::AtOnce,   Why::HungUp,         std::nullopt},
    Effect{FaultKind::LostInWords,     Shows::AtItsEnd, Why::HungUp,         std::nullopt},
    Effect{FaultKind::HalfOpenTowards, Shows::AtItsEnd, Why::HungUp,         std::nullopt},
    Effect{FaultKind::PeerTerminates,  Shows::AtOnce,   Why::PeerTerminated, std::nullopt},
    Effect{FaultKind::PeerKilled,      Shows::AtItsEnd, Why::HungUp,         Why::SilentPeer},
    Effect{FaultKind::Busy,            Shows::AtOnce,   Why::HungUp,         Why::Busy},
    Effect{FaultKind::NoAnswer,        Shows::AtOnce,   Why::HungUp,         Why::NoAnswer},
    Effect{FaultKind::WrongPassword,   Shows::AtOnce,   Why::HungUp,         Why::Refused},
    Effect{FaultKind::WedgedReset,     Shows::Never,    Why::HungUp,         Why::ModemSilent, true},
    Effect{FaultKind::WedgedPower,     Shows::Never,    Why::HungUp,         Why::ModemSilent},
    Effect{FaultKind::Vanishes,        Shows::AtOnce,   Why::DeviceGone,     Why::DeviceMissing},
    Effect{FaultKind::MassOutage,      Shows::AtOnce,   Why::HungUp,         Why::Busy},
};
// clang-format on

// pppd(8): Configure-Requests are sent 10 times (lcp-max-configure), 3 s apart (lcp-restart).
constexpr Duration kNegotiationGivenUp = 30s;
// chat(8): a string that is waited for has 45 s, unless TIMEOUT says otherwise.
constexpr Duration kChatTimeout = 45s;
// Two Terminate-Requests, 3 s apart, to a peer that answers none.
constexpr Duration kTerminateUnanswered = 6s;
// A peer that has said Terminate-Request hangs up; DTR is held low.
constexpr Duration kHangUp = 1500ms;

// ---- pppd ----------------------------------------------------------------------------------

/// `persist`, and all else as it comes: holdoff 30, maxfail 10.
class Pppd final : public Rival {
 public:
  explicit Pppd(Echo echo) : echo_(echo) {}
  Echo echo() const override { return echo_; }

  std::optional<Duration> next_try(Why why, Duration was_up) override {
    const bool died = was_up > 0s;
    if (!died && ++failed_ >= kMaxFail) return std::nullopt;
    (void)why;  // it makes no difference to pppd
    return kHoldOff;
  }
  void on_up() override { failed_ = 0; }
  Duration attempt(Why why, const Costs& costs) const override {
    if (why == Why::NoAnswer) return std::min(costs.no_answer, kChatTimeout);
    return Rival::attempt(why, costs);
  }

 private:
  static constexpr Duration kHoldOff = 30s;
  static constexpr uint32_t kMaxFail = 10;
  Echo echo_;
  uint32_t failed_ = 0;  // attempts in a row
};

// ---- wvdial --------------------------------------------------------------------------------

/// Dials again within one attempt as long as the telephone says no; what pppd dies of decides
/// whether it dials again after that.
class Wvdial final : public Rival {
 public:
  // The options file that Debian installs for every pppd: echoes every 30 s, 4 may fail.
  Echo echo() const override { return {30s, 4}; }

  std::optional<Duration> next_try(Why why, Duration was_up) override {
    switch (why) {
      case Why::Busy:
      case Why::NoAnswer: return kNextDial;
      case Why::HungUp:
      case Why::DeviceGone:  // pppd ends with 16, "the modem hung up"
      case Why::PeerTerminated: return pause_after(was_up);
      case Why::EchoLost:       // 15
      case Why::SilentPeer:     // 10
      case Why::Refused:        // 19
      case Why::ModemSilent:    // its own: the modem does not respond
      case Why::DeviceMissing:  // its own: the modem cannot be opened
        return std::nullopt;
    }
    return std::nullopt;
  }

 private:
  static constexpr Duration kNextDial = 3500ms;  // 2 s, and three times <CR> at 0.5 s
  static constexpr Duration kLongCall = 45s, kShortest = 5s, kLongest = 10min;

  Duration pause_after(Duration was_up) {
    pause_ = was_up >= kLongCall || pause_ == 0s ? kShortest : std::min(2 * pause_, kLongest);
    return pause_;
  }

  Duration pause_{};
};

// ---- NetworkManager ------------------------------------------------------------------------

/// Four tries, then five minutes of none; a death counts as one. Echoes are off unless the
/// connection asks for them.
class NetworkManager final : public Rival {
 public:
  std::optional<Duration> next_try(Why why, Duration) override {
    if (why == Why::DeviceGone || why == Why::DeviceMissing) return 0s;  // see after_return()
    if (--tries_ > 0) return 0s;
    tries_ = kTries;
    return kBlocked;
  }
  void on_up() override { tries_ = kTries; }
  // Until a modem that was plugged in has been probed.
  std::optional<Duration> after_return() const override { return 12s; }

 private:
  static constexpr uint32_t kTries = 4;
  static constexpr Duration kBlocked = 300s;
  uint32_t tries_ = kTries;
};

// ---- one link ------------------------------------------------------------------------------

struct Noticed {
  Instant at;
  Why why;
};

/// By whatever comes first.
std::optional<Noticed> notice(const Rival& rival, const Trouble& trouble) {
  std::optional<Noticed> first;
  if (trouble.shows_at) first = Noticed{*trouble.shows_at, trouble.shows_as};
  const auto [every, failures] = rival.echo();
  if (failures == 0) return first;
  // Sent at every multiple since the link came up; those from the strike on are not answered.
  const int64_t unanswered = (trouble.at - trouble.up_since + every - Duration(1)) / every;
  const Instant given_up = trouble.up_since + every * (unanswered + failures);
  if (!first || given_up < first->at) first = Noticed{given_up, Why::EchoLost};
  return first;
}

Duration tear_down(Why why) {
  if (why == Why::EchoLost) return kTerminateUnanswered;
  return why == Why::PeerTerminated ? kHangUp : 0s;
}

}  // namespace

std::optional<Trouble> trouble_of(const Fault& fault, Instant up_since) {
  const auto effect = std::ranges::find(kEffects, fault.kind, &Effect::kind);
  if (effect == kEffects.end()) return std::nullopt;
  Trouble trouble{.up_since = up_since, .at = fault.at, .shows_at = {}};
  if (effect->shows == Shows::AtOnce) trouble.shows_at = fault.at;
  if (effect->shows == Shows::AtItsEnd) trouble.shows_at = fault.at + fault.lasts;
  trouble.shows_as = effect->as;
  trouble.obstacle = effect->obstacle;
  if (fault.lasts > 0s) trouble.until = fault.at + fault.lasts;
  trouble.cured_by_reset = effect->cured_by_reset;
  return trouble;
}

Duration Rival::attempt(Why why, const Costs& costs) const {
  switch (why) {
    case Why::Busy: return costs.busy;
    case Why::NoAnswer: return costs.no_answer;
    case Why::SilentPeer: return costs.set_up + kNegotiationGivenUp;
    case Why::Refused: return costs.set_up;
    case Why::ModemSilent: return kChatTimeout;
    case Why::DeviceMissing:
    case Why::HungUp:
    case Why::PeerTerminated:
    case Why::EchoLost:
    case Why::DeviceGone: return 0s;
  }
  return 0s;
}

std::string_view name_of(RivalKind kind) {
  switch (kind) {
    case RivalKind::Pppd: return "pppd";
    case RivalKind::PppdEcho: return "pppd 30x4";
    case RivalKind::Wvdial: return "wvdial";
    case RivalKind::NetworkManager: return "NetworkMgr";
  }
  return "";
}

std::unique_ptr<Rival> make_rival(RivalKind kind) {
  switch (kind) {
    case RivalKind::Pppd: return std::make_unique<Pppd>(Echo{});
    case RivalKind::PppdEcho: return std::make_unique<Pppd>(Echo{30s, 4});
    case RivalKind::Wvdial: return std::make_unique<Wvdial>();
    case RivalKind::NetworkManager: return std::make_unique<NetworkManager>();
  }
  return nullptr;
}

Outcome meet(Rival& rival, const Trouble& trouble, const Costs& costs, Duration horizon) {
  Outcome outcome;
  rival.on_up();
  const auto seen = notice(rival, trouble);
  if (!seen || seen->at > trouble.at + horizon) return outcome;
  outcome.noticed = seen->at - trouble.at;
  Instant now = seen->at + tear_down(seen->why);
  auto pause = rival.next_try(seen->why, seen->at - trouble.up_since);
  while (pause && now + *pause <= trouble.at + horizon) {
    now += *pause;
    if (trouble.obstacle == Why::DeviceMissing && rival.after_return()) {
      now = std::max(now, trouble.until + *rival.after_return());
    }
    ++outcome.attempts;
    // The hang-up before it let DTR fall.
    if (!trouble.obstacle || trouble.cured_by_reset || now >= trouble.until) {
      rival.on_up();
      outcome.restored = now + costs.set_up - trouble.at;
      return outcome;
    }
    now += rival.attempt(*trouble.obstacle, costs);
    pause = rival.next_try(*trouble.obstacle, 0s);
  }
  return outcome;
}

}  // namespace redial::sim
