// SPDX-License-Identifier: Apache-2.0
#include "modem/script_language.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.h"
#include "modem/chat_words.h"

namespace redial::modem {
namespace {

constexpr size_t kLooked = 64 << 10;  // octets; what a script is, its beginning says

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() > end.size() && chars::same_word(text.substr(text.size() - end.size()), end);
}

/// The first line that is neither blank nor a comment, without blanks at its ends.
std::string_view first_line(std::string_view text, char comment) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = chars::trim(text.substr(0, end));
    if (!line.empty() && line.front() != comment) return line;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return {};
}

bool is_scp(std::string_view text) {
  const std::string_view line = first_line(text, ';');
  return chars::same_word(line.substr(0, 4), "proc") && line.size() > 4 &&
         (line[4] == ' ' || line[4] == '\t');
}

/// A keyword where something is awaited, or an AT command where something is sent.
bool is_chat(std::string_view text) {
  const std::string_view line = first_line(text, '#');
  const bool other = line.empty() || line.front() == '[' || line.front() == ';';
  if (other || text.starts_with("#!")) return false;  // an .inf; a program that may call chat
  inf::Complaints unheard;
  const std::vector<chat::Word> words = chat::words_of_file(text, unheard);
  constexpr std::string_view kKeywords[] = {"ABORT", "CLR_ABORT", "TIMEOUT", "REPORT", "SAY"};
  for (size_t at = 0; at < words.size(); at += 2) {
    if (std::ranges::find(kKeywords, words[at].text) != std::end(kKeywords)) return true;
    if (at + 1 == words.size()) break;
    std::string_view sent = words[at + 1].text;
    while (sent.size() > 1 && sent.front() == '\\') sent.remove_prefix(2);  // \r, \d
    if (chars::same_word(sent.substr(0, 2), "AT")) return true;
  }
  return false;
}

}  // namespace

ScriptLanguage script_language(std::string_view file_name, std::string_view octets) {
  if (ends_with(file_name, ".scp")) return ScriptLanguage::Scp;
  if (ends_with(file_name, ".chat")) return ScriptLanguage::Chat;
  const std::string_view start = octets.substr(0, kLooked);
  if (start.find('\0') != std::string_view::npos) return ScriptLanguage::None;
  if (is_scp(start)) return ScriptLanguage::Scp;
  return is_chat(start) ? ScriptLanguage::Chat : ScriptLanguage::None;
}

}  // namespace redial::modem
