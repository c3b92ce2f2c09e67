// SPDX-License-Identifier: Apache-2.0
#include "modem/number.h"

#include <algorithm>

#include "core/text.h"

namespace redial::modem {
namespace {

constexpr std::string_view kFormatting = " ()-./";
constexpr std::string_view kTones = "0123456789ABCD*#";
constexpr std::string_view kModifiers = ",Ww@$!PpTt";

constexpr bool in(std::string_view set, char c) { return set.find(c) != std::string_view::npos; }

}  // namespace

std::optional<std::string> dialable(std::string_view number) {
  std::string clean;
  for (const char c : number) {
    if (in(kFormatting, c)) continue;
    const bool tone = in(kTones, c) || ('a' <= c && c <= 'd');
    if (!tone && !in(kModifiers, c) && c != ';' && c != '+') return std::nullopt;
    clean.push_back(c);
  }
  // Letters are tones and modifiers; together these are a command somebody has copied.
  if (chars::same_word(std::string_view(clean).substr(0, 3), "ATD")) return std::nullopt;
  // "+" is the international prefix only before a digit, and only in front.
  const size_t plus = clean.rfind('+');
  if (plus != std::string::npos) {
    const bool digit_follows = clean.size() > 1 && '0' <= clean[1] && clean[1] <= '9';
    if (plus > 0 || !digit_follows) return std::nullopt;
  }
  const size_t semicolon = clean.find(';');
  if (semicolon != std::string::npos && semicolon + 1 != clean.size()) return std::nullopt;
  const bool any_tone =
      std::ranges::any_of(clean, [](char c) { return in(kTones, c) || ('a' <= c && c <= 'd'); });
  if (!any_tone) return std::nullopt;
  return clean;
}

std::string fit(std::string_view number, const DialAbilities& abilities) {
  // A pause is S8, 2 s as a rule: a dial tone comes within one, an answer and its silence within
  // three, a card's prompt within four.
  std::string fitted;
  for (const char c : number) {
    if ((c == 'W' || c == 'w') && !abilities.dial_tone) {
      fitted += ",";
    } else if (c == '@' && !abilities.quiet_answer) {
      fitted += ",,,";
    } else if (c == '$' && !abilities.billing_tone) {
      fitted += ",,,,";
    } else {
      fitted += c;
    }
  }
  return fitted;
}

std::vector<std::string> dial_parts(std::string_view number, std::string_view suffix) {
  std::vector<std::string> parts;
  while (!suffix.empty() && number.size() > kDialPartMax) {
    parts.emplace_back(number.substr(0, kDialPartMax));
    parts.back() += suffix;
    number.remove_prefix(kDialPartMax);
  }
  parts.emplace_back(number);
  return parts;
}

}  // namespace redial::modem
