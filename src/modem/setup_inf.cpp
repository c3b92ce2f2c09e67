// SPDX-License-Identifier: Apache-2.0
#include "modem/setup_inf.h"

#include <fmt/format.h>

#include <algorithm>

#include "modem/inf.h"

namespace redial::modem {
namespace {

using chars::lower;
using chars::shown;
using chars::trim;

/// One line as it stands in the file.
struct Physical {
  std::string_view content;  // without comment and blanks at its ends, and without a last '\'
  bool goes_on = false;      // it had one
  bool open_quote = false;
};

Physical physical(std::string_view line) {
  bool quoted = false;
  size_t end = 0;
  for (; end < line.size() && (quoted || line[end] != ';'); ++end)
    if (line[end] == '"') quoted = !quoted;
  Physical made{trim(line.substr(0, end)), false, quoted};
  // A '\' within quotes is a path's or a command's.
  if (!quoted && made.content.ends_with('\\')) {
    made.goes_on = true;
    made.content = trim(made.content.substr(0, made.content.size() - 1));
  }
  return made;
}

}  // namespace

/// One line and those on which it goes on, character by character.
class SetupLineReader {
 public:
  SetupLineReader(SetupInf& inf, bool substitutes) : inf_(inf), substitutes_(substitutes) {}

  SetupLine read(std::string_view raw) {
    line_.at = raw;
    std::string_view open;
    while (!raw.empty()) {
      const Physical part = physical(take_line(raw));
      if (part.open_quote) open = part.content;
      feed(part.content);
    }
    // "a, b, " has two fields, "a, b, ," three: what ends a list is no empty member of it.
    if (began_ || !field_.text.empty()) end_field();
    if (!open.empty() && is_needed())
      inf_.source_.warning(open,
                           "a '\"' without its second one; it ends with the line; add the '\"'");
    return std::move(line_);
  }

 private:
  /// Values of fax, voice and ISDN are not read, and their quotes are often wrong.
  bool is_needed() const {
    constexpr std::string_view kRead[] = {"",       "Init",     "Monitor",  "Answer",
                                          "Hangup", "Settings", "Responses"};
    const std::vector<SetupField>& fields = line_.fields;
    if (line_.has_key || fields.size() < 2 || !chars::same_word(fields[0].text, "HKR")) return true;
    return std::ranges::any_of(
        kRead, [&](std::string_view key) { return chars::same_word(key, fields[1].text); });
  }

  void feed(std::string_view content) {
    bool quoted = false;
    while (!content.empty()) {
      const char c = content.front();
      const std::string_view at = content;
      content.remove_prefix(1);
      if (c == '"') {
        const bool twice = quoted && content.starts_with('"');
        if (twice) content.remove_prefix(1);
        if (twice) add("\"", at, true);
        if (!twice) quoted = !quoted;
        begin(at);
        solid_ = field_.text.size();
      } else if (c == '%' && substitutes_) {
        percent(content, at, quoted);
      } else if (!quoted && c == ',') {
        begin(at);
        end_field();
      } else if (!quoted && c == '=' && !line_.has_key && line_.fields.empty()) {
        end_key();
      } else {
        add({&c, 1}, at, quoted);
      }
    }
  }

  void begin(std::string_view at) {
    if (!began_) field_.at = at;
    began_ = true;
  }

  void add(std::string_view text, std::string_view at, bool quoted) {
    const bool blank = text == " " || text == "\t";
    if (blank && !quoted && !began_) return;
    begin(at);
    if (field_.text.size() + text.size() > kSetupFieldMax) {
      if (!std::exchange(long_, true))
        inf_.source_.error(line_.at, fmt::format("a field has more than {} octets; the rest of it "
                                                 "is left out; shorten it",
                                                 kSetupFieldMax));
      return;
    }
    field_.text += text;
    if (!blank || quoted) solid_ = field_.text.size();
  }

  /// "%%", "%name%", or a '%' that means itself.
  void percent(std::string_view& content, std::string_view at, bool quoted) {
    constexpr size_t kNameMax = 255;
    if (content.starts_with('%')) {
      content.remove_prefix(1);
      return add("%", at, quoted);
    }
    const size_t end = content.substr(0, kNameMax + 1).find('%');
    const auto found = end == std::string_view::npos
                           ? inf_.strings_.end()
                           : inf_.strings_.find(lower(content.substr(0, end)));
    if (found == inf_.strings_.end()) return add("%", at, quoted);
    if (inf_.expanded_ + found->second.size() > kSetupExpandedMax) {
      inf_.source_.warning_once("expanded", at,
                                "the %strings% of the file make it too large; from here on they "
                                "are left as they stand; shorten [Strings]");
      return add("%", at, quoted);
    }
    inf_.expanded_ += found->second.size();
    content.remove_prefix(end + 1);
    begin(at);
    add(found->second, at, true);
  }

