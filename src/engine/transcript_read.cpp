// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/escape.h"
#include "engine/memory_codec.h"
#include "engine/transcript.h"

namespace redial::engine {

using namespace input;

namespace {

constexpr size_t kNameOctetsMax = 4096;
constexpr int64_t kMicrosecondsMax = INT64_MAX / 4;  // sums of two stay in range

template <class Number>
std::optional<Number> number_of(std::string_view text, int base = 10) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<int64_t> microseconds_of(std::string_view text) {
  const auto number = number_of<int64_t>(text);
  if (!number || *number > kMicrosecondsMax || *number < -kMicrosecondsMax) return std::nullopt;
  return number;
}

/// "81234.567890"
std::optional<Instant> instant_of(std::string_view text) {
  constexpr size_t kDigits = 6;
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || text.size() != dot + 1 + kDigits) return std::nullopt;
  const auto whole = number_of<uint64_t>(text.substr(0, dot));
  const auto part = number_of<uint32_t>(text.substr(dot + 1));
  if (!whole || !part || *whole > uint64_t{kMicrosecondsMax} / 1'000'000) return std::nullopt;
  return Instant(Duration(static_cast<int64_t>(*whole * 1'000'000 + *part)));
}

/// A line: words, and perhaps a text behind " : ".
struct Words {
  explicit Words(std::string_view line) {
    const size_t colon = line.find(" : ");
    if (colon != std::string_view::npos) text = line.substr(colon + 3);
    rest = line.substr(0, colon);
  }
  std::string_view next() {
    const size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return word;
  }
  bool over() const { return rest.empty(); }

