// SPDX-License-Identifier: Apache-2.0
#include "migrate/pppd_words.h"

#include <fmt/format.h>

#include <optional>

#include "migrate/lines.h"

namespace redial::migrate {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class Lexer {
 public:
  explicit Lexer(std::string_view octets) : rest_(octets) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // an editor's mark
  }

  std::optional<PppdWord> next() {
    if (!skip_to_word()) return std::nullopt;
    PppdWord word{.line = line_, .column = column_, .first_of_line = fresh_line_};
    fresh_line_ = false;
    char quote = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (quote == 0 && is_blank(c)) break;
      take();
      if (c == '\\') {
        escape(word);
      } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
        quote = quote != 0 ? 0 : c;
        word.quoted = true;
      } else {
        word.text += c;
      }
    }
    open_quote_ = quote != 0;
    return word;
  }
  bool open_quote() const { return open_quote_; }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    ++column_;
    if (c == '\n') {
      ++line_;
      column_ = 1;
      fresh_line_ = true;
    }
    return c;
  }

  bool skip_to_word() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '#') {
        while (!rest_.empty() && rest_.front() != '\n') take();
      } else if (is_blank(c)) {
        take();
      } else if (rest_.starts_with("\\\n")) {
        // The line goes on: what follows is not the first word of one.
        const bool fresh = fresh_line_;
        take();
        take();
        fresh_line_ = fresh;
      } else {
        return true;
      }
    }
    return false;
  }

  /// Of a backslash: a newline goes away, three octal digits or 0x are a character, a letter may
  /// name one.
  void escape(PppdWord& word) {
    if (rest_.empty()) return;
    const char c = take();
    constexpr std::string_view kNames = "abfnrt", kValues = "\a\b\f\n\r\t";
    const size_t named = kNames.find(c);
    if (c == '\n') {
      fresh_line_ = false;
    } else if (c >= '0' && c <= '7') {
      int value = c - '0';
      for (int i = 0; i < 2 && !rest_.empty() && rest_.front() >= '0' && rest_.front() <= '7';
           ++i) {
        value = value * 8 + (take() - '0');
      }
      word.text += static_cast<char>(value);
    } else if (named != std::string_view::npos) {
      word.text += kValues[named];
    } else if (c == 's') {
      word.text += ' ';
    } else {
      word.text += c;
    }
  }

  std::string_view rest_;
  uint32_t line_ = 1, column_ = 1;
  bool fresh_line_ = true, open_quote_ = false;
};

}  // namespace

std::vector<PppdWord> pppd_words(const SourceFile& file, Reading& reading) {
  std::vector<PppdWord> out;
  if (!readable(file, reading)) return out;
  Lexer lexer(file.octets);
  while (auto word = lexer.next()) {
    if (lexer.open_quote()) {
      refuse(reading, file.path, word->line, word->column,
             "the quotation mark is never closed; nothing of the file is read; close it");
      return {};
    }
    if (word->text.size() > kPppdWordMax || out.size() == kPppdWordsMax) {
      refuse(
          reading, file.path, word->line, word->column,
          fmt::format("a word of more than {} octets, or more than {} words; nothing of the file "
                      "is imported; shorten it",
                      kPppdWordMax, kPppdWordsMax));
      return {};
    }
    out.push_back(*std::move(word));
  }
  return out;
}

std::vector<std::string> command_words(std::string_view command) {
  std::vector<std::string> out;
  Lexer lexer(command);
  while (auto word = lexer.next()) out.push_back(std::move(word->text));
  return out;
}

}  // namespace redial::migrate
