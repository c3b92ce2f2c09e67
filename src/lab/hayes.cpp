// SPDX-License-Identifier: Apache-2.0
#include "lab/hayes.h"

#include "lab/hayes_results.h"

namespace redial::lab {

namespace {

// V.250 5.6.1: what the computer appends to a command line (a line feed, say) aborts nothing.
constexpr Duration kTypingSlack = 125ms;
constexpr size_t kLineMax = 255;
constexpr size_t kBacklogMax = 1024;
constexpr uint8_t kEscapes = 3;

char upper(uint8_t octet) {
  const char letter = static_cast<char>(octet & 0x7f);  // without a parity bit
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

}  // namespace

HayesModem::HayesModem(const ModemConfig& config) : config_(config) {}

HayesModem::Profile HayesModem::factory() {
  Profile profile;
  profile.s[2] = '+';
  profile.s[3] = '\r';
  profile.s[4] = '\n';
  profile.s[5] = '\b';
  profile.s[6] = 2;    // seconds before dialling blindly
  profile.s[7] = 50;   // seconds to wait for carrier
  profile.s[8] = 2;    // seconds a comma pauses
  profile.s[10] = 14;  // kept only: the exchange says when a carrier counts as lost
  profile.s[11] = 95;  // milliseconds of a tone, and of the gap after it
  profile.s[12] = 50;  // guard time, in 20 ms
  return profile;
}

void HayesModem::power_cycle() {
  const uint32_t dials = dials_;
  std::string last = std::move(last_dialled_);
  *this = HayesModem(ModemConfig(std::move(config_)));
  dials_ = dials;  // The observer's count, not the modem's.
  last_dialled_ = std::move(last);
}

void HayesModem::after_reset(Bytes& reply) {
  const ByteView said = as_bytes(config_.habits.after_reset);
  reply.insert(reply.end(), said.begin(), said.end());
  misses_command_ = config_.habits.loses_first_command;
}

bool HayesModem::has_carrier() const {
  const auto* thinking = std::get_if<Thinking>(&state_);
  return online() || std::holds_alternative<OnlineCommand>(state_) ||
         (thinking != nullptr && thinking->carrier);
}

/// Since when a call is being set up, if one is.
std::optional<Instant> HayesModem::calling_since() const {
  if (const auto* calling = std::get_if<Calling>(&state_)) return calling->since;
  if (const auto* answering = std::get_if<Answering>(&state_)) return answering->since;
  return std::nullopt;
}

Instant HayesModem::command_due() const {
  return match(
      state_, [](const Idle&) { return kNever; },
      [](const Thinking& thinking) { return thinking.due; },
      [](const Calling& calling) { return calling.until; },
      [](const Answering& answering) { return answering.until; },
      [](const Online& data) { return data.escape_at; },
      [](const OnlineCommand&) { return kNever; });
}

HayesModem::Actions HayesModem::on_octets(ByteView octets, Instant now, Bytes& reply) {
  REDIAL_ASSERT(!online());
  if (octets.empty()) return {};
  if (const auto since = calling_since()) {
    if (now < *since + kTypingSlack) return {};
    // V.250 6.3.1: any octet abandons the attempt, and is not a command itself.
    say(Result::NoCarrier, reply);
    return hang_up();
  }
  for (size_t at = 0; at < octets.size(); ++at) {
    if (std::holds_alternative<Thinking>(state_)) {
      const size_t kept = std::min(octets.size() - at, kBacklogMax - backlog_.size());
      const ByteView rest = octets.subspan(at, kept);
      backlog_.insert(backlog_.end(), rest.begin(), rest.end());
      return {};
    }
    on_command_octet(octets[at], now, reply);
  }
  return {};
}

void HayesModem::echo(uint8_t octet, Bytes& reply) const {
  switch (config_.habits.echo) {
    case Habits::Echo::AsSet:
      if (profile_.echo) reply.push_back(octet);
      return;
    case Habits::Echo::Always: reply.push_back(octet); return;
    case Habits::Echo::Garbled: reply.push_back(octet ^ 0x90); return;
  }
}

void HayesModem::on_command_octet(uint8_t octet, Instant now, Bytes& reply) {
  if (misses_command_) {
    misses_command_ = octet != profile_.s[3];
    return;
  }
  echo(octet, reply);
  const char letter = upper(octet);
  if (prefix_ == 0 || (prefix_ == 1 && letter == 'A')) {
    prefix_ = letter == 'A' ? 1 : 0;
    return;
  }
  if (prefix_ == 1) {
    prefix_ = letter == 'T' ? 2 : 0;
    if (letter == '/') return on_line_complete(now);  // the line before, at once
    if (letter == 'T') line_.clear();
    line_too_long_ = false;
    return;
  }
  if (octet == profile_.s[3]) return on_line_complete(now);
  if (octet == profile_.s[5]) {
    if (!line_.empty()) line_.pop_back();
    return;
  }
  if ((octet & 0x7f) < ' ') return;  // V.250 5.2.2: other control characters are ignored
  if (line_.size() < kLineMax) {
    line_.push_back(static_cast<char>(octet & 0x7f));
  } else {
    line_too_long_ = true;
  }
}

void HayesModem::on_line_complete(Instant now) {
  prefix_ = 0;
  const Duration takes = config_.command_time + config_.habits.slower_by;
  state_ = Thinking{now, now + takes, has_carrier()};
}

void HayesModem::on_data(ByteView octets, Instant now) {
  auto* data = std::get_if<Online>(&state_);
  REDIAL_ASSERT(data != nullptr);
  const bool after_guard = now - data->quiet_since >= guard_time();
  data->quiet_since = now;
  data->escape_at = kNever;
  // A pause between the three begins anew, as does anything else among them.
  if (after_guard) data->escapes = 0;
  const bool may_be = after_guard || data->escapes > 0;
  const bool escape = profile_.s[2] <= 127 && may_be &&
                      octets.size() <= static_cast<size_t>(kEscapes - data->escapes) &&
                      std::ranges::all_of(octets, [&](uint8_t o) { return o == profile_.s[2]; });
  data->escapes = escape ? static_cast<uint8_t>(data->escapes + octets.size()) : uint8_t{0};
  if (data->escapes == kEscapes) data->escape_at = now + guard_time();
}

HayesModem::Actions HayesModem::on_dtr(bool on, Bytes& reply) {
  const bool falls = dtr_ && !on;
  dtr_ = on;
  if (!falls || !heeds_dtr()) return {};
  if (profile_.dtr == 1) {
    if (!online()) return {};
    state_ = OnlineCommand{};
    say(Result::Ok, reply);
    return {};
  }
  // &D2: modems differ in what they say. NO CARRIER for a call, nothing without, is the commonest.
  if (has_carrier() || calling_since()) say(Result::NoCarrier, reply);
  const bool resets = profile_.dtr == 3;
  if (resets) profile_ = factory();
  prefix_ = 0;
  backlog_.clear();
  Actions actions = hang_up();
  if (resets) after_reset(reply);
  return actions;
}

HayesModem::Actions HayesModem::on_deadline(Instant now, Bytes& reply) {
  if (now < due()) return {};
  if (online()) {
    state_ = OnlineCommand{};
    say(Result::Ok, reply);
    return {};
  }
  if (calling_since()) return on_call_timeout(now, reply);

  const Thinking line = std::get<Thinking>(state_);
  if (line.carrier) {
    state_ = OnlineCommand{};
  } else {
    state_ = Idle{};
  }
  Actions actions = execute(line, now, reply);
  const Bytes typed_ahead = std::exchange(backlog_, {});
  if (!online() && !calling_since()) actions.append(on_octets(typed_ahead, now, reply));
  return actions;
}

HayesModem::Actions HayesModem::on_call_timeout(Instant now, Bytes& reply) {
  const auto* calling = std::get_if<Calling>(&state_);
  // V.250 6.3.1, table: NO ANSWER belongs to '@'; some modems give it whenever it rang in vain.
  const bool no_answer =
      calling != nullptr &&
      (calling->wants_quiet_answer || (config_.reports_no_answer && calling->heard_ringback));
  return fail_call(no_answer ? Result::NoAnswer : Result::NoCarrier, now, reply);
}

HayesModem::Actions HayesModem::on_ring(Instant now, Bytes& reply) {
  if (has_carrier() || calling_since()) return {};
  ++rings_;
  say(Result::Ring, reply);
  const bool may_answer = dtr_ || !heeds_dtr();  // V.250: no automatic answer without DTR
  const bool due = profile_.s[0] > 0 && rings_ >= profile_.s[0];
  if (!due || !may_answer || !std::holds_alternative<Idle>(state_)) return {};
  return answer(now, now);
}

HayesModem::Actions HayesModem::on_tone(Tone tone, Instant now, Bytes& reply) {
  auto* calling = std::get_if<Calling>(&state_);
  if (calling == nullptr) return {};
  const bool hears_busy = profile_.x >= 3;
  switch (tone) {
    case Tone::NoDialtone:
      if (calling->wants_dialtone) return fail_call(Result::NoDialtone, now, reply);
      break;
    case Tone::Busy:
    case Tone::Reorder:  // The same tone, only faster; modems do not tell them apart.
      if (hears_busy) return fail_call(Result::Busy, now, reply);
      break;
    case Tone::Voice:
      if (hears_busy && config_.reports_voice) return fail_call(Result::Voice, now, reply);
      break;
    case Tone::Ringback: calling->heard_ringback = true; break;
    case Tone::Silence: break;
  }
  return {};
}

void HayesModem::on_carrier(uint32_t rate_bps, Instant now, Bytes& reply) {
  REDIAL_ASSERT(calling_since().has_value());
  if (std::holds_alternative<Calling>(state_)) remember_call(/*failed=*/false, now);
  rate_bps_ = rate_bps;
  rings_ = 0;
  state_ = Online{.quiet_since = now};
  say_connect(reply);
}

void HayesModem::become_cable(Instant now) {
  profile_.s[2] = 255;
  profile_.dtr = 0;
  state_ = Online{.quiet_since = now};
}

void HayesModem::fall_into_command_state() {
  REDIAL_ASSERT(online());
  state_ = OnlineCommand{};
}

void HayesModem::on_carrier_lost(Bytes& reply, bool told) {
  if (!has_carrier()) return;
  off_hook_ = false;
  if (auto* thinking = std::get_if<Thinking>(&state_)) {
    thinking->carrier = false;
  } else {
    state_ = Idle{};
  }
  dcd_stuck_ = config_.habits.dcd_sticks || !told;
  if (told && !config_.habits.loses_silently) say(Result::NoCarrier, reply);
}

/// On hook, in command state, whatever was going on.
HayesModem::Actions HayesModem::hang_up() {
  const bool holds_line = has_carrier() || calling_since() || off_hook_;
  dcd_stuck_ = false;
  state_ = Idle{};
  off_hook_ = false;
  held_digits_.clear();
  if (!holds_line) return {};
  return {ReleaseLine{}};
}

HayesModem::Actions HayesModem::fail_call(Result result, Instant now, Bytes& reply) {
  if (std::holds_alternative<Calling>(state_)) remember_call(/*failed=*/true, now);
  say(result, reply);
  return hang_up();
}

}  // namespace redial::lab
