// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "lab/hayes.h"
#include "lab/hayes_results.h"

namespace redial::lab {

namespace {

constexpr size_t kFailuresMax = 16;
constexpr Duration kBlacklistTime = 2h;
constexpr Duration kDialtoneTime = 300ms;  // to recognise it
constexpr uint32_t kValueMax = 1'000'000;  // larger ones mean the same: too large

/// Numeric codes of CONNECT by rate; what is not here is a plain 1.
struct RateCode {
  uint32_t rate_bps;
  unsigned code;
};
constexpr RateCode kRateCodes[] = {
    {1200, 5},   {600, 9},    {2400, 10},  {4800, 11},  {9600, 12},   {7200, 13},  {12000, 14},
    {14400, 15}, {19200, 16}, {38400, 17}, {57600, 18}, {115200, 19}, {16800, 59}, {21600, 61},
    {24000, 62}, {26400, 63}, {28800, 64}, {33600, 84}, {31200, 91},
};

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'A' && c <= 'Z'; }
bool is_dialled(char c) { return is_digit(c) || c == '*' || c == '#' || (c >= 'A' && c <= 'D'); }

void skip_blanks(std::string_view& rest) {
  while (!rest.empty() && rest.front() == ' ') rest.remove_prefix(1);
}

std::optional<uint32_t> take_number(std::string_view& rest) {
  if (rest.empty() || !is_digit(rest.front())) return std::nullopt;
  uint32_t value = 0;
  while (!rest.empty() && is_digit(rest.front())) {
    value = std::min(kValueMax, value * 10 + static_cast<uint32_t>(rest.front() - '0'));
    rest.remove_prefix(1);
  }
  return value;
}

}  // namespace

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_dialled(upper(c))) digits.push_back(upper(c));
  }
  return digits;
}

struct HayesModem::Command {
  enum class Kind : uint8_t { End, Malformed, Plain, Set, Ask };
  Kind kind = Kind::End;
  char prefix = 0;      // one of kPrefixes, or 0
  char letter = 0;      // 0: a bare "=n" or "?"
  uint32_t number = 0;  // behind the letter; a missing one is 0 (V.250 5.3.1)
  bool numbered = false;
  uint32_t value = 0;             // of Set
  std::optional<uint32_t> bit{};  // "S13.4=1" of some vendors: one bit of the register

  static constexpr std::string_view kPrefixes = "&%\\-*#\"):@~^$_";
  static Command next(std::string_view& rest);
};

HayesModem::Command HayesModem::Command::next(std::string_view& rest) {
  using enum Kind;
  Command command;
  while (!rest.empty() && (rest.front() == ' ' || rest.front() == ';')) rest.remove_prefix(1);
  if (rest.empty()) return command;
  if (rest.front() == '+') {  // V.250 5.4: extended syntax, up to a semicolon
    command.kind = Plain;
    command.letter = '+';
    rest.remove_prefix(std::min(rest.find(';'), rest.size()));
    return command;
  }
  command.kind = Malformed;
  if (kPrefixes.find(rest.front()) != std::string_view::npos) {
    command.prefix = rest.front();
    rest.remove_prefix(1);
  }
  const bool bare = command.prefix == 0 && (rest.front() == '=' || rest.front() == '?');
  if (!bare) {
    if (rest.empty() || !is_letter(upper(rest.front()))) return command;
    command.letter = upper(rest.front());
    rest.remove_prefix(1);
    if (command.prefix == 0 && command.letter == 'D') {  // the rest is a dial string
      command.kind = Plain;
      return command;
    }
    const bool word = command.prefix == '#' || command.prefix == '-';  // "#CID=1", "-SDR=0"
    while (word && !rest.empty() && is_letter(upper(rest.front()))) rest.remove_prefix(1);
    skip_blanks(rest);
    const auto number = take_number(rest);
    command.numbered = number.has_value();
    command.number = number.value_or(0);
    if (command.prefix == 0 && command.letter == 'S' && rest.starts_with('.')) {
      rest.remove_prefix(1);
      command.bit = take_number(rest).value_or(8);
    }
    skip_blanks(rest);
  }
  command.kind = Plain;
  if (rest.empty() || (rest.front() != '=' && rest.front() != '?')) return command;
  command.kind = rest.front() == '=' ? Set : Ask;
  rest.remove_prefix(1);
  skip_blanks(rest);
  if (command.kind == Set) command.value = take_number(rest).value_or(0);
  return command;
}

