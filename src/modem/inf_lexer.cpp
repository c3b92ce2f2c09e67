// SPDX-License-Identifier: Apache-2.0
#include "modem/inf_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/text.h"

namespace redial::modem::inf {
namespace {

constexpr std::string_view kBlanks = " \t";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What stands between '<' and '>': a word, or '?'. Anything else is a '<' that means itself.
bool is_name(std::string_view text) {
  constexpr size_t kNameMax = 64;
  return !text.empty() && text.size() <= kNameMax &&
         std::ranges::none_of(text, [](char c) { return c == '<' || c == ' ' || c == '\\'; });
}

class Tokenizer {
 public:
  Tokenizer(std::string_view value, Place at, Complaints& complaints)
      : value_(value), at_(at), complaints_(complaints) {}

  std::vector<Token> run() {
    while (next_ < value_.size()) {
      if (value_[next_] == '\\') {
        backslash();
      } else if (value_[next_] == '<') {
        angle();
      } else {
        text(value_[next_], 1);
      }
    }
    return std::move(tokens_);
  }

 private:
  Place here() const { return {at_.line, at_.column + static_cast<uint32_t>(next_)}; }

  void text(char octet, size_t length) {
    if (tokens_.empty() || tokens_.back().kind != Token::Kind::Text)
      tokens_.push_back({Token::Kind::Text, "", here()});
    tokens_.back().text += octet;
    next_ += length;
  }

  void backslash() {
    const bool doubled = next_ + 1 < value_.size() && value_[next_ + 1] == '\\';
    if (!doubled)
      complaints_.warning(here(), 0,
                          "a single backslash; it is sent as it stands, but RAS would not; "
                          "write \\\\ for one backslash");
    text('\\', doubled ? 2 : 1);
  }

  void angle() {
    // No name is longer than 64, so a '>' further on is another token's: each octet is looked at
    // a bounded number of times.
    const std::string_view ahead = value_.substr(next_ + 1, 65);
    const size_t end = ahead.find('>');
    if (end == std::string_view::npos || !is_name(ahead.substr(0, end))) {
      complaints_.warning(here(), 0,
                          "'<' without a name and '>' after it; it is taken as the character; "
                          "write <h3C> for a '<' that means itself");
      return text('<', 1);
    }
    const std::string name = lower(ahead.substr(0, end));
    if (const auto octet = octet_named(name)) return text(*octet, end + 2);
    if (name == "match") return match(end + 2);
    tokens_.push_back({Token::Kind::Name, name, here()});
    next_ += end + 2;
  }

  void match(size_t length) {
    const Place at = here();
    next_ += length;
    const bool opened = next_ < value_.size() && value_[next_] == '"';
    const size_t end = opened ? value_.find('"', next_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      complaints_.error(at, 698,
                        "<match> is not followed by a text in quotes; nothing can be looked for; "
                        "write <match>\"text\"");
      next_ = value_.size();
      return;
    }
    const Place inner_at = {at_.line, at_.column + static_cast<uint32_t>(next_) + 1};
    const std::string_view inner = value_.substr(next_ + 1, end - next_ - 1);
    std::string looked_for;
    for (const Token& token : Tokenizer(inner, inner_at, complaints_).run())
      looked_for += token.kind == Token::Kind::Text ? token.text : "<" + token.text + ">";
    if (looked_for.empty())
      complaints_.error(at, 698,
                        "<match>\"\" looks for nothing; it would fit every answer; write the "
                        "text between the quotes");
    tokens_.push_back({Token::Kind::Match, std::move(looked_for), at});
    next_ = end + 1;
  }

  std::string_view value_;
  Place at_;
  Complaints& complaints_;
  std::vector<Token> tokens_;
  size_t next_ = 0;  // first octet of value_ not yet in tokens_
};

}  // namespace

std::optional<char> octet_named(std::string_view name) {
  if (name == "cr") return '\r';
  if (name == "lf") return '\n';
  if (name.size() != 3 || name[0] != 'h') return std::nullopt;
  const int high = hex_digit(name[1]), low = hex_digit(name[2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void Complaints::warning(Place at, uint16_t ras_error, std::string text) {
  add({Diagnostic::Severity::Warning, at.line, at.column, std::move(text), ras_error});
}

void Complaints::error(Place at, uint16_t ras_error, std::string text) {
  ++errors_;
  add({Diagnostic::Severity::Error, at.line, at.column, std::move(text), ras_error});
}

void Complaints::add(Diagnostic diagnostic) {
  if (kept_.size() < kDiagnosticsMax) return kept_.push_back(std::move(diagnostic));
  ++dropped_;
  error_dropped_ |= diagnostic.severity == Diagnostic::Severity::Error;
}

std::vector<Diagnostic> Complaints::take() {
  std::ranges::stable_sort(kept_, [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.line, a.column) < std::tie(b.line, b.column);
  });
  if (dropped_ > 0) {
    // The count goes last, but must not hide that errors are among the uncounted.
    const auto severity =
        error_dropped_ ? Diagnostic::Severity::Error : Diagnostic::Severity::Warning;
    const uint32_t line = kept_.empty() ? 1 : kept_.back().line;
    kept_.push_back({severity, line, 1,
                     fmt::format("{} more problems; they are not listed; mend those above and "
                                 "look again",
                                 dropped_),
                     0});
  }
  return std::move(kept_);
}

std::optional<Line> Lines::next() {
  if (rest_.empty()) return std::nullopt;
  const size_t end = rest_.find_first_of("\r\n");
  const Line line{{++number_, 1}, rest_.substr(0, end)};
  if (end == std::string_view::npos) {
    rest_ = {};
  } else {
    rest_.remove_prefix(end + (rest_.substr(end, 2) == "\r\n" ? 2 : 1));
  }
  return line;
}

Entry to_entry(const Line& line) {
  Entry entry;
  const size_t first = std::min(line.text.find_first_not_of(kBlanks), line.text.size());
  const size_t equals = line.text.find('=');
  entry.key_at = {line.at.line, static_cast<uint32_t>(first) + 1};
  entry.value_at = entry.key_at;
  entry.key = trimmed(line.text.substr(0, equals));
  if (equals == std::string_view::npos) return entry;
  entry.has_value = true;
  entry.value = line.text.substr(equals + 1);
  entry.value_at.column = static_cast<uint32_t>(equals) + 2;
  return entry;
}

std::vector<Token> tokens(std::string_view value, Place at, Complaints& complaints) {
  return Tokenizer(value, at, complaints).run();
}

std::string lower(std::string_view text) {
  std::string made(text);
  for (char& c : made)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  return made;
}

std::string_view trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string quoted(std::string_view name) {
  constexpr size_t kShown = 60;
  return chars::readable(chars::is_utf8(name)
                             ? std::string(name.substr(0, kShown + 4))
                             : chars::from_windows_1252(name.substr(0, kShown + 1)),
                         kShown);
}

}  // namespace redial::modem::inf
