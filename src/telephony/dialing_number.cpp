// SPDX-License-Identifier: Apache-2.0
#include "telephony/dialing_number.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/bytes.h"
#include "telephony/dialing_countries.h"

namespace redial::telephony {
namespace {

constexpr std::string_view kExample = "+1 (425) 555-0100";
constexpr std::string_view kFormatting = " -./";

using Parsed = Result<CanonicalNumber, NumberProblem>;

constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
constexpr bool in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

auto problem(size_t at, std::string text) {
  return tl::make_unexpected(NumberProblem{at + 1, std::move(text)});
}

auto stray(size_t at, char c, std::string_view place) {
  return problem(at, fmt::format("\"{}\" does not belong into {}; it is not dialled; write digits, "
                                 "as in {}, and dialling codes into the location",
                                 to_visible(as_bytes({&c, 1})), place, kExample));
}

/// The number proper, and what is dialled behind it; `at`: where the text begins, for messages.
std::optional<NumberProblem> take_number(std::string_view text, size_t at, CanonicalNumber& made) {
  constexpr std::string_view kBehind = "0123456789ABCDabcd*#,Ww@$!";
  const size_t end = std::min(text.find_first_of(",Ww@$!"), text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool behind = i >= end;
    if (in(kFormatting, c)) continue;
    if (behind ? !in(kBehind, c) : !is_digit(c)) {
      return stray(at + i, c, "a number that the dialling rules apply to").value();
    }
    (behind ? made.extension : made.number) += c;
  }
  made.written = text.substr(0, end);
  while (made.written.ends_with(' ')) made.written.pop_back();
  return std::nullopt;
}

/// Reads a canonical address from left to right; `at_` is where it is.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Parsed read() {
    if (auto wrong = read_country()) return tl::make_unexpected(*std::move(wrong));
    if (auto wrong = read_area()) return tl::make_unexpected(*std::move(wrong));
    if (auto wrong = read_number()) return tl::make_unexpected(*std::move(wrong));
    return std::move(made_);
  }

 private:
  using Wrong = std::optional<NumberProblem>;
  static Wrong wrong(tl::unexpected<NumberProblem> what) { return std::move(what.value()); }

  bool more() const { return at_ < text_.size(); }
  void skip_blanks() {
    while (more() && text_[at_] == ' ') ++at_;
  }

  Wrong read_country() {
    ++at_;  // the plus
    skip_blanks();
    const size_t begin = at_;
    while (more() && is_digit(text_[at_])) ++at_;
    const std::string_view run = text_.substr(begin, at_ - begin);
    if (run.empty()) {
      return wrong(problem(begin, fmt::format("no country code after +; it is not dialled; write "
                                              "one, as in {}",
                                              kExample)));
    }
    // One run of digits, as E.164 has it: the code is the one that it begins with.
    constexpr size_t kCodeMax = 3;
    if (run.size() > kCodeMax) {
      const Country* country = country_at_front(run);
      if (country == nullptr) {
        return wrong(problem(begin, fmt::format("no country code begins +{}; it is not dialled; "
                                                "write a blank behind the code, as in {}",
                                                run.substr(0, kCodeMax), kExample)));
      }
      made_.country_code = country->code;
      at_ = begin + fmt::formatted_size("{}", country->code);
      return std::nullopt;
    }
    for (const char c : run) made_.country_code = made_.country_code * 10 + uint32_t(c - '0');
    if (run.front() != '0') return std::nullopt;
    return wrong(problem(begin, fmt::format("a country code does not begin with 0; it is not "
                                            "dialled; leave prefixes out, as in {}",
                                            kExample)));
  }

  Wrong read_area() {
    while (more() && in(kFormatting, text_[at_])) ++at_;
    if (!more() || text_[at_] != '(') return std::nullopt;
    const size_t open = at_++, close = text_.find(')', open);
    if (close == std::string_view::npos) {
      return wrong(problem(open, fmt::format("the parenthesis of the area code is not closed; it "
                                             "is not dialled; write {}",
                                             kExample)));
    }
    for (; at_ < close; ++at_) {
      if (text_[at_] == ' ') continue;
      if (!is_digit(text_[at_])) return wrong(stray(at_, text_[at_], "an area code"));
      made_.area_code += text_[at_];
    }
    ++at_;
    skip_blanks();
    return std::nullopt;
  }

  Wrong read_number() {
    const size_t end = std::min(text_.find_first_of("|^\r", at_), text_.size());
    if (auto bad = take_number(text_.substr(at_, end - at_), at_, made_)) return bad;
    // What follows is told, and not dialled: sub-address, name, the next address.
    std::string_view rest = text_.substr(end);
    const size_t line_end = rest.find("\r\n");
    made_.more = line_end != std::string_view::npos && line_end + 2 < rest.size();
    rest = rest.substr(0, line_end);
    if (rest.starts_with('|')) made_.subaddress = rest.substr(1, rest.find('^') - 1);
    return std::nullopt;
  }

