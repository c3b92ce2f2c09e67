// SPDX-License-Identifier: Apache-2.0
// For tests: a dial script against a peer with a part to read out, in virtual time.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "modem/script_run.h"

namespace redial::modem {

/// Says its next text whenever something was sent to it, the first at once if nothing was; goes on
/// until the script is over.
struct Peer {
  Peer(const Script& script, std::vector<std::string> says)
      : run(std::make_shared<const Script>(script), "ann", Secret("sesame")),
        lines(std::move(says)) {
    take(run.start(now));
    if (sent.empty()) speak();
    for (int turns = 0; run.running() && turns < 1000; ++turns) {
      now = *run.deadline();
      take(run.on_deadline(now));
    }
  }
  void speak() {
    if (next < lines.size()) take(run.on_octets(as_bytes(lines[next++]), now));
  }
  void take(ScriptRun::Actions actions) {
    bool typed = false;
    for (const ScriptAction& action : actions) {
      if (const auto* text = std::get_if<TypeText>(&action)) {
        sent += text->octets;
        shown += text->shown;
        typed = true;
      }
      if (const auto* note = std::get_if<ScriptNoted>(&action)) noted += note->text + "\n";
      if (std::holds_alternative<ScriptDone>(action)) done = true;
      if (const auto* gave_up = std::get_if<ScriptGaveUp>(&action)) failed = gave_up->cause;
    }
    if (typed) speak();
  }
  Instant now{100s};
  ScriptRun run;
  std::vector<std::string> lines;
  size_t next = 0;
  std::string sent, shown, noted;
  bool done = false;
  std::optional<Cause> failed;
};

}  // namespace redial::modem
