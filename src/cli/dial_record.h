// SPDX-License-Identifier: Apache-2.0
// `--record FILE`: what the engine is given and answers while entries are dialled, for redial-sim
// --replay (docs/replay.md). Nothing in it is a password, or proves one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "cli/dial_plan.h"
#include "cli/log_file.h"
#include "engine/recorder.h"
#include "io/files.h"

namespace redial::cli {

class DialRecord {
 public:
  static Result<std::unique_ptr<DialRecord>> open(const std::string& path);

  /// Descriptions and scripts that were read, by the names that lines and entries give them.
  using Files = std::map<std::string, std::string>;

  Entropy& entropy() { return recorder_; }
  engine::Tap& tap() { return recorder_; }
  /// What must not be in it. Refused: a password too short to be told from other octets.
  Result<void> keep_secret(LinkId link, const WantedEntry& wanted, const engine::DialPlan& plan);
  void use(uint64_t seed, WallTime now, const Files& files);
  void add_line(const phonebook::LineSpec& line);  // in the order of their ids
  void add_link(const WantedEntry& wanted, const std::vector<LineId>& lines);
  void add_need(LinkId link, LinkId first);
  /// The head is written; Unsupported: it could not be read again.
  Result<void> start();
  void finish() { recorder_.finish(); }

 private:
  explicit DialRecord(LogFile file);
  Result<void> cover_files();

  LogFile file_;
  bool told_ = false;  // that the record has ended
  io::KernelEntropy kernel_;
  engine::Recorder recorder_;
  engine::TranscriptHead head_;
};

}  // namespace redial::cli