  std::string_view text_;
  size_t at_ = 0;
  CanonicalNumber made_;
};

/// "+44 (020) ..." is what people read on a letterhead; from abroad the 0 reaches nobody.
std::optional<std::string> zero_problem(uint32_t country_code, std::string_view digits) {
  const Country* country = country_of(country_code);
  if (country == nullptr || !digits.starts_with('0')) return std::nullopt;
  if (!prefix_of(country->long_distance).starts_with('0')) return std::nullopt;
  return fmt::format(
      "the 0 that {} begins with is the prefix for long distance in {}, which the "
      "dialling rules add where it is needed",
      digits, country_text(country_code));
}

/// What no single part can say.
std::optional<NumberProblem> whole_problem(const CanonicalNumber& made) {
  const auto say = [](std::string text) { return NumberProblem{1, std::move(text)}; };
  if (made.number.empty()) {
    return say(
        fmt::format("no digits where the number is to be; it is not dialled; write {}", kExample));
  }
  const size_t digits =
      fmt::formatted_size("{}", made.country_code) + made.area_code.size() + made.number.size();
  if (digits > kE164DigitsMax) {
    return say(
        fmt::format("{} digits, and no telephone number has more than {}; it is not "
                    "dialled; shorten it",
                    digits, kE164DigitsMax));
  }
  if (made.country_code == kNorthAmerica) {
    const size_t area = made.area_code.size(), number = made.number.size();
    const bool fits = number == kNanpNumber && (area == 0 || area == kNanpArea);
    if (!fits) {
      return say(
          fmt::format("a number of +1 has an area code of three digits and seven more, not "
                      "{} and {}; it is not dialled; write {}",
                      area, number, kExample));
    }
  }
  const std::string& first = made.area_code.empty() ? made.number : made.area_code;
  if (const auto zero = zero_problem(made.country_code, first)) {
    return say(*zero + "; it is not dialled; leave it out");
  }
  return std::nullopt;
}

Parsed checked(CanonicalNumber made) {
  // North America alone has area codes of one length, so that they need no parentheses.
  if (made.country_code == kNorthAmerica && made.area_code.empty() &&
      made.number.size() == kNanpArea + kNanpNumber) {
    made.area_code = made.number.substr(0, kNanpArea);
    made.number.erase(0, kNanpArea);
    made.written = made.number;
  }
  if (auto wrong = whole_problem(made)) return tl::make_unexpected(*std::move(wrong));
  return made;
}

auto too_long() {
  return problem(kNumberMax, fmt::format("more than {} characters; it is not dialled; shorten it "
                                         "(RAS error 723)",
                                         kNumberMax));
}

}  // namespace

bool is_canonical(std::string_view text) {
  const size_t first = text.find_first_not_of(' ');
  return first != std::string_view::npos && text[first] == '+';
}

Parsed parse_canonical(std::string_view text) {
  if (text.size() > kNumberMax) return too_long();
  const size_t first = text.find_first_not_of(' ');
  if (!is_canonical(text)) {
    return problem(0, fmt::format("does not begin with +; it is dialled as it is written; write {}",
                                  kExample));
  }
  auto read = Reader(text.substr(first)).read();
  if (!read) {
    read.error().column += first;
    return read;
  }
  return checked(*std::move(read));
}

Parsed make_canonical(uint32_t country_code, std::string_view area_code, std::string_view number) {
  if (area_code.size() + number.size() > kNumberMax) return too_long();
  CanonicalNumber made;
  made.country_code = country_code;
  if (country_code == 0 || country_code > 999) {
    return problem(
        0, fmt::format("{} is no country code; it is not dialled; write 1 to 999", country_code));
  }
  for (size_t i = 0; i < area_code.size(); ++i) {
    if (is_digit(area_code[i])) {
      made.area_code += area_code[i];
    } else if (!in(kFormatting, area_code[i])) {
      return stray(i, area_code[i], "an area code");
    }
  }
  if (auto wrong = take_number(number, 0, made)) return tl::make_unexpected(*std::move(wrong));
  return checked(std::move(made));
}

std::optional<std::string> area_problem(uint32_t country_code, std::string_view area_code) {
  if (area_code.empty()) return std::nullopt;
  if (country_code == kNorthAmerica && area_code.size() != kNanpArea) {
    return fmt::format("area codes of +1 have three digits, not {}", area_code.size());
  }
  return zero_problem(country_code, area_code);
}

std::string to_text(const CanonicalNumber& number) {
  return number.area_code.empty()
             ? fmt::format("+{} {}", number.country_code, number.written)
             : fmt::format("+{} ({}) {}", number.country_code, number.area_code, number.written);
}

}  // namespace redial::telephony
