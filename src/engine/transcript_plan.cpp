// SPDX-License-Identifier: Apache-2.0
#include "engine/transcript_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/script_file.h"
#include "phonebook/text.h"
#include "phonebook/toml.h"

namespace redial::engine {

using phonebook::shown;

namespace {

/// The one entry of a native phonebook.
Result<phonebook::Entry> read_entry(const std::string& toml, size_t at) {
  const phonebook::Config config = phonebook::read_config(toml, fmt::format("entry {}", at));
  phonebook::Book book = phonebook::apply({}, config);
  if (book.entries.size() == 1) return std::move(book.entries.front());
  std::string why = "holds no entry";
  if (!book.diagnostics.empty()) why = phonebook::to_text(book.diagnostics.front());
  return fail(ErrorKind::BadFile, fmt::format("entry {} of the record: {}", at, why));
}

Result<phonebook::LineSpec> read_line(const std::string& toml, size_t at) {
  phonebook::Config config = phonebook::read_config(toml, fmt::format("line {}", at));
  if (config.lines.size() == 1) return std::move(config.lines.front());
  return fail(ErrorKind::BadFile, fmt::format("line {} of the record is none", at));
}

class Furnisher {
 public:
  Furnisher(Engine& engine, const TranscriptHead& head) : engine_(engine), head_(head) {
    read_ = [this](const std::string& path) -> Result<std::string> {
      const auto found =
          std::ranges::find(head_.files, path, [](const auto& f) { return f.first; });
      if (found != head_.files.end()) return found->second;
      return fail(ErrorKind::NotFound, fmt::format("{}: is not in the record", shown(path)));
    };
  }

  Result<void> run() {
    for (size_t i = 0; i < head_.lines.size(); ++i) {
      auto line = read_line(head_.lines[i], i);
      if (!line) return tl::make_unexpected(std::move(line).error());
      specs_.push_back(*std::move(line));
    }
    ids_.resize(specs_.size());
    for (size_t i = 0; i < head_.links.size(); ++i) {
      if (auto ok = add_link(head_.links[i], i); !ok) return ok;
    }
    for (const auto& [link, first] : head_.needs) {
      const bool there = std::max(link, first) < engine_.links();
      if (!there || !engine_.require(LinkId{link}, LinkId{first})) {
        return fail(ErrorKind::BadFile, "an entry of the record needs itself, or none of it");
      }
    }
    return {};
  }

 private:
  Result<void> add_link(const TranscriptHead::Link& link, size_t at) {
    auto entry = read_entry(link.entry, at);
    if (!entry) return tl::make_unexpected(std::move(entry).error());
    auto script = read_script(*entry, read_);
    if (!script) return tl::make_unexpected(std::move(script).error());
    std::vector<BoundLine> lines;
    for (const uint32_t line : link.lines) {
      auto bound = bind(line, *entry);
      if (!bound) return tl::make_unexpected(std::move(bound).error());
      lines.push_back(*std::move(bound));
    }
    const auto numbers = numbers_of(link);
    if (lines.empty() || (!numbers.empty() && numbers.size() != entry->numbers.size())) {
      return fail(ErrorKind::BadFile,
                  fmt::format("entry {} of the record: its lines or numbers are missing", at));
    }
    const phonebook::Credential credential{
        .user = link.user,
        .domain = link.domain,
        .password = Secret(std::string(link.password_octets, '*'))};
    auto plan = plan_link(*entry, &credential, lines, numbers, *script);
    if (!plan) return tl::make_unexpected(std::move(plan).error());
    engine_.add_link(std::make_shared<const DialPlan>(*std::move(plan)));
    return {};
  }

  /// A line is the engine's from the first entry on that uses it.
  Result<BoundLine> bind(uint32_t line, const phonebook::Entry& entry) {
    if (line >= specs_.size()) {
      return fail(ErrorKind::BadFile, fmt::format("the record has no line {}", line));
    }
    auto bound = bind_line(specs_[line], entry, read_);
    if (!bound) return bound;
    if (!ids_[line]) ids_[line] = engine_.add_line(config_of(*bound));
    bound->id = *ids_[line];
    if (bound->id == LineId{line}) return bound;
    return fail(ErrorKind::BadFile, "the lines of the record are not in the order of their use");
  }

  static std::vector<telephony::Translation> numbers_of(const TranscriptHead::Link& link) {
    std::vector<telephony::Translation> numbers;
    for (const TranscriptHead::Number& each : link.numbers) {
      telephony::Translation& number = numbers.emplace_back();
      number.reach = each.reach;
      number.covered = each.covered;
      if (each.dialled) number.dialled = Secret(*each.dialled);
    }
    return numbers;
  }

  Engine& engine_;
  const TranscriptHead& head_;
  ReadFile read_;
  std::vector<phonebook::LineSpec> specs_;
  std::vector<std::optional<LineId>> ids_;  // of the engine, once it has them
};

}  // namespace

Result<void> furnish(Engine& engine, const TranscriptHead& head) {
  return Furnisher(engine, head).run();
}

TranscriptHead::Number head_number(const telephony::Translation& number) {
  TranscriptHead::Number out{.reach = number.reach, .covered = number.covered, .dialled = {}};
  if (!number.dialled) return out;
  out.dialled = std::string(number.dialled->reveal());
  if (!out.covered) return out;
  for (char& c : *out.dialled) {
    if (c >= '0' && c <= '9') c = '0';
  }
  return out;
}

}  // namespace redial::engine
