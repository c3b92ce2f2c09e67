// SPDX-License-Identifier: Apache-2.0
#include "modem/source.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/check.h"

namespace redial::modem {

Source::Source(std::string_view octets, std::string_view name, size_t octets_max,
               std::string_view remedy)
    : name_(name) {
  line_starts_.push_back(0);
  if (octets.size() > octets_max) {
    readable_ = false;
    complaints_.error({}, 0,
                      fmt::format("the file has more than {} octets; nothing of it is read; {}",
                                  octets_max, remedy));
    return;
  }
  // DOS editors close a text with Ctrl-Z.
  while (octets.ends_with('\x1a')) octets.remove_suffix(1);
  decoded_ = chars::decode(octets);
  std::string_view rest = decoded_.text;
  while (!rest.empty()) {
    take_line(rest);
    line_starts_.push_back(decoded_.text.size() - rest.size());
  }
  const size_t nul = decoded_.text.find('\0');
  if (nul == std::string::npos) return;
  readable_ = false;
  error(text().substr(nul),
        "a NUL character, which no text has; nothing of the file is read; it is damaged or no "
        "text file: take it from its origin anew");
}

inf::Place Source::place(std::string_view part) const {
  const char* begin = decoded_.text.data();
  REDIAL_ASSERT(begin <= part.data() && part.data() <= begin + decoded_.text.size());
  const auto offset = static_cast<size_t>(part.data() - begin);
  const auto next = std::ranges::upper_bound(line_starts_, offset);
  // What stands at the very end of the file belongs to the last line.
  auto line = static_cast<size_t>(next - line_starts_.begin());
  if (line > 1 && line_starts_[line - 1] == decoded_.text.size()) --line;
  const std::string_view before =
      text().substr(line_starts_[line - 1], offset - line_starts_[line - 1]);
  const auto characters = std::ranges::count_if(before, [](char c) { return (c & 0xc0) != 0x80; });
  return {static_cast<uint32_t>(line), static_cast<uint32_t>(characters) + 1};
}

void Source::warning(std::string_view part, std::string text) {
  complaints_.warning(place(part), 0, std::move(text));
}

void Source::error(std::string_view part, std::string text) {
  complaints_.error(place(part), 0, std::move(text));
}

void Source::warning_once(std::string_view kind, std::string_view part, std::string text) {
  if (std::ranges::find(said_once_, kind) != said_once_.end()) return;
  said_once_.emplace_back(kind);
  warning(part, std::move(text));
}

std::vector<Diagnostic> Source::take() {
  std::vector<Diagnostic> said = complaints_.take();
  for (Diagnostic& diagnostic : said) diagnostic.file = name_;
  return said;
}

std::string_view take_line(std::string_view& rest) {
  const size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  const size_t mark = rest.substr(end, 2) == "\r\n" ? 2 : end < rest.size() ? 1 : 0;
  rest.remove_prefix(end + mark);
  return line;
}

}  // namespace redial::modem
