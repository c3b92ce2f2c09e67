// SPDX-License-Identifier: Apache-2.0
#include "modem/chat_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/chat.h"

namespace redial::modem::chat {
namespace {

constexpr size_t kWordMax = 1024;
constexpr Duration kLongPause = 1s, kShortPause = 100ms;

constexpr bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool is_octal(char c) { return '0' <= c && c <= '7'; }

/// Goes along a text and knows line and column.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  bool done() const { return next_ == text_.size(); }
  char peek(size_t ahead = 0) const {
    return next_ + ahead < text_.size() ? text_[next_ + ahead] : '\0';
  }
  Place place() const { return at_; }
  char take() {
    const char c = text_[next_++];
    if (c == '\n') {
      ++at_.line;
      at_.column = 1;
    } else {
      ++at_.column;
    }
    return c;
  }

 private:
  std::string_view text_;
  size_t next_ = 0;
  Place at_;
};

bool room_for(const std::vector<Word>& words, const Word& word, Complaints& complaints) {
  if (words.size() >= kChatWordsMax) {
    complaints.error(
        word.at, 0,
        fmt::format("more than {} words; nothing of the script is run; shorten it", kChatWordsMax));
    return false;
  }
  if (word.text.size() > kWordMax) {
    complaints.error(word.at, 0,
                     fmt::format("a word of more than {} octets; nothing of the script is run; "
                                 "shorten it",
                                 kWordMax));
    return false;
  }
  return true;
}

void unclosed(char quote, std::string_view where, Place at, Complaints& complaints) {
  complaints.error(at, 0,
                   fmt::format("the {} is not closed{}; nobody can tell what belongs to the word; "
                               "write another {} after it",
                               quote, where, quote));
}

/// Between two quotes of a file, which chat reads line by line: a backslash takes the quote's
/// meaning, and no other.
bool take_quoted(Cursor& cursor, std::string& into) {
  const auto in_line = [&] { return !cursor.done() && cursor.peek() != '\n'; };
  const char quote = cursor.take();
  while (in_line()) {
    const char c = cursor.take();
    if (c == quote) return true;
    if (c == '\\' && cursor.peek() == quote) {
      into += cursor.take();
    } else {
      into += c;
      if (c == '\\' && in_line()) into += cursor.take();
    }
  }
  return false;
}

/// Between two quotes of a shell's: nothing means anything in '...', little in "...".
bool take_shell_quoted(Cursor& cursor, std::string& into) {
  const char quote = cursor.take();
  while (!cursor.done()) {
    const char c = cursor.take();
    if (c == quote) return true;
    const bool escapes = quote == '"' && c == '\\' &&
                         std::string_view("\"\\$`").find(cursor.peek()) != std::string_view::npos &&
                         !cursor.done();
    into += escapes ? cursor.take() : c;
  }
  return false;
}

/// The escapes of a word, one after the other.
class Escapes {
 public:
  Escapes(const Word& word, const Phones& phones, Complaints& complaints)
      : word_(word), rest_(word.text), phones_(phones), complaints_(complaints) {}

  std::string expect();
  Sending send();

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }
  char control() {
    const char c = take();
    return c == '?' ? '\x7f' : static_cast<char>(c & 0x1f);
  }
  std::optional<char> octet(char escape);
  char octal(char first);
  void text(char c) {
    if (made_.pieces.empty() || made_.pieces.back().what != ScriptPiece::What::Text)
      made_.pieces.push_back({ScriptPiece::What::Text});
    made_.pieces.back().text += c;
    made_.text += c;
  }
  void pause(Duration length) {
    made_.pieces.push_back({ScriptPiece::What::Pause, {}, length});
    made_.waits = true;
  }
  void phone(const std::string& number) {
    made_.phone |= number.empty();
    for (const char c : number) text(c);
  }
  void send_escape(char c);
  void cannot_break() {
    complaints_.error(word_.at, 0,
                      "a BREAK cannot be sent; nothing of the script is run; remove the \\K or "
                      "BREAK");
  }

  const Word& word_;
  std::string_view rest_;
  const Phones& phones_;
  Complaints& complaints_;
  Sending made_;
  bool returns_ = true;
};

char Escapes::octal(char first) {
  unsigned value = static_cast<unsigned>(first - '0');
  for (int i = 0; i < 2 && !rest_.empty() && is_octal(rest_.front()); ++i)
    value = value * 8 + static_cast<unsigned>(take() - '0');
  return static_cast<char>(value & 0xff);
}

/// The escapes that are one octet, awaited or sent.
std::optional<char> Escapes::octet(char escape) {
  switch (escape) {
    case 'b': return '\b';
    case 'n': return '\n';
    case 'N': return '\0';
    case 'r': return '\r';
    case 's': return ' ';
    case 't': return '\t';
    default: break;
  }
  if (is_octal(escape)) return octal(escape);
  return std::nullopt;
}