HayesModem::Actions HayesModem::execute(const Thinking& line, Instant now, Bytes& reply) {
  Actions actions;
  std::string_view rest = line_;
  if (confused_) confused_ = !gives_settings();
  auto result = line_too_long_ || confused_ ? Result::Error : Result::Ok;
  bool reset = false;
  while (result == Result::Ok) {
    const Command command = Command::next(rest);
    if (command.kind == Command::Kind::End) break;
    if (command.kind == Command::Kind::Malformed) {
      result = Result::Error;
      break;
    }
    const char plain = command.prefix == 0 ? command.letter : char{0};
    if (plain == 'D' || plain == 'A') {
      if (has_carrier()) {
        result = Result::Error;
        break;
      }
      actions.append(plain == 'D' ? dial(rest, line, now, reply) : answer(line.typed_at, now));
      return actions;
    }
    if (plain == 'O' && command.number <= 3) {
      actions.append(go_online_again(now, reply));
      return actions;
    }
    if (plain == 'Z' || (plain == 'H' && command.number == 0)) {
      Actions released = hang_up();
      if (!released.empty()) actions = std::move(released);  // Whatever an H1 before it did.
      if (plain == 'H') continue;
      profile_ = factory();  // V.250 6.1.1: what follows a Z is lost
      reset = true;
      break;
    }
    if (plain == 'H' && command.number == 1) {
      if (!has_carrier() && !std::exchange(off_hook_, true)) actions.push(SeizeLine{});
      continue;
    }
    reset = reset || (command.prefix == '&' && command.letter == 'F');
    result = configure(command, reply).value_or(Result::Ok);
  }
  say(result, reply);
  if (reset) after_reset(reply);
  return actions;
}

/// Something is set by this line: a bare AT, dialling and hook commands do not.
bool HayesModem::gives_settings() const {
  return !line_.empty() &&
         std::string_view("ADHIO").find(upper(line_.front())) == std::string::npos;
}

/// Settings; nullopt: done. Letters that vendors use and we have no need of are accepted.
std::optional<HayesModem::Result> HayesModem::configure(const Command& command, Bytes& reply) {
  if (command.prefix == '&') return configure_ampersand(command);
  if (command.prefix != 0) return std::nullopt;
  const uint32_t n = command.number;
  const auto limited = [n](uint32_t most, auto set) -> std::optional<Result> {
    if (n > most) return Result::Error;
    set(n);
    return std::nullopt;
  };
  switch (command.letter) {
    case 0:
    case 'S': return on_register(command, reply);
    case 'E': return limited(1, [this](uint32_t v) { profile_.echo = v == 1; });
    case 'V': return limited(1, [this](uint32_t v) { profile_.verbose = v == 1; });
    case 'Q':  // Q2 of some vendors: results for outgoing calls only.
      return limited(2, [this](uint32_t v) { profile_.quiet = v == 1; });
    case 'X':  // X5..X7 of some vendors: X4 and more words.
      return limited(7, [this](uint32_t v) { profile_.x = static_cast<uint8_t>(v); });
    case 'I': return limited(9, [&](uint32_t) { say_info(config_.product, reply); });
    case 'H':
    case 'O': return Result::Error;  // What is left of them is out of range.
  }
  return std::nullopt;
}

