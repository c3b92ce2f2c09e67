// SPDX-License-Identifier: Apache-2.0
#include "sim/injector.h"

#include <algorithm>
#include <utility>

namespace redial::sim {

using enum FaultKind;

namespace {

/// What a modem says without being asked.
std::string_view unasked(const Fault& fault) {
  constexpr std::string_view kTexts[] = {"\r\n+CREG: 1\r\n", "\r\nRING\r\n",          "AT\r",
                                         "\r\nOK\r\n",       "\r\n^RSSI:12\r\n",      "\r\n\r\n",
                                         "\r\nERROR\r\n",    "\r\n+CME ERROR: 10\r\n"};
  return kTexts[fault.dice % std::size(kTexts)];
}

/// What it says of a call, when there is none.
std::string_view stray_word(const Fault& fault) {
  constexpr std::string_view kTexts[] = {"\r\nBUSY\r\n",        "\r\nNO ANSWER\r\n",
                                         "\r\nVOICE\r\n",       "\r\nNO CARRIER\r\n",
                                         "\r\nNO DIALTONE\r\n", "\r\nERROR\r\n"};
  return kTexts[fault.dice % std::size(kTexts)];
}

/// How the device, or the host, is missing, when it is asked for.
CauseCode missing(const Fault& fault, bool network) {
  constexpr CauseCode kOfHosts[] = {CauseCode::HostUnknown, CauseCode::ConnectionRefused,
                                    CauseCode::HostUnreachable, CauseCode::TransportClosed};
  if (network) return kOfHosts[fault.dice % std::size(kOfHosts)];
  if (fault.dice / 1024 % 8 == 0) return CauseCode::DeviceVanished;  // a node without its device
  constexpr CauseCode kCauses[] = {CauseCode::DeviceMissing, CauseCode::DeviceNotALine,
                                   CauseCode::DeviceForbidden, CauseCode::DeviceBusy,
                                   CauseCode::DeviceParameters};
  return kCauses[fault.dice % std::size(kCauses)];
}

/// So long after the phase it is to strike has begun, at most; a server asks again in mid-call.
Duration anew_within(Phase phase) { return phase == Phase::Up ? Duration(1min) : 40ms; }

wire::Protocol layer_of(const Fault& fault) {
  switch (over_of(fault)) {
    case Over::Ipcp: return wire::Protocol::Ipcp;
    case Over::Proof: return wire::Protocol::Chap;
    case Over::Lcp: break;
  }
  return wire::Protocol::Lcp;
}

/// What a server that logs in by text, or the pad before it, says instead of PPP.
std::string_view text_refusal(uint32_t dice) {
  constexpr std::string_view kTexts[] = {"engaged", "operator",   "no reply",
                                         "cleared", "no channel", "refused"};
  return kTexts[dice % std::size(kTexts)];
}

/// What befalls calls and modems, not what is beyond them.
bool needs_modem(FaultKind kind) {
  const std::string_view group = rule_of(kind).group;
  if (group == "modem") return kind != Vanishes;
  if (group == "exchange") return kind != WrongNumber;
  return kind == CarrierLost || kind == LostInWords || kind == LostSilently || kind == StrappedDcd;
}

/// What an account may be refused for (RFC 2759 section 6).
constexpr unsigned kRefusals[] = {646, 647, 648, 649, 709};

}  // namespace

Injector::Injector(World& world, std::vector<Fault> schedule, FaultWitness& witness)
    : world_(world),
      schedule_(std::move(schedule)),
      witness_(witness),
      aimed_(world.links()),
      active_(world.links()),
      dice_(world.links()) {}

std::optional<Instant> Injector::next() const {
  std::optional<Instant> next;
  if (at_ < schedule_.size()) next = schedule_[at_].at;
  if (!endings_.empty()) next = earlier(next, endings_.front().at);
  for (const Fault& fault : soon_) next = earlier(next, fault.at);
  return next;
}

void Injector::strike() {
  const Instant now = world_.now();
  while (!endings_.empty() && endings_.front().at <= now) {
    std::pop_heap(endings_.begin(), endings_.end());
    const Fault over = endings_.back().fault;
    endings_.pop_back();
    end(over);
  }
  while (at_ < schedule_.size() && schedule_[at_].at <= now) {
    const Fault& fault = schedule_[at_++];
    fault.aim == Phase::Waiting ? begin(fault) : aim(fault);
  }
  for (size_t i = 0; i < soon_.size();) {
    if (soon_[i].at > now) {
      ++i;
      continue;
    }
    const Fault due = soon_[i];
    soon_.erase(soon_.begin() + static_cast<ptrdiff_t>(i));
    begin(due);
  }
}

// The call ends first, so that there is a next one.
void Injector::aim(const Fault& fault) {
  aimed_[fault.link] = fault;
  const bool cable = !world_.site(fault.link).traits.has_modem;
  Fault drop{.at = world_.now(), .kind = cable ? PeerTerminates : CarrierLost, .link = fault.link};
  drop.lasts = 0s;
  begin(drop);
}

void Injector::on_phase(uint32_t link, Phase phase, Instant now) {
  Fault& aimed = aimed_[link];
  if (aimed.aim == Phase::Waiting || aimed.aim != phase) return;
  Fault soon = std::exchange(aimed, Fault{});
  soon.aim = Phase::Waiting;
  soon.at = now + soon.lag;
  if (soon.anew) {
    Fault anew = soon;
    anew.kind = Anew;
    anew.lasts = 0s;
    anew.at = now + anew_within(phase) * (soon.dice / kOvers % 100) / 100;
    // What a server is to demand, it demands from the beginning.
    soon.at = soon.kind == OtherMethod ? now : anew.at + soon.lag;
    soon_.push_back(anew);
  }
  soon_.insert(soon.kind == OtherMethod ? soon_.begin() : soon_.end(), soon);
  world_.interrupt();
}

void Injector::end_all() {
  at_ = schedule_.size();
  soon_.clear();
  std::ranges::fill(aimed_, Fault{});
  while (!endings_.empty()) {
    std::pop_heap(endings_.begin(), endings_.end());
    const Fault over = endings_.back().fault;
    endings_.pop_back();
    end(over);
  }
}

/// A shard's fault strikes all links; what befalls a line or a modem, all who may use it.
std::vector<uint32_t> Injector::struck_with(const Fault& fault) const {
  const FaultRule& rule = rule_of(fault.kind);
  std::vector<uint32_t> links;
  for (uint32_t link = 0; rule.whole_shard && link < world_.links(); ++link) links.push_back(link);
  if (rule.whole_shard) return links;
  if (fault.kind == HangUp || fault.kind == Edit) {
    // What needs it goes with it, and is wanted again with it.
    links.push_back(fault.link);
    for (uint32_t link = 0; link < world_.links(); ++link) {
      if (world_.place(link).first == fault.link) links.push_back(link);
    }
    return links;
  }
  const bool of_modem = rule.group == "modem" || fault.kind == Delayed || fault.kind == Blacklisted;
  if (fault.kind == FirstEnds || (rule.group != "line" && !of_modem)) {
    return {fault.link};
  }
  const auto& lines = world_.place(fault.link).lines;
  return world_.caller.lines[index(lines.front())].links;
}

void Injector::begin(const Fault& fault) {
  const bool whole = rule_of(fault.kind).whole_shard;
  // A machine that sleeps has no user, and cannot be restarted. The same again while it lasts is no
  // other fault.
  const std::string_view group = rule_of(fault.kind).group;
  if (world_.asleep() && (group == "user" || group == "machine")) return;
  if (active_[whole ? 0 : fault.link] & bit(fault.kind)) return;
  if (!whole && !world_.site(fault.link).traits.has_modem && needs_modem(fault.kind)) return;
  ++struck_;
  for (const uint32_t link : struck_with(fault)) begin_at(fault, link);
  once(fault);
  if (fault.lasts > 0s) {
    endings_.push_back({fault.at + fault.lasts, fault});
    std::push_heap(endings_.begin(), endings_.end());
  }
}

void Injector::begin_at(const Fault& fault, uint32_t link) {
  Fault here = fault;
  here.link = link;
  witness_.on_fault(here, active_[link]);
  if (fault.lasts == 0s) return;
  active_[link] |= bit(fault.kind);
  dice_[link] = fault.dice;
  refresh(link);
}

void Injector::end(const Fault& fault) {
  for (const uint32_t link : struck_with(fault)) end_at(fault, link);
  if (fault.kind == TrunksBusy) world_.exchange.set_trunks(std::nullopt);
  const bool out = is(0, AreaOutage) || is(0, MassOutage);
  if (!out) world_.exchange.set_area(std::nullopt);
  if (fault.kind == HangUp) {
    for (const uint32_t link : struck_with(fault)) world_.dial(link);
  }
  if (fault.kind == FarEndCalls) world_.far_end_calls(fault.link, false);
  if (fault.kind == FullDisk) world_.fill_disk(false);
  if (fault.kind == HelperHangs) world_.hang_helper(fault.link, false);
}

void Injector::end_at(const Fault& fault, uint32_t link) {
  active_[link] &= ~bit(fault.kind);
  refresh(link);
  if (fault.kind == HalfOpenTowards || fault.kind == HalfOpenAway) {
    world_.exchange.freeze(modem(link), is(link, HalfOpenTowards), is(link, HalfOpenAway),
                           world_.now());
  }
  if (fault.kind == Delayed || fault.kind == Blacklisted) busy_once(link, 0);
  if (fault.kind == Vanishes) world_.bring_back(link);
  Fault here = fault;
  here.link = link;
  witness_.on_fault_over(here);
}

// What happens at the strike; what only lasts has been made true by refresh().
void Injector::once(const Fault& fault) {
  const std::string_view group = rule_of(fault.kind).group;
  if (group == "line") line(fault);
  if (group == "exchange") exchange(fault);
  if (group == "modem") wrong_modem(fault);
  if (group == "peer") peer(fault);
  if (group == "machine") machine(fault);
  if (group == "user") user(fault);
}

void Injector::line(const Fault& fault) {
  const auto [link, now] = std::pair(fault.link, world_.now());
  const FaultKind kind = fault.kind;
  if (kind == CarrierLost || kind == LostInWords || kind == LostSilently) {
    world_.exchange.drop_carrier(modem(link), now);
  }
  if (kind == HalfOpenTowards || kind == HalfOpenAway) {
    world_.exchange.freeze(modem(link), is(link, HalfOpenTowards), is(link, HalfOpenAway), now);
  }
  if (kind == Retrain) world_.exchange.retrain(modem(link), fault.lasts, now);
  if (kind == FirstEnds) end_first(fault);
}

void Injector::exchange(const Fault& fault) {
  if (fault.kind == TrunksBusy) world_.exchange.set_trunks(world_.links() / 4);
  if (fault.kind == MassOutage) world_.exchange.drop_all(world_.now());
  if (fault.kind == FarEndCalls) world_.far_end_calls(fault.link, true);
  // A modem holds calls that have failed against a number.
  if (fault.kind == Delayed || fault.kind == Blacklisted) busy_once(fault.link, 1);
  const bool out = fault.kind == MassOutage || fault.kind == AreaOutage;
  if (out) world_.exchange.set_area(lab::Fate::Reorder);
}

void Injector::busy_once(uint32_t link, uint32_t calls) {
  for (const Place::Port& port : world_.place(link).ports) {
    world_.exchange.set_fate_once(world_.exchange.number(port.modem), lab::Fate::Busy, calls);
  }
}

void Injector::wrong_modem(const Fault& fault) {
  constexpr std::pair<FaultKind, lab::Cure> kWedges[] = {{WedgedInit, lab::Cure::Initialise},
                                                         {WedgedReset, lab::Cure::Reset},
                                                         {WedgedReopen, lab::Cure::Reopen},
                                                         {WedgedPower, lab::Cure::PowerCycle}};
  const lab::ModemId struck = modem(fault.link);
  const Instant now = world_.now();
  lab::Exchange& exchange = world_.exchange;
  for (const auto& [kind, cure] : kWedges) {
    if (fault.kind == kind) exchange.wedge(struck, cure, now);
  }
  if (fault.kind == Unsolicited) {
    exchange.interject(struck, unasked(fault), fault.dice / 8 % 200, now);
  }
  if (fault.kind == StrayConnect) exchange.interject(struck, "\r\nCONNECT 9600\r\n", 0, now);
  if (fault.kind == StrayWord)
    exchange.interject(struck, stray_word(fault), 1 + fault.dice / 8 % 12, now);
  if (fault.kind == CommandState) {
    exchange.fall_into_command_state(struck, fault.dice % 2 == 0, now);
  }
  if (fault.kind == AtInData) exchange.say_in_data(struck, unasked(fault), now);
  if (fault.kind == Vanishes) take_away(fault);
}

void Injector::peer(const Fault& fault) {
  if (fault.kind == PeerTerminates) world_.server_hangs_up(fault.link);
  if (fault.kind == Anew) world_.begin_over(fault.link, layer_of(fault));
  if (fault.kind == RejectsLcp) world_.reject_lcp(fault.link);
}

void Injector::end_first(const Fault& fault) {
  const auto first = world_.place(fault.link).first;
  if (!first) return;
  begin({.at = world_.now(), .kind = CarrierLost, .link = *first});
}

void Injector::take_away(const Fault& fault) {
  const bool network = world_.caller.lines[index(world_.line_of(fault.link))].network;
  world_.take_away(fault.link, missing(fault, network), fault.dice / 8 % 2 == 0);
}

void Injector::user(const Fault& fault) {
  if (fault.kind == Dial) world_.dial(fault.link);
  if (fault.kind != HangUp && fault.kind != Edit) return;
  for (const uint32_t link : struck_with(fault)) {
    fault.kind == HangUp ? world_.hang_up(link) : world_.edit(link);
  }
}

void Injector::machine(const Fault& fault) {
  if (fault.kind == Restart) world_.restart();
  if (fault.kind == Suspend) world_.suspend(fault.lasts);
  if (fault.kind == FullDisk) world_.fill_disk(true);
  if (fault.kind == HelperHangs) world_.hang_helper(fault.link, true);
  if (fault.kind == ClockJump) {
    // Anywhere within forty years, backwards as well.
    world_.set_clock({static_cast<int64_t>(fault.dice) * 300'000});
  }
}

/// What is active on a link, made true.
void Injector::refresh(uint32_t link) {
  const lab::Habits habits = habits_of(link);
  const lab::Channel channel = channel_of(link);
  for (const LineId line : world_.place(link).lines) {
    const lab::ModemId modem = world_.caller.lines[index(line)].modem;
    world_.exchange.set_habits(modem, habits, world_.now());
    world_.exchange.set_channel(modem, channel);
  }
  refresh_numbers(link);
  world_.cut_path(link, is(link, PathCut));
  // With its frame a little more than the line takes, so that what waits grows, not beyond seconds.
  const size_t octets = is(link, SlowLine) ? 112 : 960;
  world_.flood(link, is(link, Saturated) ? octets : 0, dice_[link] % 2 == 0);
  world_.set_manners(link, is(link, MuteServer),
                     std::string(is(link, TextRefused) ? text_refusal(dice_[link]) : ""));
  world_.refuse(link, is(link, RefusedAccount) ? kRefusals[dice_[link] % std::size(kRefusals)] : 0);
}

/// Of several numbers the exchange's faults hit the first, or all of them.
void Injector::refresh_numbers(uint32_t link) {
  lab::Fate fate = lab::Fate::Ring;
  if (is(link, Voice)) fate = lab::Fate::Voice;
  if (is(link, NoAnswer)) fate = lab::Fate::NoAnswer;
  if (is(link, Busy)) fate = lab::Fate::Busy;
  if (is(link, NoDialTone)) fate = lab::Fate::NoDialtone;
  const lab::Channel channel = channel_of(link);
  const lab::Manner manner = manner_of(link);
  const bool all = dice_[link] / 4 % 2 == 0;
  for (const Place::Port& port : world_.place(link).ports) {
    const bool hit = all || port.line == world_.place(link).ports.front().line;
    world_.exchange.set_channel(port.modem, channel);
    world_.exchange.set_fate(world_.exchange.number(port.modem), hit ? fate : lab::Fate::Ring);
    world_.exchange.set_manner(port.modem, manner, world_.now());
    port.plan->session.demand = demand_of(link);
  }
}

std::vector<ppp::AuthMethod> Injector::demand_of(uint32_t link) const {
  const auto& allowed = world_.site(link).plan.session.may_use;
  if (!is(link, OtherMethod)) return allowed;
  const bool pap = allowed.front() == ppp::AuthMethod::Pap;
  return {pap ? ppp::AuthMethod::ChapMd5 : ppp::AuthMethod::Pap};
}

/// Of several manners the one that kills, or the first.
lab::Manner Injector::manner_of(uint32_t link) const {
  constexpr std::pair<FaultKind, lab::Manner> kManners[] = {
      {PeerKilled, lab::Manner::SilentlyKilled},
      {WrongNumber, lab::Manner::SilentlyKilled},
      {Loopback, lab::Manner::Loopback},
      {NeverEchoes, lab::Manner::NeverEchoes},
      {EndlessNak, lab::Manner::EndlessNak},
      {EndlessReject, lab::Manner::EndlessReject},
      {LateAcks, lab::Manner::LateAcks},
      {WrongMagic, lab::Manner::WrongMagic},
      {ChangesAddress, lab::Manner::ChangesAddress},
      {UnaskedChap, lab::Manner::UnnegotiatedChap},
      {NoChapSuccess, lab::Manner::DropsChapSuccess},
      {WrongPassword, lab::Manner::RefusesPassword},
      {Garbage, lab::Manner::Garbage},
      {RejectsEverything, lab::Manner::RejectsEverything},
      {FalseProof, lab::Manner::FalseProof},
      {Renegotiates, lab::Manner::Renegotiates},
      {DamagedFrames, lab::Manner::BadFcs},
      {TerminateIgnored, lab::Manner::TerminateIgnored},
      {TerminatesAtOnce, lab::Manner::TerminatesAtOnce}};
  for (const auto& [kind, manner] : kManners) {
    if (is(link, kind)) return manner;
  }
  return lab::Manner::None;
}

lab::Habits Injector::habits_of(uint32_t link) const {
  lab::Habits habits;
  habits.dcd_strapped = is(link, StrappedDcd);
  habits.dcd_sticks = is(link, LostInWords);
  habits.loses_silently = is(link, LostSilently);
  habits.numeric_codes = is(link, NumericCodes) || world_.site(link).digits;
  habits.other_words = is(link, OtherWords);
  habits.loses_first_command = is(link, LostFirstCommand);
  if (is(link, WrongEcho)) {
    habits.echo = dice_[link] % 2 ? lab::Habits::Echo::Always : lab::Habits::Echo::Garbled;
  }
  if (is(link, SlowModem)) habits.slower_by = Duration(100ms) * (dice_[link] % 15);
  if (is(link, Blacklisted)) habits.blacklist_after = 1;
  if (is(link, Delayed)) habits.redial_delay = 1min;
  return habits;
}

lab::Channel Injector::channel_of(uint32_t link) const {
  lab::Channel channel;
  const uint32_t dice = dice_[link];
  if (is(link, Noise)) channel.octet_error_ppm = 100 + dice % 9000;
  if (is(link, BurstLoss)) {
    channel.burst_ppm = 1 + dice % 2000;  // a twentieth of all octets, three echoes in a row
    channel.burst_octets = 2 + dice / 8 % 18;
  }
  if (is(link, Scrambled)) {
    channel.duplicate_ppm = dice % 50'000;
    channel.reorder_ppm = dice / 8 % 50'000;
  }
  if (is(link, Latency)) channel.jitter = Duration(1ms) * (dice / 16 % 500);
  if (is(link, Latency)) channel.latency = 100ms + Duration(1ms) * (dice % 1400);
  if (is(link, Saturated)) channel.rate_bps = 9600;
  if (is(link, SlowLine)) channel.rate_bps = 1200;
  return channel;
}

}  // namespace redial::sim
