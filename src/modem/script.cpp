// SPDX-License-Identifier: Apache-2.0
#include "modem/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace redial::modem {
namespace {

constexpr Duration kLongPause = 1s, kShortPause = 100ms;

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// What one text to send is made of, piece by piece.
class SendReader {
 public:
  explicit SendReader(std::string_view text) : whole_(text), rest_(text) {}

  Result<std::vector<ScriptPiece>> read() {
    while (!rest_.empty()) {
      const bool good = rest_[0] == '\\'          ? escape()
                        : rest_.starts_with("${") ? name()
                                                  : plain(rest_[0], 1);
      if (!good) return tl::make_unexpected(Error{ErrorKind::BadFile, fault_});
    }
    return std::move(pieces_);
  }

 private:
  bool plain(char c, size_t octets) {
    using What = ScriptPiece::What;
    if (pieces_.empty() || pieces_.back().what != What::Text) pieces_.push_back({What::Text});
    pieces_.back().text += c;
    rest_.remove_prefix(octets);
    return true;
  }
  bool pause(Duration length) {
    pieces_.push_back({ScriptPiece::What::Pause, {}, length});
    rest_.remove_prefix(2);
    return true;
  }
  bool escape() {
    const char c = rest_.size() > 1 ? rest_[1] : '\0';
    if (c == 'r') return plain('\r', 2);
    if (c == 'n') return plain('\n', 2);
    if (c == 't') return plain('\t', 2);
    if (c == '\\' || c == '$') return plain(c, 2);
    if (c == 'd') return pause(kLongPause);
    if (c == 'p') return pause(kShortPause);
    if (c == 'x' && rest_.size() >= 4) {
      const int high = hex_digit(rest_[2]), low = hex_digit(rest_[3]);
      if (high >= 0 && low >= 0) return plain(static_cast<char>(high * 16 + low), 4);
    }
    fault_ = fmt::format("\"{}\" has an escape that is none of \\r \\n \\t \\\\ \\$ \\d \\p \\xHH",
                         to_visible(as_bytes(whole_)));
    return false;
  }
  bool name() {
    for (const auto& [word, what] : {std::pair("${user}", ScriptPiece::What::User),
                                     std::pair("${password}", ScriptPiece::What::Password)}) {
      if (!rest_.starts_with(word)) continue;
      pieces_.push_back({what});
      rest_.remove_prefix(std::string_view(word).size());
      return true;
    }
    fault_ = fmt::format(
        "\"{}\" names something else than ${{user}} and ${{password}}; a lone $ "
        "is written \\$",
        to_visible(as_bytes(whole_)));
    return false;
  }

  std::string_view whole_, rest_;
  std::vector<ScriptPiece> pieces_;
  std::string fault_;
};

/// Where the first script ends, the second begins.
void end_at(Script& script, size_t next) {
  for (ScriptStep& step : script.steps) {
    if (step.otherwise == ScriptStep::kDone) step.otherwise = next;
    for (ScriptStep::Pattern& pattern : step.expect) {
      if (pattern.to == ScriptStep::kDone) pattern.to = next;
    }
  }
}

void move_on(ScriptStep& step, size_t by) {
  if (step.otherwise < ScriptStep::kDone) step.otherwise += by;
  for (ScriptStep::Pattern& pattern : step.expect) {
    if (pattern.to && *pattern.to < ScriptStep::kDone) *pattern.to += by;
  }
}

}  // namespace

Script joined(Script first, const Script& then) {
  REDIAL_ASSERT(first.variables.empty());
  const size_t next = first.steps.size();
  end_at(first, next);
  for (ScriptStep step : then.steps) {
    move_on(step, next);
    first.steps.push_back(std::move(step));
  }
  first.name += ", then " + then.name;
  first.within = std::min(first.within + then.within, kCompiledWithinMost);
  first.variables = then.variables;
  return first;
}

Result<std::vector<ScriptPiece>> parse_send(std::string_view text) {
  return SendReader(text).read();
}

bool asks_for_password(std::string_view awaited) {
  std::string text;
  for (const char c : awaited)
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  while (!text.empty() && (text.back() == ' ' || text.back() == ':' || text.back() == '>' ||
                           text.back() == '?' || text.back() == '='))
    text.pop_back();
  for (const std::string_view word : {"word", "passcode", "passwd", "pass", "secret", "pin"})
    if (text.ends_with(word)) return true;
  return false;
}

void hide_passwords(Script& script) {
  bool asked = false;
  for (ScriptStep& step : script.steps) {
    if (!step.expect.empty()) {
      asked = false;
      for (const auto& pattern : step.expect) {
        const bool leads_on = !pattern.to || *pattern.to < ScriptStep::kDone;
        asked |= leads_on && asks_for_password(pattern.text);
        for (const PatternPiece& piece : pattern.holes)
          asked |= leads_on && asks_for_password(piece.text);
      }
    }
    for (size_t i = 0; asked && i < step.send.size(); ++i) {
      ScriptPiece& piece = step.send[i];
      if (piece.what != ScriptPiece::What::Text) continue;
      const size_t end = piece.text.find_last_not_of("\r\n");
      if (end == std::string::npos) continue;
      const std::string after = piece.text.substr(end + 1);
      piece = {ScriptPiece::What::Hidden, piece.text.substr(0, end + 1)};
      if (!after.empty())
        step.send.insert(step.send.begin() + static_cast<ptrdiff_t>(++i),
                         ScriptPiece{ScriptPiece::What::Text, after});
    }
    if (!step.send.empty()) asked = false;
  }
}

}  // namespace redial::modem
