// SPDX-License-Identifier: Apache-2.0
#include "modem/at_settings.h"

#include <algorithm>
#include <vector>

#include "core/text.h"

namespace redial::modem {
namespace {

constexpr bool is_digit(char c) { return '0' <= c && c <= '9'; }
constexpr bool is_letter(char c) { return 'a' <= chars::lower(c) && chars::lower(c) <= 'z'; }

class Line {
 public:
  using Settings = std::map<std::string, uint32_t, std::less<>>;
  /// `quiet`: where each number other than 0 behind a Q stands.
  Line(std::string_view text, Settings& into, std::vector<std::string_view>& quiet)
      : text_(text), into_(into), quiet_(quiet) {}

  void read() {
    while (!text_.empty()) {
      const char c = chars::lower(text_.front());
      if (c == 'd') return;        // what follows is a number to dial
      if (c == '+' || c == '^') {  // their values are no settings of V.250's
        text_.remove_prefix(std::min(text_.find(';'), text_.size()));
      } else if (c == 's') {
        s_register();
      } else if (is_letter(c)) {
        text_.remove_prefix(1);
        const std::string_view behind = text_;
        const uint32_t value = number();
        if (c == 'q' && value != 0)
          quiet_.push_back(behind.substr(0, behind.size() - text_.size()));
        set({static_cast<char>(c - 32)}, value);
      } else {
        text_.remove_prefix(1);
        if (!text_.empty() && is_prefix(c) && is_letter(text_.front())) prefixed(c);
      }
    }
  }

 private:
  static bool is_prefix(char c) {
    return std::string_view("&%\\*-#@$:\"").find(c) != std::string_view::npos;
  }

  uint32_t number() {
    uint64_t number = 0;
    blanks();
    while (!text_.empty() && is_digit(text_.front())) {
      number = std::min<uint64_t>(number * 10 + static_cast<uint64_t>(text_.front() - '0'), 65'535);
      text_.remove_prefix(1);
    }
    return static_cast<uint32_t>(number);
  }

  void blanks() {
    while (text_.starts_with(' ')) text_.remove_prefix(1);
  }

  void prefixed(char prefix) {
    const char letter = static_cast<char>(chars::lower(text_.front()) - 32);
    text_.remove_prefix(1);
    set({prefix, letter}, number());
  }

  void s_register() {
    text_.remove_prefix(1);
    const uint32_t which = number();
    blanks();
    if (!text_.starts_with('=')) return;
    text_.remove_prefix(1);
    set("S" + std::to_string(which), number());
  }

  void set(std::string name, uint32_t value) {
    if (name == "&F" || name == "Z") return into_.clear();
    into_[std::move(name)] = value;
  }

  std::string_view text_;
  Settings& into_;
  std::vector<std::string_view>& quiet_;
};

void read(std::string_view lines, Line::Settings& into, std::vector<std::string_view>& quiet) {
  while (!lines.empty()) {
    const size_t end = std::min(lines.find('\r'), lines.size());
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(std::min(end + 1, lines.size()));
    const size_t at = std::min(line.find_first_not_of(' '), line.size());
    if (chars::same_word(line.substr(at, 2), "AT")) Line(line.substr(at + 2), into, quiet).read();
  }
}

}  // namespace

std::map<std::string, uint32_t, std::less<>> at_settings(std::string_view lines) {
  std::map<std::string, uint32_t, std::less<>> made;
  std::vector<std::string_view> quiet;
  read(lines, made, quiet);
  return made;
}

std::string with_result_codes(std::string_view lines) {
  Line::Settings settings;
  std::vector<std::string_view> quiet;
  read(lines, settings, quiet);
  std::string made;
  size_t done = 0;
  for (const std::string_view number : quiet) {
    const auto at = static_cast<size_t>(number.data() - lines.data());
    made.append(lines.substr(done, at - done)).append("0");
    done = at + number.size();
  }
  return made.append(lines.substr(done));
}

}  // namespace redial::modem