  std::string_view rest;
  std::optional<std::string_view> text{};
};

std::optional<std::string> text_of(const Words& words, size_t octets_max) {
  const auto octets = unescaped(words.text.value_or(""), octets_max);
  if (!octets) return std::nullopt;
  return std::string(as_text(*octets));
}

template <class Id>
bool read_id(Words& words, Id& into) {
  const auto number = number_of<uint32_t>(words.next());
  if (!number || *number >= kTranscriptLinesMax) return false;
  into = Id{*number};
  return true;
}

bool read_on(Words& words, bool& into) {
  const std::string_view word = words.next();
  into = word == "on";
  return word == "on" || word == "off";
}

bool read_cause(Words& words, Cause& into) {
  const auto code = cause_named(words.next());
  auto evidence = text_of(words, kNameOctetsMax);
  if (!code || !evidence) return false;
  into = {*code, *std::move(evidence)};
  return true;
}

template <class Memory>
bool read_memory(const Words& words, Memory& into) {
  const auto text = text_of(words, kMemoryRecordOctetsMax);
  auto record = text ? parse_record(*text) : fail(ErrorKind::BadFile, "");
  auto* memory = record ? std::get_if<Memory>(&record->what) : nullptr;
  if (memory) into = std::move(*memory);
  return memory != nullptr;
}

bool read_fields(Words& words, Dial& into) { return read_id(words, into.link); }
bool read_fields(Words& words, HangUp& into) {
  if (!read_id(words, into.link)) return false;
  const auto why = cause_named(words.next());
  into.why = why.value_or(CauseCode::UserHangUp);
  return why.has_value();
}
bool read_fields(Words& words, ArmOnDemand& into) { return read_id(words, into.link); }
bool read_fields(Words& words, DemandTraffic& into) { return read_id(words, into.link); }
bool read_fields(Words& words, RestoreLink& into) {
  return read_id(words, into.link) && read_memory(words, into.memory);
}
bool read_fields(Words& words, RestoreLine& into) {
  return read_id(words, into.line) && read_memory(words, into.memory);
}
bool read_fields(Words& words, SetCalendar& into) {
  const auto at = microseconds_of(words.next());
  const auto local = microseconds_of(words.next());
  if (!at || !local) return false;
  into.calendar = {Instant(Duration(*at)), WallTime{*local}};
  return true;
}
bool read_fields(Words& words, LineOpened& into) { return read_id(words, into.line); }
bool read_fields(Words& words, LineFailed& into) {
  return read_id(words, into.line) && read_cause(words, into.cause);
}
bool read_fields(Words& words, LineClosed& into) {
  return read_id(words, into.line) && read_cause(words, into.cause);
}
bool read_fields(Words& words, Octets& into) { return read_id(words, into.line); }
bool read_fields(Words& words, Carrier& into) {
  return read_id(words, into.line) && read_on(words, into.present);
}
bool read_fields(Words& words, LineReturned& into) { return read_id(words, into.line); }
bool read_fields(Words& words, Circuits& into) {
  return read_id(words, into.line) && read_on(words, into.present);
}
bool read_fields(Words& words, CommandDone& into) {
  return read_id(words, into.line) && read_on(words, into.well);
}
bool read_fields(Words& words, SendIp& into) { return read_id(words, into.link); }
bool read_fields(Words&, Deadline&) { return true; }
bool read_fields(Words& words, TerminalInput& into) { return read_id(words, into.link); }
bool read_fields(Words& words, EndTerminal& into) { return read_id(words, into.link); }

template <class One>
std::optional<Input> read_as(Words& words) {
  One one{};
  if (!read_fields(words, one) || !words.over()) return std::nullopt;
  return Input(std::move(one));
}

/// Answering ports are in no record: StartAnswering is written and not read.
constexpr std::pair<std::string_view, std::optional<Input> (*)(Words&)> kInputs[] = {
    {"dial", read_as<Dial>},
    {"hang-up", read_as<HangUp>},
    {"arm", read_as<ArmOnDemand>},
    {"demand", read_as<DemandTraffic>},
    {"restore-link", read_as<RestoreLink>},
    {"restore-line", read_as<RestoreLine>},
    {"calendar", read_as<SetCalendar>},
    {"opened", read_as<LineOpened>},
    {"failed", read_as<LineFailed>},
    {"closed", read_as<LineClosed>},
    {"octets", read_as<Octets>},
    {"carrier", read_as<Carrier>},
    {"returned", read_as<LineReturned>},
    {"circuits", read_as<Circuits>},
    {"command", read_as<CommandDone>},
    {"packet", read_as<SendIp>},
    {"deadline", read_as<Deadline>},
    {"keys", read_as<TerminalInput>},
    {"end-terminal", read_as<EndTerminal>},
};

std::optional<telephony::Reach> reach_named(std::string_view word) {
  using telephony::Reach;
  for (const Reach reach :
       {Reach::AsWritten, Reach::Local, Reach::LongDistance, Reach::International}) {
    if (telephony::name(reach) == word) return reach;
  }
  return std::nullopt;
}

class Reader {
 public:
  Result<Transcript> read(std::string_view octets) {
    if (octets.size() > kTranscriptOctetsMax) {
      return fail(ErrorKind::BadFile,
                  "the record is larger than 64 MiB; it is not run; it was not written by redial "
                  "dial --record");
    }
    for (size_t end; (end = octets.find('\n')) != std::string_view::npos;) {
      ++line_;
      const char* wrong = read_line(octets.substr(0, end));
      if (wrong != nullptr) {
        return fail(ErrorKind::BadFile,
                    fmt::format("line {}: {}; the record is not run; redial dial --record FILE "
                                "makes a new one",
                                line_, wrong));
      }
      octets.remove_prefix(end + 1);
    }
    if (!started_) {
      return fail(ErrorKind::BadFile,
                  line_ == 0
                      ? "holds no record; nothing is run; redial dial --record FILE makes one"
                      : "the record ends before anything was dialled; nothing is run; redial "
                        "dial --record FILE makes a new one");
    }
    return std::move(out_);
  }

 private:
  /// Null: it is as it should be.
  const char* read_line(std::string_view line) {
    if (line_ == 1) return line == kTranscriptMagic ? nullptr : "no record begins so";
    if (line.size() > kTranscriptLineMax) return "longer than 1 MiB";
    if (out_.finished) return "something follows the end";
    if (started_) return read_step(line);
    if (line.starts_with("| ") || line.starts_with("+ ")) return read_body(line);
    body_ = nullptr;
    Words words(line);
    return read_head(words.next(), words) ? nullptr : "means nothing before the start";
  }

  const char* read_body(std::string_view line) {
    if (body_ == nullptr) return "a text that belongs to nothing";
    const auto text = unescaped(line.substr(2), kTranscriptLineMax);
    if (!text || body_->size() + text->size() > kTranscriptOctetsMax) return "a text that is wrong";
    *body_ += as_text(*text);
    if (line.front() == '|') *body_ += '\n';
    return nullptr;
  }