std::string Escapes::expect() {
  std::string made;
  while (!rest_.empty()) {
    const char c = take();
    if (c == '^' && !rest_.empty()) {
      made += control();
    } else if (c != '\\' || rest_.empty()) {
      made += c;
    } else {
      const char escape = take();
      const auto one = octet(escape);
      if (one) {
        made += *one;
      } else if (escape == 'T' || escape == 'U') {
        made += escape == 'T' ? phones_.first : phones_.second;
      } else if (std::string_view("cdpqK").find(escape) == std::string_view::npos) {
        made += escape;  // the character itself; the five others mean nothing where one waits
      }
    }
  }
  return made;
}

void Escapes::send_escape(char c) {
  switch (c) {
    case 'c': returns_ = false; return;
    case 'd': pause(kLongPause); return;
    case 'p': pause(kShortPause); return;
    case 'q': made_.quiet = true; return;
    case 'K': cannot_break(); return;
    case 'T': phone(phones_.first); return;
    case 'U': phone(phones_.second); return;
    default: break;
  }
  text(octet(c).value_or(c));
}

Sending Escapes::send() {
  if (word_.text == "EOT") {
    text('\x04');
    return std::move(made_);
  }
  if (word_.text == "BREAK") {
    cannot_break();
    return std::move(made_);
  }
  while (!rest_.empty()) {
    const char c = take();
    if (c == '^' && !rest_.empty()) {
      text(control());
    } else if (c == '\\' && !rest_.empty()) {
      send_escape(take());
    } else {
      text(c);
    }
  }
  if (made_.quiet) {
    for (ScriptPiece& piece : made_.pieces)
      if (piece.what == ScriptPiece::What::Text) piece.what = ScriptPiece::What::Hidden;
  }
  const std::string said = made_.text;
  if (returns_) text('\r');
  made_.text = said;
  return std::move(made_);
}

}  // namespace

std::vector<Word> words_of_file(std::string_view octets, Complaints& complaints) {
  std::vector<Word> words;
  Cursor cursor(octets);
  bool line_begins = true;
  while (!cursor.done()) {
    const char c = cursor.peek();
    if (is_blank(c)) {
      line_begins |= cursor.take() == '\n';
      continue;
    }
    if (c == '#' && line_begins) {
      while (!cursor.done() && cursor.peek() != '\n') cursor.take();
      continue;
    }
    line_begins = false;
    Word word{{}, cursor.place()};
    if (c == '\'' || c == '"') {
      if (!take_quoted(cursor, word.text)) {
        unclosed(c, " in its line", word.at, complaints);
        return words;
      }
    } else {
      while (!cursor.done() && !is_blank(cursor.peek())) {
        const char next = cursor.take();
        word.text += next;
        if (next == '\\' && !cursor.done() && cursor.peek() != '\n') word.text += cursor.take();
      }
    }
    if (!room_for(words, word, complaints)) return words;
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<Word> words_of_command(std::string_view command, Complaints& complaints) {
  std::vector<Word> words;
  Cursor cursor(command);
  while (!cursor.done()) {
    if (is_blank(cursor.peek())) {
      cursor.take();
      continue;
    }
    Word word{{}, cursor.place()};
    while (!cursor.done() && !is_blank(cursor.peek())) {
      const char c = cursor.peek();
      if (c == '\'' || c == '"') {
        if (take_shell_quoted(cursor, word.text)) continue;
        unclosed(c, "", word.at, complaints);
        return words;
      }
      cursor.take();
      if (c != '\\') {
        word.text += c;
      } else if (!cursor.done()) {
        const char next = cursor.take();
        if (next != '\n') word.text += next;
      }
    }
    if (!room_for(words, word, complaints)) return words;
    words.push_back(std::move(word));
  }
  return words;
}

std::vector<Word> sub_words(const Word& word) {
  std::vector<Word> parts = {{{}, word.at}};
  for (size_t at = 0; at < word.text.size(); ++at) {
    const char c = word.text[at];
    if (c == '-') {
      parts.push_back({{}, {word.at.line, word.at.column + static_cast<uint32_t>(at) + 1}});
    } else {
      parts.back().text += c;
      if (c == '\\' && at + 1 < word.text.size()) parts.back().text += word.text[++at];
    }
  }
  return parts;
}

std::string awaited(const Word& word, const Phones& phones, Complaints& complaints) {
  return Escapes(word, phones, complaints).expect();
}

Sending sent(const Word& word, const Phones& phones, Complaints& complaints) {
  return Escapes(word, phones, complaints).send();
}

std::string expanded(
    const std::string& text,
    const std::function<std::optional<std::string>(const std::string& name)>& environment) {
  std::string made;
  const auto in_name = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (size_t at = 0; at < text.size();) {
    size_t end = at + 1;
    while (end < text.size() && in_name(text[end])) ++end;
    if (text[at] != '$' || end == at + 1) {
      made += text[at++];
      continue;
    }
    made += environment(text.substr(at + 1, end - at - 1)).value_or("");
    at = end;
  }
  return made;
}

}  // namespace redial::modem::chat
