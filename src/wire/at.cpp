// SPDX-License-Identifier: Apache-2.0
#include "wire/at.h"

#include <algorithm>
#include <cstring>

namespace redial::wire {
namespace {

enum class Fits : uint8_t {
  Whole,  // the line is exactly the word
  Opens,  // the word, then the end of the line or anything that continues no word
};

struct Word {
  std::string_view text;
  Fits fits;
  ResultCode code;
};

// clang-format off
constexpr std::array<Word, 20> kWords = {{
    {"OK",           Fits::Whole, ResultCode::Ok},
    {"CONNECT",      Fits::Opens, ResultCode::Connect},      // V.250: CONNECT <text>
    {"RING",         Fits::Opens, ResultCode::Ring},         // RING 1: distinctive
    {"+CRING:",      Fits::Opens, ResultCode::Ring},         // 3GPP TS 27.007
    {"NO CARRIER",   Fits::Whole, ResultCode::NoCarrier},
    {"ERROR",        Fits::Whole, ResultCode::Error},
    {"+CME ERROR:",  Fits::Opens, ResultCode::Error},
    {"+CMS ERROR:",  Fits::Opens, ResultCode::Error},
    {"NO DIALTONE",  Fits::Whole, ResultCode::NoDialtone},
    {"NO DIAL TONE", Fits::Whole, ResultCode::NoDialtone},
    {"BUSY",         Fits::Whole, ResultCode::Busy},
    {"NO ANSWER",    Fits::Whole, ResultCode::NoAnswer},
    {"DELAYED",      Fits::Opens, ResultCode::Delayed},      // DELAYED 00:02:00
    {"BLACKLISTED",  Fits::Opens, ResultCode::Blacklisted},
    {"BLACK LISTED", Fits::Opens, ResultCode::Blacklisted},
    {"VOICE",        Fits::Whole, ResultCode::Voice},
    {"FAX",          Fits::Whole, ResultCode::Fax},
    {"DATA",         Fits::Whole, ResultCode::Data},
    {"RINGING",      Fits::Whole, ResultCode::Ringing},
    {"RINGBACK",     Fits::Whole, ResultCode::Ringing},
}};

struct Digits {
  std::string_view text;
  ResultCode code;
  uint32_t rate_bps;
};

// V.250 table 1, and the two of the 2400 bps modems on which makers agree. Others are the
// description's to know: "15" is 14400 to one maker and 28800 to another.
constexpr std::array<Digits, 10> kDigits = {{
    {"0",  ResultCode::Ok,         0},
    {"1",  ResultCode::Connect,    0},
    {"2",  ResultCode::Ring,       0},
    {"3",  ResultCode::NoCarrier,  0},
    {"4",  ResultCode::Error,      0},
    {"5",  ResultCode::Connect,    1200},
    {"6",  ResultCode::NoDialtone, 0},
    {"7",  ResultCode::Busy,       0},
    {"8",  ResultCode::NoAnswer,   0},
    {"10", ResultCode::Connect,    2400},
}};

constexpr std::array<std::string_view, 6> kErrorControl = {"ARQ", "LAPM", "MNP", "REL", "V42", "ALT"};
// clang-format on

constexpr char upper(char c) { return 'a' <= c && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
constexpr bool is_letter(char c) { return 'A' <= upper(c) && upper(c) <= 'Z'; }
constexpr bool is_skipped(char c) {
  return c == '\r' || c == '\n' || c == '\0' || c == '\x11' || c == '\x13';
}

/// Most lines are ruled out by their first octet.
constexpr bool begins_a_word(char first) {
  constexpr uint64_t kFirsts = [] {
    uint64_t firsts = 0;
    for (const Word& word : kWords) firsts |= uint64_t{1} << (word.text.front() - ' ');
    return firsts;
  }();
  return first >= ' ' && first < '`' && (kFirsts >> (first - ' ') & 1) != 0;
}

bool begins(std::string_view text, std::string_view word) {
  return text.size() >= word.size() &&
         std::ranges::equal(text.substr(0, word.size()), word,
                            [](char a, char b) { return upper(a) == b; });
}

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
  while (!line.empty() && line.back() == ' ') line.remove_suffix(1);
  return line;
}

bool fits(std::string_view line, const Word& word) {
  if (!begins(line, word.text)) return false;
  if (line.size() == word.text.size()) return true;
  return word.fits == Fits::Opens &&
         (word.text.back() == ':' || !is_letter(line[word.text.size()]));
}

/// "CONNECT 1200TX/75RX": 1200. What overflows is no rate.
std::optional<uint32_t> first_number(std::string_view text) {
  const auto begin = std::ranges::find_if(text, is_digit);
  uint64_t number = 0;
  for (auto at = begin; at != text.end() && is_digit(*at); ++at) {
    number = number * 10 + static_cast<uint64_t>(*at - '0');
    if (number > 0xffffffff) return std::nullopt;
  }
  if (number == 0) return std::nullopt;
  return static_cast<uint32_t>(number);
}

bool names_error_control(std::string_view text) {
  for (size_t at = 0; at < text.size(); ++at) {
    for (const std::string_view word : kErrorControl)
      if (begins(text.substr(at), word)) return true;
  }
  return false;
}

}  // namespace

bool is_numeric(std::string_view line) {
  return !line.empty() && line.size() <= 3 && std::ranges::all_of(line, is_digit);
}

std::optional<Result> classify(std::string_view line) {
  line = trimmed(line);
  for (const Digits& each : kDigits) {
    if (line != each.text) continue;
    Result result{.code = each.code, .rate_bps = std::nullopt, .error_control = false};
    if (each.rate_bps > 0) result.rate_bps = each.rate_bps;
    return result;
  }
  for (const Word& word : kWords) {
    if (!fits(line, word)) continue;
    Result result{.code = word.code, .rate_bps = std::nullopt, .error_control = false};
    if (word.code == ResultCode::Connect) {
      const std::string_view rest = line.substr(word.text.size());
      result.rate_bps = first_number(rest);
      result.error_control = names_error_control(rest);
    }
    return result;
  }
  return std::nullopt;
}

bool may_become_result(std::string_view begun) {
  begun = trimmed(begun);
  if (begun.empty() || is_numeric(begun)) return true;
  const char first = upper(begun.front());
  if (!begins_a_word(first)) return false;
  return std::ranges::any_of(kWords, [&](const Word& word) {
    if (word.text.front() != first) return false;
    if (begun.size() < word.text.size()) return begins(begun, word.text.substr(0, begun.size()));
    return fits(begun, word);
  });
}

std::string_view name(ResultCode code) {
  const auto found = std::ranges::find(kWords, code, &Word::code);
  return found == kWords.end() ? std::string_view("?") : found->text;
}

AtReader::Took AtReader::take(uint8_t octet) {
  const char c = static_cast<char>(octet);
  if (over_) return Took::Nothing;
  if (at_cr_ && c != '\n') return Took::Nothing;
  if (text_end_ == line_at_ && is_skipped(c)) {
    // Between lines; after a kept line it belongs to the answer of several lines.
    if (has_kept() && size_ < octets_.size() - kLineMax - 4) {
      octets_[size_++] = c;
      line_at_ = text_end_ = size_;
    }
    return Took::Octet;
  }
  if (c == '\r' || c == '\n') {
    octets_[size_++] = c;
    at_cr_ = c == '\r';
    over_ = c == '\n';
    return over_ ? Took::LineEnd : Took::Octet;
  }
  if (static_cast<size_t>(text_end_ - line_at_) >= kLineMax) {
    truncated_ = true;
    return Took::Octet;
  }
  octets_[size_++] = c;
  text_end_ = size_;
  return Took::Octet;
}

void AtReader::next_line() {
  size_ = line_at_ = text_end_ = 0;
  at_cr_ = over_ = truncated_ = false;
}

bool AtReader::keep_line() {
  // What is kept must leave room for a line of full length and its end.
  if (truncated_ || size_ + kLineMax + 4 > octets_.size()) {
    next_line();
    return false;
  }
  line_at_ = text_end_ = size_;
  at_cr_ = over_ = false;
  return true;
}

void AtReader::forget_kept() { skip(0); }

void AtReader::skip(size_t octets) {
  const size_t from = line_at_ + std::min<size_t>(octets, text_end_ - line_at_);
  std::memmove(octets_.data(), octets_.data() + from, size_ - from);
  text_end_ = static_cast<uint16_t>(text_end_ - from);
  size_ = static_cast<uint16_t>(size_ - from);
  line_at_ = 0;
}

}  // namespace redial::wire