  bool read_head(std::string_view word, Words& words) {
    TranscriptHead& head = out_.head;
    if (word == "start") return started_ = words.over();
    if (word == "seed") {
      const auto seed = number_of<uint64_t>(words.next(), 16);
      head.seed = seed.value_or(0);
      return seed.has_value();
    }
    if (word == "needs") {
      uint32_t link = 0, first = 0;
      if (!read_id(words, link) || !read_id(words, first)) return false;
      head.needs.emplace_back(link, first);
      return head.needs.size() <= kTranscriptLinesMax;
    }
    if (word == "line" && head.lines.size() < kTranscriptLinesMax) {
      body_ = &head.lines.emplace_back();
      return true;
    }
    if (word == "entry" && head.links.size() < kTranscriptLinesMax) {
      body_ = &head.links.emplace_back().entry;
      return true;
    }
    auto text = text_of(words, kNameOctetsMax);
    if (!text) return false;
    if (word == "begun") return head.wall = *std::move(text), true;
    if (word == "file" && head.files.size() < kTranscriptLinesMax) {
      body_ = &head.files.emplace_back(*std::move(text), "").second;
      return true;
    }
    return !head.links.empty() && read_link(word, words, *std::move(text), head.links.back());
  }

  static bool read_link(std::string_view word, Words& words, std::string text,
                        TranscriptHead::Link& link) {
    if (word == "on") {
      while (!words.over()) {
        if (link.lines.size() >= kTranscriptLinesMax) return false;
        if (!read_id(words, link.lines.emplace_back())) return false;
      }
      return true;
    }
    if (word == "user") {
      const auto size = number_of<size_t>(words.next());
      if (!size || *size > kNameOctetsMax) return false;
      link.password_octets = *size;
      link.user = std::move(text);
      return true;
    }
    if (word == "domain") return link.domain = std::move(text), true;
    if (word != "number" || link.numbers.size() >= kTranscriptLinesMax) return false;
    const auto reach = reach_named(words.next());
    const std::string_view how = words.next();
    if (!reach || (how != "covered" && how != "open" && how != "unknown")) return false;
    if ((how == "open") != words.text.has_value() && how != "covered") return false;
    TranscriptHead::Number& number = link.numbers.emplace_back();
    number.reach = *reach;
    number.covered = how == "covered";
    if (words.text) number.dialled = std::move(text);
    return true;
  }

  const char* read_step(std::string_view line) {
    if (line == "end" || line == "full") {
      out_.finished = true;
      out_.full = line == "full";
      return nullptr;
    }
    if (line.starts_with("  ")) return read_answer(line.substr(2));
    Words words(line);
    const auto at = instant_of(words.next());
    if (!at) return "no instant";
    if (!out_.steps.empty() && *at < out_.steps.back().at) return "earlier than the line before";
    const std::string_view verb = words.next();
    const auto* kind = std::ranges::find(kInputs, verb, [](const auto& e) { return e.first; });
    if (kind == std::end(kInputs)) return "no such input";
    auto input = kind->second(words);
    if (!input) return "an input that is not written so";
    TranscriptStep& step = out_.steps.emplace_back();
    step.at = *at;
    step.line = line_;
    step.input = *std::move(input);
    const bool brings = std::holds_alternative<Octets>(step.input) ||
                        std::holds_alternative<SendIp>(step.input) ||
                        std::holds_alternative<TerminalInput>(step.input);
    if (!brings) return nullptr;
    auto octets = unescaped(words.text.value_or(""), kInputOctetsMax);
    if (!octets) return "octets that are not written so, or too many";
    step.octets = *std::move(octets);
    return nullptr;
  }

  const char* read_answer(std::string_view line) {
    constexpr std::string_view kRandom = "random ";
    if (out_.steps.empty()) return "an answer to nothing";
    TranscriptStep& step = out_.steps.back();
    if (!line.starts_with(kRandom)) {
      step.answers.emplace_back(line);
      return nullptr;
    }
    line.remove_prefix(kRandom.size());
    Bytes& drawn = step.random.emplace_back();
    for (; line.size() >= 2; line.remove_prefix(2)) {
      const auto octet = number_of<uint8_t>(line.substr(0, 2), 16);
      if (!octet) return "random octets that are none";
      drawn.push_back(*octet);
    }
    return line.empty() ? nullptr : "half a random octet";
  }

  Transcript out_;
  std::string* body_ = nullptr;
  size_t line_ = 0;
  bool started_ = false;
};

}  // namespace

Result<Transcript> read_transcript(std::string_view octets) { return Reader().read(octets); }

}  // namespace redial::engine
