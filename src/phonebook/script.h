// SPDX-License-Identifier: Apache-2.0
// A dial script as it is written in TOML (docs/configuration.md): `script = [...]` of an entry, and
// [script.NAME] for all.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/time.h"

namespace redial::phonebook {

/// { expect = "ogin:", within = "10 s", send = "${user}\r" }: waits, then sends; either may be
/// missing.
struct ScriptStep {
  struct Pattern {
    std::string text;
    std::string then;  // a label, "done" or "fail"; empty: sends, and the next step
    bool operator==(const Pattern&) const = default;
  };
  std::string label;
  std::vector<Pattern> expect;
  Duration within = 30s;
  std::string otherwise = "fail";  // when nothing matched in time: a label, "next", "done", "fail"
  std::vector<std::string> abort;  // from here on, any of these ends the script as failed
  std::string send;                // ${user}, ${password}; escapes as modem::parse_send has them
  bool operator==(const ScriptStep&) const = default;
};
using ScriptSteps = std::vector<ScriptStep>;

struct NamedScript {
  std::string name;
  ScriptSteps steps;
};

constexpr size_t kScriptStepsMax = 256;
constexpr size_t kScriptListMax = 16;  // patterns of a step, abort texts of a step
constexpr size_t kScriptTextMax = 128;
constexpr Duration kScriptWaitLeast = 100ms, kScriptWaitMost = 10min;

}  // namespace redial::phonebook