std::optional<HayesModem::Result> HayesModem::configure_ampersand(const Command& command) {
  switch (command.letter) {
    case 'C':
      if (command.number > 1) return Result::Error;
      profile_.dcd_follows_carrier = command.number == 1;
      return std::nullopt;
    case 'D':
      if (command.number > 3) return Result::Error;
      profile_.dtr = static_cast<uint8_t>(command.number);
      return std::nullopt;
    case 'F': profile_ = factory(); return std::nullopt;
  }
  return std::nullopt;
}

std::optional<HayesModem::Result> HayesModem::on_register(const Command& command, Bytes& reply) {
  if (command.letter == 'S') {
    if (command.number > 255 || command.bit.value_or(0) > 7) return Result::Error;
    if (!command.numbered && command.kind == Command::Kind::Plain) return Result::Error;
    register_ = static_cast<uint8_t>(command.number);
  }
  const bool kept = register_ < profile_.s.size();
  if (command.kind == Command::Kind::Set) {
    if (command.value > (command.bit ? 1u : 255u)) return Result::Error;
    const uint32_t mask = command.bit ? 1u << *command.bit : 255u;
    const uint32_t set = command.bit ? command.value * mask : command.value;
    if (kept) profile_.s[register_] = static_cast<uint8_t>((profile_.s[register_] & ~mask) | set);
  }
  if (command.kind == Command::Kind::Ask) {
    const unsigned value =
        register_ == 1 ? std::min(rings_, 255u) : (kept ? profile_.s[register_] : 0u);
    say_info(fmt::format("{:03}", value), reply);
  }
  return std::nullopt;
}

Duration HayesModem::dialling_time(std::string_view text) const {
  const bool waits_for_tone = profile_.x == 2 || profile_.x >= 4;
  Duration sum = waits_for_tone ? kDialtoneTime : 1s * profile_.s[6];
  bool pulse = false;
  for (const char typed : text) {
    const char c = upper(typed);
    if (c == 'P' || c == 'T') pulse = c == 'P';
    if (c == ',') sum += 1s * profile_.s[8];
    if (c == 'W') sum += kDialtoneTime;
    if (!is_dialled(c)) continue;
    const int pulses = is_digit(c) && c != '0' ? c - '0' : 10;
    sum += pulse ? 100ms * pulses + 800ms : 2ms * profile_.s[11];
  }
  return sum;
}

HayesModem::Actions HayesModem::dial(std::string_view text, const Thinking& line, Instant now,
                                     Bytes& reply) {
  ++dials_;
  const auto end = text.find(';');
  const bool goes_on = end != std::string_view::npos;
  text = text.substr(0, end);
  skip_blanks(text);
  const bool again =
      !goes_on && held_digits_.empty() && (text.empty() || upper(text.front()) == 'L');
  const std::string before = last_dialled_;
  if (again) text = before;
  const std::string digits = held_digits_ + digits_of(text);
  last_dialled_ = digits;
  if (goes_on) {
    held_digits_ = digits;
    say(Result::Ok, reply);
    if (std::exchange(off_hook_, true)) return {};
    return {SeizeLine{}};
  }
  held_digits_.clear();
  if (const Result refused = refusal(digits, now); refused != Result::Ok) {
    say(refused, reply);
    return hang_up();
  }
  const bool wants_dialtone =
      profile_.x == 2 || profile_.x >= 4 || text.find_first_of("Ww") != std::string_view::npos;
  const bool wants_quiet_answer = text.find('@') != std::string_view::npos;
  const Duration takes = dialling_time(text);
  state_ = Calling{.since = line.typed_at,
                   .until = now + takes + carrier_wait(),
                   .wants_dialtone = wants_dialtone,
                   .wants_quiet_answer = wants_quiet_answer,
                   .heard_ringback = false};
  return {DialDigits{digits, takes}};
}

HayesModem::Actions HayesModem::answer(Instant since, Instant now) {
  state_ = Answering{since, now + carrier_wait()};
  return {AnswerLine{}};
}

