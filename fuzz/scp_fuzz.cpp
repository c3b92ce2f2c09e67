// SPDX-License-Identifier: Apache-2.0
// Windows' dial-up scripts from anybody: what is read compiles to a script whose every run ends
// within its bound, whatever the peer says, and no password gets into what people see.
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/check.h"
#include "modem/scp.h"
#include "modem/script_run.h"

using namespace redial;
using namespace redial::modem;

namespace {

void look(const ScriptRun::Actions& actions) {
  const auto check = [](const std::string& text) {
    REDIAL_ASSERT(text.find("s3same!") == std::string::npos);
  };
  for (const ScriptAction& action : actions) {
    if (const auto* typed = std::get_if<TypeText>(&action)) check(typed->shown);
    if (const auto* noted = std::get_if<ScriptNoted>(&action)) check(noted->text);
    if (const auto* gave_up = std::get_if<ScriptGaveUp>(&action)) check(gave_up->cause.evidence);
  }
}

void run(const Script& script, ByteView peer) {
  Instant now{1s};
  const Instant end = now + script.within;
  ScriptRun machine(std::make_shared<const Script>(script), "ann", Secret("s3same!"));
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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const size_t cut = std::min(octets.find('\0'), size);
  const ScpFile file = read_scp(octets.substr(0, cut), "fuzz");
  for (const Diagnostic& diagnostic : file.diagnostics)
    REDIAL_ASSERT(diagnostic.line >= 1 && diagnostic.column >= 1 && !diagnostic.text.empty());
  REDIAL_ASSERT(file.script || !file.diagnostics.empty());
  if (!file.script) return 0;
  (void)to_text(*file.script);
  run(*file.script, as_bytes(octets.substr(cut)));
  return 0;
}
