// SPDX-License-Identifier: Apache-2.0
#include "cli/demo_station.h"

#include <fmt/format.h>

#include <array>

#include "cli/far_side.h"
#include "connection/ladder.h"

namespace redial::cli {
namespace {

constexpr uint32_t kFarAddress = 0x0a400001;  // 10.64.0.1: the access server, the page behind it

struct FaultFacts {
  DemoFault fault;
  std::string_view name, layer;
  CauseCode expected, or_expected;
  Phase begins;  // the phase of the attempt that it strikes; Up: an established link
  FaultRow::Ending ending = FaultRow::Ending::Restored;
};

using enum DemoFault;
using Code = CauseCode;
using Ending = FaultRow::Ending;
// clang-format off
constexpr std::array<FaultFacts, kDemoFaults> kFacts = {{
  {CarrierLost,      "carrier lost (DCD)",           "carrier",  Code::CarrierLost, Code::CarrierLost, Phase::Up},
  {NoCarrierText,    "NO CARRIER text only",         "carrier",  Code::CarrierLost, Code::CarrierLost, Phase::Up},
  {DcdStrapped,      "the call drops, DCD strapped", "carrier",  Code::CarrierLost, Code::CarrierLost, Phase::Up},
  {PeerTerminates,   "the peer terminates",          "PPP",      Code::PeerTerminated, Code::PeerTerminated, Phase::Up},
  {HalfOpen,         "peer killed silently (half-open)", "PPP",  Code::PeerSilent, Code::PeerSilent, Phase::Up},
  {BlackHoleTowards, "black hole towards us",        "PPP",      Code::PeerSilent, Code::PeerSilent, Phase::Up},
  {BlackHoleFrom,    "black hole away from us",      "PPP",      Code::PeerSilent, Code::PeerTerminated, Phase::Up},
  {Noise,            "noise, 10 s (must stay up)",   "line",     Code::UserHangUp, Code::UserHangUp, Phase::Up, Ending::StaysUp},
  {ModemStops,       "the modem stops answering",    "modem",    Code::ModemSilent, Code::ModemSilent, Phase::Preparing},
  {WedgedReset,      "modem wedged until reset",     "modem",    Code::ModemSilent, Code::ModemSilent, Phase::Preparing},
  {WedgedPower,      "modem wedged until power cycle", "modem",  Code::ModemSilent, Code::ModemSilent, Phase::Preparing},
  {Busy,             "busy",                         "exchange", Code::Busy, Code::Busy, Phase::Dialing},
  {NoAnswer,         "no answer",                    "exchange", Code::NoAnswer, Code::NoCarrier, Phase::Dialing},
  {NoDialTone,       "no dial tone",                 "exchange", Code::NoDialTone, Code::NoDialTone, Phase::Dialing},
  {Voice,            "a voice answers",              "exchange", Code::VoiceAnswer, Code::VoiceAnswer, Phase::Dialing},
  {Blacklisted,      "the modem blacklists",         "modem",    Code::Blacklisted, Code::Blacklisted, Phase::Dialing, Ending::Held},
  {NoPpp,            "answered without PPP",         "PPP",      Code::PppNoResponse, Code::PppNoResponse, Phase::Establishing},
  {WrongPassword,    "wrong password",               "authentication", Code::AuthRejected, Code::AuthRejected, Phase::Authenticating, Ending::Held},
  {LineRefused,      "TCP line refused",             "network",  Code::ConnectionRefused, Code::ConnectionRefused, Phase::Opening},
  {HostGone,         "host name gone for a while",   "network",  Code::HostUnknown, Code::HostUnknown, Phase::Opening},
  {DeviceBack,       "unplugged, back by another name", "device", Code::DeviceVanished, Code::TransportClosed, Phase::Up},
}};
// clang-format on

constexpr bool in_order() {
  for (size_t i = 0; i < kFacts.size(); ++i) {
    if (static_cast<size_t>(kFacts[i].fault) != i) return false;
  }
  return true;
}
static_assert(in_order(), "one row per fault, in the order of DemoFault");

const FaultFacts& facts_of(DemoFault fault) { return kFacts[static_cast<size_t>(fault)]; }
bool into_attempt(DemoFault fault) { return facts_of(fault).begins != Phase::Up; }

constexpr Duration kUnpluggedFor = 1500ms, kNoiseLasts = 10s;
constexpr uint32_t kNoisePpm = 1500;

}  // namespace

Station::Station(StationPlan plan, io::Loop& loop, LabNetwork& lab, host::Host& caller,
                 host::Host& server, DemoShow& show, uint16_t page_port)
    : plan_(std::move(plan)),
      loop_(loop),
      lab_(lab),
      caller_(caller),
      server_(server),
      show_(show),
      page_port_(page_port),
      next_(loop, [this] { strike(); }),
      mend_(loop, [this] { fault() == DemoFault::Noise ? stayed_up() : mend(loop_.now()); }) {}

Result<void> Station::start() {
  auto socks = io::serve_socks(loop_, caller_.interface_of(plan_.link), "127.0.0.1:0");
  if (!socks) return tl::make_unexpected(socks.error());
  socks_ = *std::move(socks);
  arm_attempt_fault();
  caller_.dial(plan_.link);
  return {};
}

// A fault into an attempt is prepared before the number is dialled, and begins with its phase.
void Station::arm_attempt_fault() {
  if (at_ >= plan_.faults.size()) return;
  const auto next_call = [this](lab::Fate fate) {
    lab_.inject(
        [&](lab::Exchange& exchange, Instant) { exchange.set_fate_once(plan_.number, fate, 1); });
  };
  switch (fault()) {
    case DemoFault::Busy:
    case DemoFault::Blacklisted:  // of a number that failed before
      return next_call(lab::Fate::Busy);
    case DemoFault::NoAnswer: return next_call(lab::Fate::NoAnswer);
    case DemoFault::NoDialTone: return next_call(lab::Fate::NoDialtone);
    case DemoFault::Voice: return next_call(lab::Fate::Voice);
    case DemoFault::NoPpp: freeze_on_carrier_ = true; return;
    case DemoFault::ModemStops:  // in the midst of its third command
      return lab_.inject([&](lab::Exchange& exchange, Instant) {
        exchange.wedge_after(plan_.modem, 2, lab::Cure::PowerCycle);
      });
    case DemoFault::WedgedReset:
    case DemoFault::WedgedPower:
      return lab_.inject([&](lab::Exchange& exchange, Instant now) {
        const bool power = fault() == DemoFault::WedgedPower;
        exchange.wedge(plan_.modem, power ? lab::Cure::PowerCycle : lab::Cure::Reset, now);
      });
    case DemoFault::LineRefused:
    case DemoFault::HostGone: broken_ = true; return plan_.break_line();
    case DemoFault::WrongPassword:
    case DemoFault::CarrierLost:
    case DemoFault::NoCarrierText:
    case DemoFault::DcdStrapped:
    case DemoFault::PeerTerminates:
    case DemoFault::HalfOpen:
    case DemoFault::BlackHoleTowards:
    case DemoFault::BlackHoleFrom:
    case DemoFault::Noise:
    case DemoFault::DeviceBack: return;
  }
}

FaultRow Station::row_of(DemoFault fault) const {
  const FaultFacts& facts = facts_of(fault);
  FaultRow row;
  row.fault = facts.name;
  row.layer = facts.layer;
  row.entry = plan_.entry;
  row.expected = {name(facts.expected), name(facts.or_expected)};
  row.ending = facts.ending;
  if (row.ending == Ending::StaysUp) return row;
  const auto failure = connection::failure_of(facts.expected, facts.begins);
  if (failure) {
    row.notice_bound = connection::noticed_within(plan_.bounds, *failure).value_or(Duration{});
  }
  // Nothing comes back from there: whoever is at the other end misses us, and says good-bye.
  if (fault == DemoFault::BlackHoleFrom) row.notice_bound = FarSide::kCallerGoneWithin;
  row.restore_bound = row.notice_bound + restore_bound(fault);
  return row;
}

/// From the notice on. A modem that hangs costs an attempt for each rung of the ladder below the
/// one that helps.
Duration Station::restore_bound(DemoFault fault) const {
  const auto reason =
      into_attempt(fault) ? plan_.failed_attempt : connection::PauseReason::LinkFailure;
  const Duration once = plan_.restore_bound(reason);
  const auto up_to = [&](connection::Rung helps) {
    Duration sum = once;
    for (const connection::RungRule& rule : connection::ladder()) {
      if (rule.rung == connection::Rung::Redial || rule.rung > helps) continue;
      sum += once + rule.port_closed;
    }
    return sum;
  };
  if (fault == DemoFault::WedgedReset) return up_to(connection::Rung::Reset);
  if (fault != DemoFault::WedgedPower) return once;
  return up_to(connection::Rung::PowerCycle) + plan_.power_cycle_takes;
}

std::vector<FaultRow> Station::rows() const {
  std::vector<FaultRow> all = rows_;
  for (size_t i = all.size(); i < plan_.faults.size(); ++i) {
    all.push_back(row_of(plan_.faults[i]));
    all.back().noticed_by = "never reached";
  }
  return all;
}

void Station::begin_row(Instant now) {
  fault_at_ = now;
  page_seen_ = false;
  rows_.push_back(row_of(fault()));
  rows_.back().dials = into_attempt(fault()) ? 1 : 0;
  show_.fault(now, plan_.entry, rows_.back().fault);
}

/// The link is up and good: it is struck, or ended so that the next attempt can be.
void Station::strike() {
  if (!into_attempt(fault())) return inject();
  arm_attempt_fault();
  if (broken_) return;  // its port went away with the link on it
  lab_.inject(
      [&](lab::Exchange& exchange, Instant now) { exchange.drop_carrier(plan_.modem, now); });
}

void Station::inject() {
  begin_row(loop_.now());
  const auto freeze = [this](bool towards, bool from) {
    lab_.inject([&](lab::Exchange& exchange, Instant now) {
      exchange.freeze(plan_.modem, towards, from, now);
    });
  };
  switch (fault()) {
    case DemoFault::CarrierLost:
    case DemoFault::NoCarrierText:
    case DemoFault::DcdStrapped:
      return lab_.inject(
          [&](lab::Exchange& exchange, Instant now) { exchange.drop_carrier(plan_.modem, now); });
    case DemoFault::HalfOpen: return freeze(true, true);
    case DemoFault::BlackHoleTowards: return freeze(true, false);
    case DemoFault::BlackHoleFrom: return freeze(false, true);
    case DemoFault::PeerTerminates:
      server_.hang_up(plan_.far_link, CauseCode::UserHangUp);
      return server_.start_answering(plan_.far_link);
    case DemoFault::Noise: inject_noise(true); return mend_.set(loop_.now() + kNoiseLasts);
    case DemoFault::DeviceBack:
      broken_ = true;
      plan_.break_line();
      rows_.back().restore_bound += kUnpluggedFor;
      return mend_.set(loop_.now() + kUnpluggedFor);
    case DemoFault::Busy:
    case DemoFault::NoAnswer:
    case DemoFault::NoDialTone:
    case DemoFault::Voice:
    case DemoFault::Blacklisted:
    case DemoFault::NoPpp:
    case DemoFault::WrongPassword:
    case DemoFault::ModemStops:
    case DemoFault::WedgedReset:
    case DemoFault::WedgedPower:
    case DemoFault::LineRefused:
    case DemoFault::HostGone: return;  // armed before the dial
  }
}

/// Both ways: on what either modem sends.
void Station::inject_noise(bool on) {
  lab_.inject([&](lab::Exchange& exchange, Instant) {
    std::vector<lab::ModemId> ends = exchange.modems_of(plan_.number);
    ends.push_back(plan_.modem);
    for (const lab::ModemId end : ends) {
      lab::Channel channel = exchange.channel(end);
      channel.octet_error_ppm = on ? kNoisePpm : 0;
      exchange.set_channel(end, channel);
    }
  });
}

/// What the fault broke is whole again: somebody has put the plug back, the name is known again.
void Station::mend(Instant now) {
  if (fault() == DemoFault::ModemStops) {
    lab_.inject(
        [&](lab::Exchange& exchange, Instant at) { exchange.power_cycle(plan_.modem, at); });
  }
  if (std::exchange(broken_, false)) {
    plan_.mend_line();
    show_.say(now, plan_.entry, "*** mended ***");
  }
}

/// The end of the noise: the link has stood it, or there is an ending in the row.
void Station::stayed_up() {
  inject_noise(false);
  FaultRow& row = rows_.back();
  if (!row.noticed_after) row.stayed_up = kNoiseLasts;
  row_done();
  fetch_page();
}

void Station::on_event(Instant now, const engine::Event& event) {
  show_.event(now, plan_.entry, event);
  match(
      event.body,
      [&](const connection::LinkCalling&) {
        if (row_open()) {
          ++rows_.back().dials;
        } else if (at_ < plan_.faults.size() && facts_of(fault()).begins == Phase::Opening) {
          begin_row(now);
        }
      },
      [&](const connection::LinkProgress& progress) {
        if (at_ >= plan_.faults.size() || row_open() || !into_attempt(fault())) return;
        // The first call only makes the number fail.
        const bool early =
            fault() == DemoFault::Blacklisted && lab_.exchange().dials(plan_.modem) == 0;
        if (progress.phase == facts_of(fault()).begins && !early) begin_row(now);
      },
      [&](const engine::CarrierUp&) {
        if (!freeze_on_carrier_) return;
        freeze_on_carrier_ = false;
        lab_.inject([&](lab::Exchange& exchange, Instant at) {
          exchange.freeze(plan_.modem, true, true, at);
        });
      },
      [&](const connection::LinkEnded& ended) { on_ended(now, ended); },
      [&](const connection::NextTry& next) {
        if (!row_open() || rows_.back().ending != Ending::Held) return;
        const bool held = next.reason == connection::PauseReason::AuthHold ||
                          next.reason == connection::PauseReason::NumberHold;
        if (!held) return;
        rows_.back().held = next.at - now;
        page_seen_ = true;  // there is none to wait for
        row_done();
      },
      [](const auto&) {});
}

void Station::on_ended(Instant now, const connection::LinkEnded& ended) {
  if (!row_open() || rows_.back().noticed_after) return;
  FaultRow& row = rows_.back();
  row.noticed_after = now - fault_at_;
  row.cause = name(ended.cause.code);
  row.noticed_by =
      ended.cause.evidence.empty() ? std::string(text(ended.cause.code)) : ended.cause.evidence;
  // Some faults last until somebody has noticed them.
  if (into_attempt(fault())) mend(now);
}

void Station::on_up(Instant now) {
  if (row_open() && rows_.back().noticed_after && !rows_.back().restored_after) {
    rows_.back().restored_after = now - fault_at_;
  }
  fetch_page();
}

void Station::fetch_page() {
  fetch_ = std::make_unique<PageFetch>(loop_, socks_->port(), kFarAddress, page_port_,
                                       [this](bool good) { on_page(good); });
}

// The link counts as restored when it carries again, not when somebody says that it is up.
void Station::on_page(bool good) {
  fetch_.reset();
  show_.say(loop_.now(), plan_.entry,
            good ? fmt::format("page fetched through SOCKS5 127.0.0.1:{}", socks_->port())
                 : "the page did not come");
  if (!good && caller_.engine().up(plan_.link)) return fetch_page();
  if (!good) return;
  ++pages_;
  page_seen_ = true;
  if (row_open() && rows_.back().restored_after) row_done();
  if (at_ < plan_.faults.size() && !row_open()) next_.set(loop_.now() + plan_.settle);
}

void Station::row_done() { ++at_; }

}  // namespace redial::cli