HayesModem::Actions HayesModem::go_online_again(Instant now, Bytes& reply) {
  if (!has_carrier()) {
    say(Result::NoCarrier, reply);
    return {};
  }
  state_ = Online{.quiet_since = now};
  say_connect(reply);
  return {};
}

HayesModem::Result HayesModem::refusal(const std::string& digits, Instant now) const {
  const Habits& habits = config_.habits;
  for (const Failures& failed : failures_) {
    if (failed.number != digits) continue;
    const bool full = habits.blacklist_after > 0 && failed.count >= habits.blacklist_after;
    if (full && now < failed.last + kBlacklistTime) return Result::Blacklisted;
    if (now < failed.last + habits.redial_delay) return Result::Delayed;
  }
  return Result::Ok;
}

void HayesModem::remember_call(bool failed, Instant now) {
  if (config_.habits.blacklist_after == 0 && config_.habits.redial_delay == 0s) return;
  const auto known = std::ranges::find(failures_, last_dialled_, &Failures::number);
  Failures entry{last_dialled_, 0, now};
  if (known != failures_.end()) {
    if (now < known->last + kBlacklistTime) entry.count = known->count;
    failures_.erase(known);
  }
  if (!failed) return;
  ++entry.count;
  if (failures_.size() == kFailuresMax) failures_.erase(failures_.begin());
  failures_.push_back(std::move(entry));
}

void HayesModem::say(Result result, Bytes& reply) const {
  switch (result) {
    case Result::Ok: return say_code("OK", 0, reply);
    case Result::Ring: return say_code("RING", 2, reply);
    case Result::NoCarrier: return say_code("NO CARRIER", 3, reply);
    case Result::Error: return say_code("ERROR", 4, reply);
    case Result::NoDialtone: return say_code(config_.no_dialtone_text, 6, reply);
    case Result::Busy: return say_code("BUSY", 7, reply);
    case Result::NoAnswer: return say_code("NO ANSWER", 8, reply);
    case Result::Voice:  // No number that vendors agree on: the call failed.
      return say_code("VOICE", 3, reply);
    case Result::Delayed: return say_code("DELAYED", 24, reply);
    case Result::Blacklisted: return say_code("BLACKLISTED", 32, reply);
  }
}

void HayesModem::say_connect(Bytes& reply) const {
  if (profile_.x == 0) return say_code("CONNECT", 1, reply);
  const auto* found = std::ranges::find(kRateCodes, rate_bps_, &RateCode::rate_bps);
  const unsigned code = found == std::end(kRateCodes) ? 1 : found->code;
  say_code(fmt::format("CONNECT {}{}", rate_bps_, config_.connect_suffix), code, reply);
}

/// V.250 5.7.1: S3 S4 text S3 S4 verbose, number S3 numeric.
void HayesModem::say_code(std::string_view text, unsigned code, Bytes& reply) const {
  if (profile_.quiet) return;
  const bool verbose = profile_.verbose && !config_.habits.numeric_codes;
  if (config_.habits.other_words) text = "FINE";
  const uint8_t line_end[] = {profile_.s[3], profile_.s[4]};
  const std::string number = std::to_string(code);
  const ByteView said = as_bytes(verbose ? text : std::string_view(number));
  if (verbose) reply.insert(reply.end(), line_end, line_end + 2);
  reply.insert(reply.end(), said.begin(), said.end());
  reply.insert(reply.end(), line_end, line_end + (verbose ? 2 : 1));
}

/// V.250 5.7.1: information text ends with S3 S4 in both forms.
void HayesModem::say_info(std::string_view text, Bytes& reply) const {
  const uint8_t line_end[] = {profile_.s[3], profile_.s[4]};
  const ByteView said = as_bytes(text);
  if (profile_.verbose) reply.insert(reply.end(), line_end, line_end + 2);
  reply.insert(reply.end(), said.begin(), said.end());
  reply.insert(reply.end(), line_end, line_end + 2);
}

}  // namespace redial::lab
