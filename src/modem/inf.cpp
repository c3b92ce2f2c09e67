// SPDX-License-Identifier: Apache-2.0
#include "modem/inf.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/text.h"
#include "modem/inf_lexer.h"
#include "modem/inf_section.h"

namespace redial::modem {
namespace {

using inf::Complaints;
using inf::Entry;
using inf::Line;
using inf::Lines;
using inf::lower;
using inf::Place;
using inf::quoted;
using inf::RawSection;
using inf::Section;

constexpr size_t kSectionsMax = 10'000;
constexpr size_t kSectionLinesMax = 10'000;
constexpr size_t kSectionNameMax = 31;  // RAS event 20015 beyond
constexpr size_t kAliasChainMax = 32;
constexpr size_t kKeptOctetsMax = 64 << 20;  // 10,000 aliases of one long section must stay small

/// A file, from its first octet to its last; then its aliases.
class FileReader {
 public:
  FileReader(std::string_view octets, std::string_view file_name)
      : octets_(octets), file_name_(file_name) {}

  InfFile read() {
    if (readable()) {
      read_lines();
      end_section();
      if (!foreign_) offer_sections();
    }
    file_.diagnostics = complaints_.take();
    return std::move(file_);
  }

 private:
  bool readable();
  void read_lines();
  void join(Line& line, Lines& lines);
  bool wrapped(const Line& line);
  bool line_readable(const Line& line);
  void begin_section(const Line& line);
  void end_section();
  void check_name(const Line& line);

  void offer_sections();
  bool resolve(Section& section);
  const Section* target(const Section& section, std::string_view alias);
  void offer(Section& section);

