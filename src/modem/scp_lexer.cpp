// SPDX-License-Identifier: Apache-2.0
#include "modem/scp_lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace redial::modem::scp {
namespace {

constexpr size_t kTokensMax = 20'000;
constexpr size_t kTextMax = 512;

constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
constexpr bool begins_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
}
constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\x1a';
}

class Lexer {
 public:
  Lexer(std::string_view octets, Complaints& complaints) : rest_(octets), complaints_(complaints) {}

  std::vector<Token> run() {
    while (skip(), !rest_.empty() && complaints_.errors() == 0) {
      if (made_.size() >= kTokensMax) {
        wrong(fmt::format("more than {} words; the script is not run; shorten it", kTokensMax));
        break;
      }
      next();
    }
    begin(Token::Kind::End);
    return std::move(made_);
  }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else {
      ++at_.column;
    }
    return c;
  }
  void skip() {
    while (!rest_.empty()) {
      if (rest_[0] == ';') {
        while (!rest_.empty() && rest_[0] != '\n') take();
      } else if (is_blank(rest_[0])) {
        take();
      } else {
        return;
      }
    }
  }
  Token& begin(Token::Kind kind) {
    made_.emplace_back().kind = kind;
    made_.back().at = at_;
    return made_.back();
  }
  void wrong(std::string text) { complaints_.error(at_, 0, std::move(text)); }

  void next() {
    const char c = rest_[0];
    if (c == '"') return text();
    if (is_digit(c)) return number();
    if (begins_word(c)) {
      Token& word = begin(Token::Kind::Word);
      while (!rest_.empty() && (begins_word(rest_[0]) || is_digit(rest_[0]))) word.text += take();
      word.text = inf::lower(word.text);
      return;
    }
    sign();
  }

  void number() {
    Token& made = begin(Token::Kind::Number);
    int64_t value = 0;
    while (!rest_.empty() && is_digit(rest_[0])) {
      value = value * 10 + (take() - '0');
      if (value > INT32_MAX)
        return wrong("a number above 2147483647; the script is not run; write a smaller one");
    }
    made.number = static_cast<int32_t>(value);
  }

  void sign() {
    Token& made = begin(Token::Kind::Sign);
    for (const std::string_view two : {"==", "!=", "<=", ">="}) {
      if (!rest_.starts_with(two)) continue;
      made.text = two;
      take();
      take();
      return;
    }
    if (std::string_view("()+-*/!<>=,:").find(rest_[0]) == std::string_view::npos) {
      return wrong(
          fmt::format("{} means nothing here; the script is not run; a text stands in "
                      "\"quotes\", a comment after ';'",
                      inf::quoted(rest_.substr(0, 1))));
    }
    made.text = take();
  }

  void text() {
    Token& made = begin(Token::Kind::Text);
    const auto both = [&](char c) {
      made.text += c;
      made.raw += c;
    };
    take();
    while (!rest_.empty() && rest_[0] != '\n') {
      if (made.raw.size() > kTextMax)
        return wrong(
            fmt::format("a text of more than {} octets; the script is not run; send it "
                        "in parts",
                        kTextMax));
      if (rest_[0] == '"') {
        take();
        return;
      }
      if (rest_[0] == '\\' && rest_.size() > 1 &&
          std::string_view("\"\\^<").find(rest_[1]) != std::string_view::npos) {
        take();
        both(take());
      } else if (const auto octet = named()) {
        made.text += *octet;
        made.raw += rest_.substr(0, length_);
        for (size_t i = 0; i < length_; ++i) take();
      } else {
        both(take());
      }
    }
    complaints_.error(made.at, 0,
                      "the text is not closed in its line; the script is not run; write a \" "
                      "after it");
  }

  /// ^M, <cr> or <lf>: the octet it stands for; its length is in length_.
  std::optional<char> named() {
    for (const auto& [name, octet] : {std::pair("<cr>", '\r'), std::pair("<lf>", '\n')}) {
      length_ = 4;
      if (inf::lower(rest_.substr(0, 4)) == name) return octet;
    }
    if (rest_[0] != '^' || rest_.size() < 2) return std::nullopt;
    length_ = 2;
    const char c = rest_[1];
    if (c >= '@' && c <= '_') return static_cast<char>(c - '@');
    if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 1);
    return std::nullopt;
  }

  std::string_view rest_;
  Complaints& complaints_;
  Place at_;
  size_t length_ = 0;
  std::vector<Token> made_;
};

}  // namespace

std::vector<Token> tokens(std::string_view octets, Complaints& complaints) {
  return Lexer(octets, complaints).run();
}

}  // namespace redial::modem::scp
