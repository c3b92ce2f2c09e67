// SPDX-License-Identifier: Apache-2.0
#include "phonebook/toml_guard.h"

#include <fmt/format.h>

#include <algorithm>

#include "phonebook/phonebook.h"
#include "phonebook/text.h"

namespace redial::phonebook {
namespace {

/// Dotted keys nest tables without any limit in the parser, and what nests deep is freed by
/// recursion.
constexpr size_t kDotsMax = 32;

/// One line on its way to ASCII. A character in the wrong place stays wrong: what is taken for a
/// text here and not by the parser becomes escapes outside a text, which is an error there.
class Line {
 public:
  explicit Line(std::string_view text) : text_(text) {}

  /// Takes the next character; false at the end of the line, or at a problem.
  bool step() {
    if (at_ >= text_.size() || !problem_.empty()) return false;
    if (static_cast<uint8_t>(text_[at_]) >= 0x80) {
      foreign();
    } else {
      ascii(text_[at_]);
    }
    return true;
  }

  std::string take_out() { return std::exchange(out_, {}); }
  size_t at() const { return at_; }
  size_t dots() const { return dots_; }
  std::string_view problem() const { return problem_; }

 private:
  void foreign() {
    const CodePoint c = first_code_point(text_.substr(at_));
    if (c.octets == 0) {
      problem_ = "this is not UTF-8";
      return;
    }
    if (comment_) {
      out_ += '?';
    } else if (quote_ == 0) {
      problem_ = "a character that may stand only in texts and comments";
      return;
    } else {
      out_ +=
          c.code < 0x10000 ? fmt::format("\\u{:04X}", c.code) : fmt::format("\\U{:08X}", c.code);
    }
    at_ += c.octets;
  }

  void ascii(char c) {
    const bool end = c == '\r' && at_ + 1 == text_.size();
    if (has_control_characters({&c, 1}) && c != '\t' && !end) {
      problem_ = "a control character";
    } else if (comment_ || end) {
      out_ += c;
      ++at_;
    } else if (quote_ == '"') {
      in_basic(c);
    } else if (quote_ == '\'') {
      in_literal(c);
    } else {
      outside(c);
    }
  }

  void in_basic(char c) {
    out_ += c;
    ++at_;
    if (c == '"') quote_ = 0;
    if (c != '\\') return;
    if (at_ >= text_.size() || has_control_characters(text_.substr(at_, 1)) ||
        static_cast<uint8_t>(text_[at_]) >= 0x80) {
      problem_ = "a \\ with nothing to escape";
      return;
    }
    out_ += text_[at_++];
  }

  void in_literal(char c) {
    ++at_;
    if (c == '\'') {
      quote_ = 0;
      out_ += '"';
      return;
    }
    if (c == '"' || c == '\\') out_ += '\\';
    out_ += c;
  }

  void outside(char c) {
    if (c == '"' || c == '\'') {
      if (text_.substr(at_).starts_with(c == '"' ? "\"\"\"" : "'''")) {
        problem_ = "texts of several lines are not taken here";
        return;
      }
      quote_ = c;
      c = '"';
    } else if (c == '#') {
      comment_ = true;
    } else if (c == '.' && ++dots_ > kDotsMax) {
      problem_ = "too many dots in one line";
    }
    out_ += c;
    ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string out_;  // what the last steps gave
  char quote_ = 0;   // inside a text: the quotation mark that ends it
  bool comment_ = false;
  size_t dots_ = 0;           // outside texts and comments
  std::string_view problem_;  // not empty: at_ is where
};

}  // namespace

TomlGuard::TomlGuard(std::string_view octets) : octets_(octets) {
  if (octets.size() > kPhonebookOctetsMax) {
    problem_ = TomlProblem{
        1, 1, fmt::format("{} octets, {} is the limit", octets.size(), kPhonebookOctetsMax)};
    return;
  }
  size_t start = octets.starts_with("\xef\xbb\xbf") ? 3 : 0;  // a byte order mark
  while (start < octets.size()) {
    const size_t newline = std::min(octets.find('\n', start), octets.size());
    const std::string_view text = octets.substr(start, newline - start);
    starts_.push_back(static_cast<uint32_t>(start));
    const auto number = static_cast<uint32_t>(starts_.size());
    if (text.size() > kLineOctetsMax) {
      problem_ = TomlProblem{
          number, 1,
          fmt::format("the line has {} octets, {} is the limit", text.size(), kLineOctetsMax)};
      return;
    }
    Line line(text);
    while (line.step()) ascii_ += line.take_out();
    if (!line.problem().empty()) {
      problem_ =
          TomlProblem{number, static_cast<uint32_t>(line.at() + 1), std::string(line.problem())};
      return;
    }
    if (newline < octets.size()) ascii_ += '\n';
    start = newline + 1;
  }
}

uint32_t TomlGuard::column_in_file(uint32_t number, uint32_t column) {
  if (number == 0 || number > starts_.size()) return column;
  if (number != mapped_line_) {
    mapped_line_ = number;
    columns_.clear();
    const size_t start = starts_[number - 1];
    Line line(octets_.substr(start, std::min(octets_.find('\n', start), octets_.size()) - start));
    for (size_t from = 0; line.step(); from = line.at()) {
      columns_.insert(columns_.end(), line.take_out().size(), static_cast<uint32_t>(from + 1));
    }
  }
  return column >= 1 && column <= columns_.size() ? columns_[column - 1] : column;
}

}  // namespace redial::phonebook
