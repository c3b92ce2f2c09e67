// SPDX-License-Identifier: Apache-2.0
// A record of what an engine was given and what it answered, as text, one thing a line: what is
// needed to make the same engine again, then inputs, each with what it led to (docs/replay.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "engine/input.h"
#include "telephony/dialing_rules.h"

namespace redial::engine {

constexpr std::string_view kTranscriptMagic = "redial-transcript 1";
constexpr size_t kTranscriptOctetsMax = 64 << 20;
constexpr size_t kTranscriptLineMax = 1 << 20;  // octets of one line
constexpr size_t kInputOctetsMax = 1 << 18;     // that one input brings
constexpr uint32_t kTranscriptLinesMax = 1024;  // line devices, links, numbers of a link

/// How an engine was made. No secret is in it: where one belongs there is a placeholder.
struct TranscriptHead {
  struct Number {
    telephony::Reach reach = telephony::Reach::AsWritten;
    bool covered = false;
    std::optional<std::string> dialled;  // none: a card's number was not known
    bool operator==(const Number&) const = default;
  };
  struct Link {
    std::string entry;  // a native phonebook with this entry alone
    std::string user, domain;
    size_t password_octets = 0;
    std::vector<uint32_t> lines;  // of the head's, in order of preference
    std::vector<Number> numbers;  // of the entry, as they were dialled; empty: as written
    bool operator==(const Link&) const = default;
  };
  uint64_t seed = 0;
  std::string wall;  // when it began, for people: "2026-11-25 20:15:00 UTC"
  std::vector<std::pair<std::string, std::string>> files;  // descriptions and scripts: name, octets
  std::vector<std::string> lines;                          // each as redial.toml has it
  std::vector<Link> links;
  std::vector<std::pair<uint32_t, uint32_t>> needs;  // this link that one first
  bool operator==(const TranscriptHead&) const = default;
};

struct TranscriptStep {
  Instant at{};
  size_t line = 0;  // in the file, from 1
  Input input;      // without its octets
  Bytes octets;
  std::vector<Bytes> random;         // drawn from the entropy meanwhile
  std::vector<std::string> answers;  // AnswerText's lines
  /// The input with its octets; a view of this step.
  Input whole() const;
};

struct Transcript {
  TranscriptHead head;
  std::vector<TranscriptStep> steps;
  bool finished = false;  // it ends with a word that says so; else whoever wrote it was killed
  bool full = false;      // ... and the word is that there was no more room
};

std::string write_head(const TranscriptHead& head);
/// "81234.567890 carrier 0 on"; octets follow it behind " : ", and no line end is there yet.
std::string write_input(Instant at, const Input& input);
/// Its octets, if it brings any.
ByteView octets_of(const Input& input);
std::string write_random(ByteView octets);
std::string write_transcript(const Transcript& transcript);

/// BadFile: with the number of the line. A last line without its end was being written: it is left
/// out.
Result<Transcript> read_transcript(std::string_view octets);

}  // namespace redial::engine