  std::string_view octets_;
  std::string_view file_name_;
  Complaints complaints_;
  InfFile file_;
  std::optional<RawSection> raw_;   // being read
  std::deque<std::string> joined_;  // lines that went on; sections look into them
  uint32_t wrapped_ = 0;            // the last line that was the rest of the one above
  bool skipping_ = false;           // in a section that is not read at all
  bool foreign_ = false;            // a file of another kind: said once, nothing is offered
  bool before_sections_told_ = false;
  std::vector<Section> sections_;                // in file order
  std::map<std::string, size_t> section_named_;  // lower case -> index; the first of a name
  std::vector<Response> responses_;              // [Responses]
  size_t responses_weight_ = 0;
  size_t kept_ = 0;
};

bool FileReader::readable() {
  if (octets_.size() > kInfOctetsMax) {
    complaints_.error({}, 657,
                      fmt::format("the file has {} octets, more than {}; nothing of it is read; "
                                  "give a MODEM.INF, or split it",
                                  octets_.size(), kInfOctetsMax));
    return false;
  }
  if (octets_.starts_with("\xef\xbb\xbf")) octets_.remove_prefix(3);
  const std::string_view start = octets_.substr(0, 2);
  const bool marked = start == "\xff\xfe" || start == "\xfe\xff";
  const bool wide = start.size() == 2 && (start[0] == '\0') != (start[1] == '\0');
  if (marked || wide) {
    complaints_.error({}, 657,
                      "the file is UTF-16; RAS description files are 8-bit text and nothing of it "
                      "is read; save it as plain text (iconv -f UTF-16 -t LATIN1)");
    return false;
  }
  // DOS editors close a text with Ctrl-Z.
  while (octets_.ends_with('\x1a')) octets_.remove_suffix(1);
  return true;
}

void FileReader::read_lines() {
  Lines lines(octets_);
  for (auto line = lines.next(); line; line = lines.next()) {
    if (foreign_) return;
    join(*line, lines);
    if (line->text.starts_with(';')) continue;
    const std::string_view text = inf::trimmed(line->text);
    if (text.empty() || !line_readable(*line)) continue;
    if (text.starts_with('[')) {
      begin_section(*line);
      continue;
    }
    if (skipping_ || wrapped(*line)) continue;
    if (raw_ && raw_->entries.size() < kSectionLinesMax) {
      raw_->entries.push_back(inf::to_entry(*line));
    } else if (raw_) {
      complaints_.error(line->at, 0,
                        fmt::format("[{}] has more than {} lines; it is left out; split it",
                                    quoted(raw_->name), kSectionLinesMax));
      raw_->broken = true;
      skipping_ = true;
    } else if (!before_sections_told_) {
      before_sections_told_ = true;
      complaints_.warning(line->at, 0,
                          "text before the first [section]; it is ignored; a comment has its ';' "
                          "in column 1");
    }
  }
}

/// A single backslash at the end of a line goes on with the next one; that is why a backslash that
/// means itself is doubled. A comment, a section or nothing at all after it is no such line.
void FileReader::join(Line& line, Lines& lines) {
  const auto goes_on = [](std::string_view text) {
    const size_t last = text.find_last_not_of('\\');
    const size_t slashes = text.size() - (last == std::string_view::npos ? 0 : last + 1);
    return slashes % 2 == 1 && text.size() <= inf::kLineOctetsMax && !text.starts_with(';');
  };
  if (!goes_on(line.text)) return;
  std::string joined(line.text);
  while (goes_on(joined)) {
    Lines ahead = lines;
    const auto next = ahead.next();
    const std::string_view text = next ? inf::trimmed(next->text) : std::string_view();
    if (text.empty() || text[0] == '[' || text[0] == ';') break;
    lines = ahead;
    joined.pop_back();
    joined += next->text;
  }
  line.text = joined_.emplace_back(std::move(joined));
}

/// What a mail or an article has broken off a line: it begins with a <name> and is no <name>=text.
bool FileReader::wrapped(const Line& line) {
  const std::string_view text = inf::trimmed(line.text);
  const size_t end = text.find('>'), equals = text.find('=');
  const bool rest = text.starts_with('<') && end != std::string_view::npos &&
                    (equals == std::string_view::npos || equals > end + 1);
  if (!rest || !raw_ || raw_->entries.empty()) return false;
  Entry& above = raw_->entries.back();
  const uint32_t above_line = std::max(above.value_at.line, wrapped_);
  if (!above.has_value || above.key.starts_with('<') || above_line + 1 != line.at.line)
    return false;
  if (above.value.size() + text.size() > inf::kLineOctetsMax) return false;
  std::string& joined = joined_.emplace_back(above.value);
  joined += text;
  above.value = joined;
  wrapped_ = line.at.line;
  complaints_.warning(line.at, 0,
                      "the line begins in the middle of one; it is taken as the rest of the line "
                      "above; write both in one line");
  return true;
}

bool FileReader::line_readable(const Line& line) {
  const size_t nul = line.text.substr(0, inf::kLineOctetsMax).find('\0');
  if (line.text.size() > inf::kLineOctetsMax) {
    complaints_.error({line.at.line, static_cast<uint32_t>(inf::kLineOctetsMax) + 1}, 0,
                      fmt::format("the line has {} octets, more than {}; it is skipped and its "
                                  "section left out; shorten it",
                                  line.text.size(), inf::kLineOctetsMax));
  } else if (nul != std::string_view::npos) {
    complaints_.error({line.at.line, static_cast<uint32_t>(nul) + 1}, 0,
                      "a NUL octet, which no text has; the line is skipped and its section left "
                      "out; remove it (write <h00> to send one)");
  } else {
    return true;
  }
  if (raw_) raw_->broken = true;
  return false;
}

void FileReader::begin_section(const Line& line) {
  end_section();
  skipping_ = sections_.size() >= kSectionsMax;
  if (skipping_) {
    complaints_.error(line.at, 0,
                      fmt::format("more than {} sections; this one is not read; remove those that "
                                  "nobody uses",
                                  kSectionsMax));
    return;
  }
  const std::string_view text = inf::trimmed(line.text);
  const uint32_t column = static_cast<uint32_t>(line.text.find('[')) + 1;
  const size_t end = text.find(']');
  raw_ = RawSection{text.substr(1, end == std::string_view::npos ? end : end - 1),
                    {line.at.line, column},
                    {},
                    false};
  if (end == std::string_view::npos) {
    complaints_.warning(raw_->at, 0,
                        fmt::format("the section name has no ']'; it is taken to be {}; add the "
                                    "']'",
                                    quoted(raw_->name)));
  } else if (end + 1 < text.size()) {
    complaints_.warning({line.at.line, column + static_cast<uint32_t>(end) + 1}, 0,
                        "text after the ']'; it is ignored; begin a new line for it");
  }
  check_name(line);
}

void FileReader::check_name(const Line& line) {
  if (raw_->name.empty()) {
    complaints_.error(raw_->at, 659,
                      "[] has no name; nobody could choose it and it is left out; name it");
    raw_->broken = true;
  } else if (raw_->name.size() > kSectionNameMax) {
    complaints_.warning({line.at.line, raw_->at.column + 1}, 658,
                        fmt::format("the name has {} characters; Redial takes it, RAS does not "
                                    "take more than {}; shorten it if both use the file",
                                    raw_->name.size(), kSectionNameMax));
  }
}

/// The section read last: understood and put aside.
void FileReader::end_section() {
  if (!raw_) return;
  const RawSection raw = std::move(*raw_);
  raw_.reset();
  if (foreign_ || raw.name.empty()) return;
  const std::string name = lower(chars::name_text(raw.name));
  if (name == "responses") {
    for (Response& response : inf::read_responses(raw, complaints_))
      responses_.push_back(std::move(response));
    return;
  }
  const bool version = name == "version" && std::ranges::any_of(raw.entries, [](const Entry& e) {
                         return lower(e.key) == "signature";
                       });
  if (version) {
    foreign_ = true;
    complaints_ = Complaints();  // whatever was said so far took it for a MODEM.INF
    complaints_.error(raw.at, 657,
                      "this is a Unimodem setup file (mdm*.inf), not a MODEM.INF; nothing of it is "
                      "read here; give it to the Unimodem reader");
    return;
  }
  const auto known = section_named_.find(name);
  if (known != section_named_.end()) {
    complaints_.warning(raw.at, 0,
                        fmt::format("[{}] stands in line {} already; that one is used and this one "
                                    "ignored; rename or remove one of them",
                                    quoted(raw.name), sections_[known->second].at.line));
    return;
  }
  section_named_.emplace(name, sections_.size());
  sections_.push_back(inf::read_section(raw, file_name_, complaints_));
}

void FileReader::offer_sections() {
  for (const Response& response : responses_) responses_weight_ += weight(response);
  // Resolved from what the file says, so that a target need not stand before its alias.
  for (Section& section : sections_)
    if (section.good && !section.alias.empty()) section.good = resolve(section);
  for (Section& section : sections_)
    if (section.good) offer(section);
}

const Section* FileReader::target(const Section& section, std::string_view alias) {
  const auto found = section_named_.find(lower(chars::name_text(alias)));
  if (found != section_named_.end()) return &sections_[found->second];
  complaints_.error(section.alias_at, 659,
                    fmt::format("[{}] is an ALIAS of [{}], which is not in the file; it is left "
                                "out; add that section or correct the name",
                                quoted(section.modem.name), quoted(alias)));
  return nullptr;
}

/// Follows the chain to the section that describes the modem.
bool FileReader::resolve(Section& section) {
  std::vector<const Section*> passed = {&section};
  const Section* at = &section;
  while (!at->alias.empty()) {
    const Section* next = target(section, at->alias);
    if (!next) return false;
    if (std::ranges::find(passed, next) != passed.end()) {
      complaints_.error(section.alias_at, 659,
                        fmt::format("the ALIAS of [{}] comes back to [{}] and describes no modem; "
                                    "it is left out; let one of them have commands",
                                    quoted(section.modem.name), quoted(next->modem.name)));
      return false;
    }
    if (passed.size() > kAliasChainMax) {
      complaints_.error(section.alias_at, 659,
                        fmt::format("the ALIAS of [{}] goes over more than {} sections; it is left "
                                    "out; name the section with the commands directly",
                                    quoted(section.modem.name), kAliasChainMax));
      return false;
    }
    passed.push_back(next);
    at = next;
  }
  if (!at->good) {
    complaints_.error(section.alias_at, 659,
                      fmt::format("[{}] is an ALIAS of [{}], which has errors; it is left out too; "
                                  "mend that section",
                                  quoted(section.modem.name), quoted(at->modem.name)));
    return false;
  }
  // Only the name is needed now: the copy is made when the section is offered.
  section.modem.alias_of = at->modem.name;
  return true;
}

void FileReader::offer(Section& section) {
  const Section* origin = &section;
  if (!section.modem.alias_of.empty())
    origin = &sections_[section_named_.find(lower(section.modem.alias_of))->second];
  const ModemDescription* source = &origin->modem;
  const size_t more = weight(*source) + responses_weight_;
  if (more > kKeptOctetsMax - kept_) {
    complaints_.error(section.at, 0,
                      fmt::format("[{}] would need more memory than a description file may; it is "
                                  "left out; shorten [Responses] or remove sections",
                                  quoted(section.modem.name)));
    return;
  }
  kept_ += more;
  ModemDescription modem = *source;
  modem.name = section.modem.name;
  modem.source = section.modem.source;
  modem.alias_of = section.modem.alias_of;
  modem.responses.insert(modem.responses.end(), responses_.begin(), responses_.end());
  (origin->script ? file_.scripts : file_.modems).push_back(std::move(modem));
}

}  // namespace

InfFile read_modem_inf(std::string_view octets, std::string_view file_name) {
  return FileReader(octets, file_name).read();
}

}  // namespace redial::modem
