// SPDX-License-Identifier: Apache-2.0
// A dial script against a peer that says anything: every run ends within its bound, and no password
// gets into what people see.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "core/check.h"
#include "modem/script_run.h"

namespace redial::fuzz {

inline constexpr const char* kPassword = "s3same!";

inline void look(const modem::ScriptRun::Actions& actions) {
  const auto check = [](const std::string& text) {
    REDIAL_ASSERT(text.find(kPassword) == std::string::npos);
  };
  for (const modem::ScriptAction& action : actions) {
    if (const auto* typed = std::get_if<modem::TypeText>(&action)) check(typed->shown);
    if (const auto* noted = std::get_if<modem::ScriptNoted>(&action)) check(noted->text);
    if (const auto* gave_up = std::get_if<modem::ScriptGaveUp>(&action))
      check(gave_up->cause.evidence);
  }
}

inline void run_script(const modem::Script& script, ByteView peer) {
  Instant now{1s};
  const Instant end = now + script.within;
  modem::ScriptRun machine(std::make_shared<const modem::Script>(script), "ann", Secret(kPassword));
  look(machine.start(now));
  const size_t piece = 1 + peer.size() / 7;
  for (size_t at = 0; at < peer.size(); at += piece) {
    look(machine.on_octets(peer.subspan(at, std::min(piece, peer.size() - at)), now));
    if (machine.deadline() && at % 3 == 0) look(machine.on_deadline(now = *machine.deadline()));
  }
  for (int wakes = 0; machine.running(); ++wakes) {
    REDIAL_ASSERT(wakes < 50'000 && machine.deadline() && *machine.deadline() <= end);
    look(machine.on_deadline(now = *machine.deadline()));
  }
}

}  // namespace redial::fuzz