  void end_key() {
    field_.text.resize(solid_);
    line_.key = std::move(field_.text);
    line_.has_key = true;
    reset();
  }

  void end_field() {
    field_.text.resize(solid_);
    line_.fields.push_back(std::move(field_));
    reset();
  }

  void reset() {
    field_ = {};
    began_ = false;
    solid_ = 0;
  }

  SetupInf& inf_;
  bool substitutes_;
  SetupLine line_;
  SetupField field_;
  bool began_ = false;  // something of the field was seen, be it quotes alone
  bool long_ = false;
  size_t solid_ = 0;  // octets of it up to the last that is no blank outside quotes
};

SetupInf::SetupInf(std::string_view octets, std::string_view name)
    : source_(octets, name, kInfOctetsMax, "give the setup file of a modem, or split it") {
  if (!source_.readable()) return;
  split();
  read_strings();
}

bool SetupInf::has(std::string_view section) const { return sections_.contains(lower(section)); }

const std::vector<SetupLine>& SetupInf::lines(std::string_view section) {
  static const std::vector<SetupLine> none;
  const auto found = sections_.find(lower(section));
  if (found == sections_.end()) return none;
  Section& made = found->second;
  if (!std::exchange(made.parsed, true)) {
    for (const std::string_view raw : made.raw)
      made.lines.push_back(SetupLineReader(*this, true).read(raw));
  }
  return made.lines;
}

/// The next line with everything that belongs to it: after a '\' the line below, unless that one
/// is blank or begins a section.
std::string_view SetupInf::take_logical(std::string_view& rest) {
  const std::string_view begin = rest;
  size_t length = 0;
  for (bool first = true;; first = false) {
    const std::string_view line = take_line(rest);
    length = static_cast<size_t>(line.data() - begin.data()) + line.size();
    const Physical part = physical(line);
    // A comment of its own between them does not end the list.
    const bool goes_on = part.goes_on || (!first && part.content.empty());
    if (!goes_on || length > kSetupLineMax) break;
    std::string_view ahead = rest;
    const std::string_view next = trim(take_line(ahead));
    if (next.empty() || next.starts_with('[')) break;
  }
  return begin.substr(0, length);
}

void SetupInf::split() {
  std::string_view rest = source_.text();
  Section* section = nullptr;
  size_t lines = 0;
  while (!rest.empty()) {
    const std::string_view raw = take_logical(rest);
    std::string_view first = raw;
    const std::string_view content = physical(take_line(first)).content;
    if (content.empty()) continue;
    if (++lines > kSetupLinesMax || raw.size() > kSetupLineMax) {
      source_.error(content, fmt::format("more than {} lines, or one of more than {} octets; the "
                                         "rest of the file is not read; split it",
                                         kSetupLinesMax, kSetupLineMax));
      return;
    }
    if (content.starts_with('[')) {
      const size_t end = content.find(']');
      if (end == std::string_view::npos)
        source_.warning(content, "the section name has no ']'; it ends with the line; add the ']'");
      section =
          &sections_[lower(trim(content.substr(1, end == std::string_view::npos ? end : end - 1)))];
    } else if (section != nullptr) {
      section->raw.push_back(raw);
    } else {
      source_.warning_once("no section", content,
                           "text before the first [section]; it is ignored; a comment begins with "
                           "';'");
    }
  }
}

/// [Strings] first; what is missing there is taken from the sections of a language, English first.
/// Names of modems are then the same on every machine, whatever language it speaks.
void SetupInf::read_strings() {
  std::vector<std::string> names = {"strings", "strings.0409", "strings.0009"};
  for (const auto& [name, section] : sections_)
    if (name.starts_with("strings.")) names.push_back(name);
  for (const std::string& name : names) {
    const auto found = sections_.find(name);
    if (found == sections_.end()) continue;
    for (const std::string_view raw : found->second.raw) {
      SetupLine line = SetupLineReader(*this, false).read(raw);
      if (!line.has_key) continue;
      std::string text = line.fields.empty() ? "" : std::move(line.fields[0].text);
      for (size_t i = 1; i < line.fields.size(); ++i) text += ", " + line.fields[i].text;
      strings_.try_emplace(lower(line.key), std::move(text));
    }
  }
}

}  // namespace redial::modem
